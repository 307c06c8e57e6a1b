/**
 * The second wall between organizations. A checkout is copied and every store in it loses its filter by organization: a service
 * from it still tells an organization nothing of another's. Without the wall the same copy tells, so the filters were really gone.
 */
import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT } from './architecture/repository.ts';
import { operationsOf } from './support/api-requests.ts';
import { withDatabase } from './support/database.ts';
import { until } from './support/until.ts';
import { installWall, policiesOf } from '../server/kernel/wall/install.ts';
import { ScopedPool } from '../server/kernel/wall/scoped-pool.ts';
import { migrate } from '../prisma/migrate.ts';
import { openDatabase, type Database } from '../server/kernel/database.ts';

const PARTS = ['server', 'contract', 'providers', 'components', 'stacks', 'automation', 'prisma', 'lib', 'simulator', 'cli', 'toolchain'];
/** Filters by organization, as stores write them. */
const FILTERS: readonly (readonly [RegExp, string])[] = [
  [/return scope === null \? \{\} : \{[^;]*\};/g, 'return {};'],
  [/\.\.\.\(scope === null \? \[\] : \[[^\]]*\]\)/g, '...[]'],
  [/where: \{ organizationId \}/g, 'where: {}'],
  [/\.\.\.scoped\(scope\)/g, '...{}'],
  // Of the statements: conditions by a scope that may be null, and by one that is none.
  [/ AND v\."organizationId" = \$2/g, ' AND $2::text IS NOT NULL'],
  [/const where = scope === null \? \[\] : \[[^;]*\];/g, 'const where: string[] = [];'],
  [/AND \(\$\{scope\}::text IS NULL OR (v\.)?"organizationId" = \$\{scope\}\)/g, ''],
];

const database = withDatabase();
const masterKey = randomBytes(32).toString('base64');
const stops: (() => Promise<void>)[] = [];
let db: Database;
let files: string;
let origins: Record<'walled' | 'bare', string>;
const tokens: Record<string, string> = {};
const organizations: Record<string, string> = {};
/** What names something of the other organization. */
const marks: string[] = [];
const theirs = { vps: '', operation: '', organization: '', order: '', invoice: '' };

async function checkout(name: string, withWall: boolean): Promise<string> {
  const root = join(files, name);
  for (const part of PARTS) await cp(join(ROOT, part), join(root, part), { recursive: true });
  await cp(join(ROOT, 'package.json'), join(root, 'package.json'));
  await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  let rewritten = 0;
  for (const path of (await readdir(join(root, 'server'), { recursive: true })).filter((each) =>
    /(store|listing|audit-reading)\.ts$/.test(each),
  )) {
    const before = await readFile(join(root, 'server', path), 'utf8');
    const after = FILTERS.reduce((text, [filter, nothing]) => text.replaceAll(filter, nothing), before);
    if (after === before) continue;
    await writeFile(join(root, 'server', path), after);
    rewritten += 1;
  }
  expect(rewritten).toBeGreaterThan(8);
  if (!withWall) {
    const runtime = join(root, 'server', 'runtime.ts');
    const text = await readFile(runtime, 'utf8');
    await writeFile(runtime, text.replace('(await installWall(db))', '(await Promise.resolve(false))'));
    expect(await readFile(runtime, 'utf8')).not.toBe(text);
  }
  return root;
}

/** A service from that checkout, and where it listens. */
async function start(root: string): Promise<string> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: files,
    DATABASE_URL: database.url,
    PLINTH_DATA_DIR: join(root, 'data'),
    PLINTH_MASTER_KEY: masterKey,
    PLINTH_ROLE: 'http',
    PLINTH_LOG_LEVEL: 'warn',
    PORT: '0',
    SIMULATOR_PORT: '0',
  };
  const child = spawn(process.execPath, [join(root, 'server', 'main.ts')], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  stops.push(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  await until(() => /running at (\S+)/.test(output) || child.exitCode !== null, {
    timeoutMs: 120_000,
    what: `a service to start: ${output}`,
  });
  const [, origin] = /running at (\S+)/.exec(output) ?? [];
  if (origin === undefined) throw new Error(output);
  return origin;
}

async function call(origin: string, path: string, token: string, body?: unknown): Promise<{ status: number; text: string; body: any }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await fetch(origin + path, { ...init, signal: AbortSignal.timeout(30_000) });
  const text = await response.text();
  return { status: response.status, text, body: text.startsWith('{"') ? JSON.parse(text.split('\n')[0]!) : null };
}

/** Of one that may go on for ever. */
async function statusOf(origin: string, path: string, body?: unknown): Promise<number> {
  const headers = { authorization: `Bearer ${tokens['mine']}`, 'content-type': 'application/json', accept: 'text/event-stream' };
  const response = await fetch(origin + path, body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) });
  await response.body?.cancel();
  return response.status;
}

beforeAll(async () => {
  files = await mkdtemp(join(tmpdir(), 'plinth-wall-'));
  stops.push(() => rm(files, { recursive: true, force: true, maxRetries: 5 }));
  db = openDatabase(database.url, 4);
  stops.push(() => db.$disconnect());
  const [walled, bare] = [await checkout('walled', true), await checkout('bare', false)];
  const origin = await start(walled);
  origins = { walled: origin, bare: await start(bare) };
  const admin = (await readFile(join(walled, 'data', 'admin-token'), 'utf8')).trim();
  const { providers } = (await call(origin, '/api/admin/providers', admin)).body;
  const account = providers.find(({ type }: any) => type === 'digitalocean').id;
  const items = async (kind: string) => (await call(origin, `/api/admin/upstream/${kind}?providerId=${account}`, admin)).body.items;
  const [plan] = await items('plans');
  const image = (await items('images')).find(({ os }: any) => os !== 'windows');
  for (const name of ['mine', 'theirs']) {
    const made = await call(origin, '/api/admin/organizations', admin, { name });
    const { id } = made.body.organization;
    organizations[name] = id;
    tokens[name] = (await call(origin, '/api/tokens', admin, { name: `token-of-${name}`, role: 'admin', organization_id: id })).body.secret;
    const order = {
      label: `label-of-${name}`,
      organization_id: id,
      provider_id: account,
      type: plan.id,
      region: plan.regions[0],
      image: image.id,
      ssh_keys: [],
    };
    const { body, text } = await call(origin, '/api/vps', admin, order);
    if (!body?.instance) throw new Error(text);
    const user = randomUUID();
    await db.user.create({
      data: { id: user, email: `person-of-${name}@example.com`, name: `person of ${name}`, handle: `person-of-${name}` },
    });
    await db.member.create({ data: { userId: user, organizationId: id, role: 'owner' } });
    await db.serviceAccount.create({
      data: { id: randomUUID(), organizationId: id, name: `machine of ${name}`, role: 'viewer', createdBy: 'x' },
    });
    const orderId = randomUUID();
    const quote = { id: `quote-of-${name}`, organizationId: id, currency: 'EUR', total: 100n };
    await db.order.create({
      data: { ...quote, id: orderId, quoteId: quote.id, status: 'placed', placedBy: `buyer-of-${name}`, placedAt: new Date() },
    });
    const invoice = {
      organizationId: id,
      kind: 'order',
      currency: 'EUR',
      dueAt: new Date(),
      subtotal: 0n,
      discount: 0n,
      tax: 0n,
      total: 0n,
    };
    const named = { seller: {}, buyer: { name: `buyer-of-${name}` }, locale: 'en', timeZone: 'UTC' };
    const { id: invoiceId } = await db.invoice.create({ data: { id: randomUUID(), ...invoice, ...named } });
    if (name === 'mine') continue;
    Object.assign(theirs, { vps: body.instance.id, operation: body.operation.id, organization: id, invoice: invoiceId, order: orderId });
    marks.push(
      id,
      theirs.vps,
      theirs.operation,
      `label-of-${name}`,
      `person-of-${name}`,
      `machine of ${name}`,
      `buyer-of-${name}`,
      theirs.order,
      theirs.invoice,
    );
  }
}, 300_000);
afterAll(async () => {
  for (const stop of stops.toReversed()) await stop();
});

/** Reads of whatever can be read, with the other's ids where an address takes one: those that tell something of the other. */
async function tellers(origin: string): Promise<{ asked: number; told: string[]; failed: string[] }> {
  const document = (await call(origin, '/api/openapi.json', tokens['mine']!)).body;
  const [told, failed]: [string[], string[]] = [[], []];
  const reads = operationsOf(document).filter(({ method, described }) => method === 'GET' && described['security']?.length !== 0);
  let asked = 0;
  for (const { path, described } of reads) {
    // A stream tells by another way, and is tested there.
    if (JSON.stringify(described['responses']).includes('text/event-stream')) continue;
    const address = path
      .replace('/vps/{id}', `/vps/${theirs.vps}`)
      .replace('/operations/{id}', `/operations/${theirs.operation}`)
      .replace('/orders/{id}', `/orders/${theirs.order}`)
      .replace('/invoices/{id}', `/invoices/${theirs.invoice}`)
      .replace('{kind}', 'plans')
      .replace('{version}', '1')
      .replaceAll(/\{\w+\}/g, theirs.organization);
    const { status, text } = await call(origin, address, tokens['mine']!);
    asked += 1;
    // What was asked for may stand in a refusal.
    const answer = status < 400 ? text : Object.values(theirs).reduce((left, id) => left.replaceAll(id, ''), text);
    if (marks.some((mark) => answer.includes(mark))) told.push(path);
    if (status >= 500) failed.push(path);
  }
  return { asked, told, failed };
}

it('tells nothing of another organization although every filter is gone', { timeout: 120_000 }, async () => {
  const bare = await tellers(origins.bare);
  expect(bare.told.length, 'the copy lost its filters').toBeGreaterThan(6);
  const walled = await tellers(origins.walled);
  // Some of the copy’s statements make no sense without their condition; what fails behind the wall alone is the wall’s.
  expect(walled.failed.filter((path) => !bare.failed.includes(path))).toEqual([]);
  expect(walled.told).toEqual([]);
  // What was named, each by its own route: there without the wall, and not behind it.
  for (const path of [
    `/api/vps/${theirs.vps}`,
    `/api/operations/${theirs.operation}`,
    `/api/orders/${theirs.order}`,
    `/api/invoices/${theirs.invoice}`,
  ])
    expect(
      [(await call(origins.bare, path, tokens['mine']!)).status, (await call(origins.walled, path, tokens['mine']!)).status],
      path,
    ).toEqual([200, 404]);
  // Nor is it changed.
  const change = [`/api/vps/${theirs.vps}/refresh`, tokens['mine']!, {}] as const;
  expect((await call(origins.walled, ...change)).status).toBe(404);
  expect((await call(origins.bare, ...change)).status).not.toBe(404);
  // Nor named in a body, nor followed by a stream: the copy finds it, and behind the wall it is not there.
  const preview = { action: { action: 'refresh' }, selection: { ids: [theirs.vps] } };
  for (const [path, body, found, hidden] of [
    ['/api/tickets', { subject: 'A question', text: 'What is it?', vps_id: theirs.vps }, 422, 404],
    ['/api/bulk/preview', preview, 200, 422],
    [`/api/operations/${theirs.operation}/cancel`, {}, 202, 404],
    [`/api/operations/${theirs.operation}/events`, undefined, 200, 404],
  ] as const)
    expect([await statusOf(origins.bare, path, body), await statusOf(origins.walled, path, body)], path).toEqual([found, hidden]);
  // One's own is there, so it is no wall around everything.
  expect((await call(origins.walled, '/api/vps', tokens['mine']!)).text).toContain('label-of-mine');
  console.log(`${walled.asked} reads without filters: ${bare.told.length} tell of another without the wall, none behind it`);
});

it('stands around every table that belongs to organizations, and lets nobody write', async () => {
  const owned = await db.$queryRaw<{ name: string; walled: boolean }[]>`
    SELECT c.relname AS name, c.relrowsecurity AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND NOT p.polpermissive) AS walled
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organizationId'
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
      AND has_table_privilege('plinth_reader', c.oid, 'SELECT')`;
  expect(owned.length).toBeGreaterThan(8);
  expect(owned.filter(({ walled }) => !walled)).toEqual([]);
  const rights = await db.$queryRaw<{ name: string }[]>`
    SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
      AND has_table_privilege('plinth_reader', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')`;
  expect(rights).toEqual([]);
  const closed = await db.$queryRaw<{ name: string }[]>`
    SELECT c.relname AS name FROM pg_class c WHERE c.relname IN ('auth_entry', 'identity', 'two_factor', 'passkey', 'state_stack')
      AND has_table_privilege('plinth_reader', c.oid, 'SELECT')`;
  expect(closed).toEqual([]);
  const [role] = await db.$queryRaw<{ rolsuper: boolean; rolbypassrls: boolean; owns: bigint }[]>`
    SELECT rolsuper, rolbypassrls, (SELECT count(*) FROM pg_class c WHERE c.relowner = r.oid) AS owns FROM pg_roles r WHERE rolname = 'plinth_reader'`;
  expect(role).toEqual({ rolsuper: false, rolbypassrls: false, owns: 0n });
});

it('lets nothing of one caller stay with a connection', async () => {
  const pool = new ScopedPool({ connectionString: database.url, max: 2 });
  try {
    const who = {
      text: `SELECT current_user AS role, current_setting('plinth.organization', true) AS organization, count(*)::int AS seen FROM vps`,
    };
    const [mine] = (await pool.ask(organizations['mine']!, who)).rows;
    expect(mine).toEqual({ role: 'plinth_reader', organization: organizations['mine'], seen: 1 });
    const client = await pool.connect();
    const { rows } = await client.query(who);
    client.release();
    expect(rows[0]).toMatchObject({ organization: '', seen: 2 });
    expect(rows[0].role).not.toBe('plinth_reader');
    // Forty at once over two connections, with refusals between them: everybody sees their own.
    await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const organization = organizations[index % 2 === 0 ? 'mine' : 'theirs']!;
        if (index % 5 === 4)
          return await expect(pool.ask(organization, { text: 'SELECT * FROM auth_entry' })).rejects.toThrow(/permission denied/);
        const found = await pool.ask(organization, { name: 'own', text: 'SELECT "organizationId" FROM vps WHERE $1', values: [true] });
        expect(found.rows).toEqual([{ organizationId: organization }]);
      }),
    );
  } finally {
    await pool.end();
  }
});

it('goes on without the wall, and says so, where the database user may make no role', { timeout: 120_000 }, async () => {
  const name = `poor_${randomBytes(4).toString('hex')}`;
  await db.$executeRawUnsafe(`CREATE ROLE ${name} LOGIN PASSWORD 'poor' NOCREATEROLE`);
  await db.$executeRawUnsafe(`CREATE DATABASE ${name} OWNER ${name}`);
  const url = new URL(database.url);
  [url.username, url.password, url.pathname] = [name, 'poor', name];
  await migrate(url.href);
  const poor = openDatabase(url.href, 2);
  try {
    expect(await installWall(poor)).toBe(false);
  } finally {
    await poor.$disconnect();
    await db.$executeRawUnsafe(`DROP DATABASE ${name} WITH (FORCE)`);
    await db.$executeRawUnsafe(`DROP ROLE ${name}`);
  }
});

it('grows with what hangs on an organization’s rows', () => {
  const column = (name: string, table: string) => ({ column: name, table, key: 'id', must: true });
  const policies = policiesOf([
    { name: 'line', owned: false, parents: [column('billId', 'bill')] },
    { name: 'bill', owned: true, parents: [column('organizationId', 'organization')] },
    { name: 'product', owned: false, parents: [] },
    { name: 'secret', owned: false, parents: [column('userId', 'user')] },
  ]);
  expect(policies.get('bill')).toContain(`"organizationId" = current_setting`);
  expect(policies.get('line')).toContain(`FROM "bill" p WHERE p."id" = "line"."billId"`);
  expect([policies.has('product'), policies.has('secret')]).toEqual([false, false]);
});
