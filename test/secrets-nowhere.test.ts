/**
 * After a full run (people, second factors, a reset, tokens, a provider's key, a server's life with two passwords, mails, webhooks)
 * nothing that opens something stands in clear anywhere it is not shown on purpose: not in the database, the files, the log, what
 * webhooks and mails say, or what other programs of the machine may read of a process.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { generateSync } from 'otplib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../server/kernel/database.ts';
import { CLOUDS } from './support/clouds.ts';
import { withDatabase } from './support/database.ts';
import { Browser, inMail, mailsTo } from './support/people.ts';
import { type Cluster, openCluster, type Service } from './support/service.ts';
import { Shop } from './support/shop.ts';
import { until } from './support/until.ts';

const PASSWORD = `a-password-${randomBytes(9).toString('hex')}`;
const ADA = 'ada@nowhere.test';
const WAIT = { timeoutMs: 120_000 };

const database = withDatabase();
let cluster: Cluster;
let service: Service;
let dataDir: string;
let db: Database;
let receiver: Server;
let admin: string;
/** What must stand nowhere, by its name. */
const secrets: Record<string, string> = { password: PASSWORD };
/** What was told to who asked for it by hook. */
let posted = '';
/** Whatever could be read of the service's processes while it ran. */
let ofProcesses = '';
const watching = new AbortController();
let watch: Promise<void>;
let seen = 0;

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    posted += JSON.stringify(request.headers) + Buffer.concat(await request.toArray()).toString();
    response.end();
  }).listen(0, '127.0.0.1');
  await new Promise((done) => receiver.once('listening', done));
  dataDir = await mkdtemp(join(tmpdir(), 'plinth-nowhere-'));
  cluster = await openCluster(database.url, 1000);
  service = await cluster.service('one', {
    PLINTH_DATA_DIR: dataDir,
    PLINTH_LOG_LEVEL: 'trace',
    PLINTH_CONNECT_MAP: `hooks.example.com:8080=127.0.0.1:${(receiver.address() as AddressInfo).port}`,
  });
  admin = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
  secrets['first token'] = admin;
  db = openDatabase(database.url, 2);
  watch = watchProcesses();
}, 240_000);
afterAll(async () => {
  watching.abort();
  await watch;
  await db?.$disconnect();
  await cluster?.close();
  receiver?.closeAllConnections();
  receiver?.close();
  if (dataDir) await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

/** The command lines and environments of the service and of everything below it, for as long as the run lasts. */
async function watchProcesses(): Promise<void> {
  const known = new Set<string>();
  while (!watching.signal.aborted) {
    for (const pid of await family(service.pid))
      for (const what of ['cmdline', 'environ']) {
        const text = await readFile(`/proc/${pid}/${what}`, 'latin1').catch(() => '');
        if (text === '' || known.has(text)) continue;
        known.add(text);
        // The master key is given so, to the service alone.
        if (!(pid === service.pid && what === 'environ')) ofProcesses += `${text}\n`;
        seen += 1;
      }
    await delay(30, undefined, { signal: watching.signal }).catch(() => undefined);
  }
}

async function family(root: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, 'latin1').catch(() => '');
    parents.set(Number(entry), Number(/^.*\) \S (\d+)/s.exec(stat)?.[1] ?? 0));
  }
  const below = (pid: number): boolean => pid === root || (parents.has(pid) && below(parents.get(pid)!));
  return [...parents.keys()].filter(below);
}

const browser = (): Browser => new Browser(service.origin);
const linkTo = async (address: string, page: string): Promise<string> =>
  (secrets[`${page} link`] = await inMail(service.origin, admin, address, new RegExp(`/${page}#([\\w.-]+)`)));

async function people(): Promise<{ ada: Browser; organizationId: string; pasted: string }> {
  const ada = browser();
  await ada.must(200, 'POST', '/api/sign-up', { email: ADA, password: PASSWORD, name: 'Ada' });
  await ada.must(204, 'POST', '/api/sign-up/verify', { secret: await linkTo(ADA, 'verify') });
  await ada.must(200, 'POST', '/api/sign-in', { email: ADA, password: PASSWORD });
  const { uri, recovery_codes: codes } = await ada.must(200, 'POST', '/api/me/second-factor', { password: PASSWORD });
  secrets['TOTP secret'] = new URL(uri).searchParams.get('secret')!;
  secrets['recovery code'] = codes[0];
  await ada.must(204, 'POST', '/api/me/second-factor/confirm', { code: generateSync({ secret: secrets['TOTP secret'] }) });
  secrets['session'] = decodeURIComponent(ada.jar.get('plinth.session_token')!).split('.')[0]!;
  const { memberships } = await ada.must(200, 'GET', '/api/me');
  await ada.must(201, 'POST', '/api/invitations', { email: 'grace@nowhere.test', role: 'viewer' });
  await linkTo('grace@nowhere.test', 'invitation');
  secrets['token of a person'] = (await ada.must(201, 'POST', '/api/tokens', { name: 'of ada', scopes: ['vps:*'] })).secret;
  const { service_account: machine } = await ada.must(201, 'POST', '/api/service-accounts', { name: 'machine', role: 'operator' });
  const made = await ada.must(201, 'POST', '/api/tokens', { name: 'of it', service_account_id: machine.id, scopes: ['*'] });
  secrets['token of a service account'] = made.secret;
  secrets['secret of a webhook'] = (await ada.must(201, 'POST', '/api/webhooks', { url: 'http://hooks.example.com:8080/' })).secret.slice(
    'whsec_'.length,
  );
  const text = `-----BEGIN OPENSSH PRIVATE KEY-----\n${(secrets['private key pasted for a public one'] = randomBytes(48).toString('base64'))}\n`;
  await ada.must(422, 'POST', '/api/ssh-keys', { name: 'laptop', public_key: text });
  return { ada, organizationId: memberships[0].organization_id, pasted: text };
}

test('a full run leaves nothing that opens something', { timeout: 400_000 }, async () => {
  const shop = new Shop(
    () => service.origin,
    async () => admin,
    cluster.simulator.origin,
  );
  // Which makes a server's next password itself.
  const cloud = CLOUDS.find((each) => each === 'hetzner') ?? CLOUDS[0]!;
  const { providers } = await shop.call('GET', '/api/admin/providers');
  const account = providers.find(({ type }: any) => type === cloud);
  secrets['key of a provider'] = `sim-${randomBytes(30).toString('hex')}`;
  const rotated = await shop.call('POST', `/api/admin/providers/${account.id}/rotate-key`, { api_key: secrets['key of a provider'] });
  expect(rotated.httpStatus, JSON.stringify(rotated)).toBe(200);
  const { ada, organizationId, pasted } = await people();

  const { instance, operation } = await shop.order(cloud, 'nowhere-1', { organization_id: organizationId });
  expect((await shop.ended(operation.id, 120_000)).status).toBe('succeeded');
  const reveal = async (again: boolean): Promise<string> =>
    (await ada.must(200, 'POST', `/api/vps/${instance.id}/reveal-password`, { reason: 'to work on it', again })).password;
  await ada.must(422, 'POST', `/api/vps/${instance.id}/actions`, { action: 'reinstall', ssh_keys: [pasted] });
  secrets['password of a server'] = await reveal(false);
  const changed = await shop.call('POST', `/api/vps/${instance.id}/actions`, { action: 'reset-password' });
  expect(changed.httpStatus, JSON.stringify(changed)).toBe(202);
  expect((await shop.ended(changed.operation.id, 120_000)).status).toBe('succeeded');
  secrets['next password of a server'] = await reveal(false);
  expect((await shop.destroy(instance.id)).status).toBe('succeeded');
  await browser().must(204, 'POST', '/api/password-reset', { email: ADA });
  await linkTo(ADA, 'reset');
  await until(async () => ((await db.mailDelivery.count({ where: { status: 'waiting' } })) === 0 ? true : undefined), WAIT);
  await until(async () => ((await db.webhookMessage.count({ where: { status: 'waiting' } })) === 0 ? true : undefined), WAIT);
  watching.abort();
  await watch;

  const forms = Object.entries(secrets).flatMap(([name, value]) => {
    expect(value.length, name).toBeGreaterThan(7);
    const bytes = Buffer.from(value);
    const texts = [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), bytes.toString('hex')];
    return [...texts, bytes.toString('base64').replaceAll('=', ''), bytes.toString('base64url')].map((text) => ({ name, text }));
  });
  expect(Object.keys(secrets).length).toBe(15);
  const found: string[] = [];
  let places = 0;
  const look = (where: string, text: string, allowed: readonly string[] = []): void => {
    places += 1;
    for (const { name, text: form } of forms) if (text.includes(form) && !allowed.includes(name)) found.push(`${where} holds the ${name}`);
  };
  for (const { row, table } of await everyRow()) look(table, row);
  look('the log', service.output());
  look('what hooks were told', posted);
  look('a process', ofProcesses);
  for (const address of [ADA, 'grace@nowhere.test'])
    // A link is sent to be opened, in the one mail that it is for.
    for (const mail of await mailsTo(service.origin, admin, address))
      look(`the mail "${mail.subject}"`, JSON.stringify(mail), ['verify link', 'invitation link', 'reset link']);
  await service.end('SIGTERM');
  look('the log of its end', service.output());
  for (const file of await readdir(dataDir, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const bytes = (await readFile(join(file.parentPath, file.name))).toString('latin1');
    look(file.name, bytes, file.name === 'admin-token' ? ['first token'] : []);
  }
  expect(found).toEqual([]);
  // There was something to find it in: rows, mails, hooks, a log, engines that ran.
  expect([posted.includes('vps.changed'), service.output().length > 1_000, seen > 4, places > 300]).toEqual([true, true, true, true]);
  console.log(
    `${forms.length} forms of ${Object.keys(secrets).length} secrets looked for in ${places} places, ${seen} of them of processes`,
  );
});

/** Of all tables of all schemas: jobs, events, states and payloads are among them. */
async function everyRow(): Promise<{ table: string; row: string }[]> {
  const tables = await db.$queryRaw<{ name: string }[]>`
    SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`;
  const rows: { table: string; row: string }[] = [];
  for (const { name } of tables)
    for (const { row } of await db.$queryRawUnsafe<{ row: string }[]>(`SELECT t::text AS row FROM ${name} t`))
      rows.push({ table: name, row });
  return rows;
}
