/** What a former release left behind, under the present one: nothing lost, nothing changed, nothing to do by hand. */
import { chmod, copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../server/kernel/config.ts';
import { type Runtime, startRuntime } from '../../server/runtime.ts';
import { newestIntact } from '../../server/kernel/audit-chain.ts';
import { withDatabase } from '../support/database.ts';
import { testEngine } from '../support/engine.ts';
import { openTerminals, type Person, type Terminals } from '../support/hand.ts';
import { until } from '../support/until.ts';

const LEFT = join(import.meta.dirname, 'upgrade', 'release-0.1.0');
const secrets: {
  masterKey: string;
  tokens: Record<string, { secret: string; role: string; organization_id: string | null }>;
} = JSON.parse(await readFile(join(LEFT, 'secrets.json'), 'utf8'));

const database = withDatabase({ empty: true });
let dataDir: string;
let runtime: Runtime;
let terminals: Terminals;
let seenAtProvider: Map<string, string>;

const token = (name: string): string => secrets.tokens[name]!.secret;

beforeAll(async () => {
  await testEngine();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(gunzipSync(await readFile(join(LEFT, 'database.sql.gz'))).toString());
  await client.end();
  dataDir = await mkdtemp(join(tmpdir(), 'plinth-upgrade-'));
  await writeFile(join(dataDir, 'simulator.sqlite'), gunzipSync(await readFile(join(LEFT, 'simulator.sqlite.gz'))));
  await writeFile(join(dataDir, 'master-key'), `${secrets.masterKey}\n`);
  await writeFile(join(dataDir, 'admin-token'), `${token('first admin')}\n`);
  await copyFile(join(LEFT, 'high-water.json'), join(dataDir, 'high-water.json'));
  for (const file of await readdir(dataDir)) await chmod(join(dataDir, file), 0o600);
  const env = { DATABASE_URL: database.url, PLINTH_DATA_DIR: dataDir, PORT: '0', SIMULATOR_PORT: '0', SIMULATOR_SPEED: '300' };
  runtime = await startRuntime(readConfig({ ...env, PLINTH_LOG_LEVEL: 'silent', PLINTH_CONCURRENCY: '2' }), () => undefined);
  terminals = await openTerminals();
}, 300_000);
afterAll(async () => {
  await runtime?.stop();
  await terminals?.close();
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
});

async function call(path: string, as = 'first admin'): Promise<{ status: number; body: any }> {
  const response = await fetch(runtime.origin + path, { headers: { authorization: `Bearer ${token(as)}` } });
  return { status: response.status, body: await response.json() };
}

async function vpses(): Promise<Map<string, any>> {
  const { body } = await call('/api/vps?limit=50');
  return new Map(body.instances.map((instance: any) => [instance.label, instance]));
}

/** Name to id of every server at the simulated clouds. */
async function servers(): Promise<Map<string, string>> {
  const list = (await (await fetch(`${runtime.simulatorOrigin}/_simulator/instances`)).json()) as any[];
  return new Map(list.map((each) => [String(each.label ?? each.name), String(each.id)]));
}

it('ends what was interrupted with the server that was made, and with that one only', { timeout: 180_000 }, async () => {
  const mid = await until(
    async () => {
      const vps = (await vpses()).get('mid-1');
      return vps.status === 'active' ? vps : undefined;
    },
    { timeoutMs: 170_000, what: 'the interrupted purchase' },
  );
  seenAtProvider = await servers();
  const made = [...seenAtProvider].filter(([name]) => name.startsWith('mid-1-'));
  expect(made.map(([, id]) => id)).toEqual([mid.instance_id]);
  expect(seenAtProvider.size).toBe(6);
});

it('has every VPS as it was', async () => {
  const all = await vpses();
  const facts = ['do-1', 'li-1', 'vu-1', 'win-1', 'sus-1'].map((label) => [label, all.get(label)?.status]);
  expect(facts).toEqual([...['do-1', 'li-1', 'vu-1', 'win-1'].map((label) => [label, 'active']), ['sus-1', 'suspended']]);
  expect(all.get('do-1')).toMatchObject({ notes: 'pays late', tags: ['web'], dns_name: 'do-1.plinth.test', password_revealed: false });
  expect(all.get('li-1')).toMatchObject({
    reverse_dns: true,
    backups: true,
    organization_id: secrets.tokens['acme admin']!.organization_id,
  });
  expect(all.get('vu-1')).toMatchObject({ password_revealed: true });
  const { body } = await call(`/api/vps/${all.get('do-1').id}/snapshots`);
  expect(body.snapshots.map(({ name, status }: any) => [name, status])).toEqual([['before-upgrade', 'available']]);
});

it('takes the old tokens, with the rights that they had', async () => {
  for (const [name, { role, organization_id: organization }] of Object.entries(secrets.tokens)) {
    const { status, body } = await call('/api/session', name);
    expect([status, body.role, body.organization_id], name).toEqual([200, role, organization]);
    const seen = (await call('/api/vps?limit=50', name)).body.instances.map(({ label }: any) => label);
    expect(seen.sort(), name).toEqual(organization === null ? ['do-1', 'li-1', 'mid-1', 'sus-1', 'vu-1', 'win-1'] : ['li-1']);
  }
});

it('keeps the audit chain and every state sound', async () => {
  expect(await newestIntact(runtime.services.db, 100_000)).toBe(true);
  const { body } = await call('/api/admin/state/verify?limit=100');
  expect([body.checked, body.problems]).toEqual([6, []]);
});

describe('by hand', () => {
  let anna: Person;
  const stackOf = async (label: string): Promise<{ name: string; file: string; config: any }> => {
    const { body } = await call(`/api/vps/${(await vpses()).get(label).id}/stack`);
    return { name: `${body.organization}/${body.project}/${body.stack}`, file: `Pulumi.${body.stack}.yaml`, config: body.config };
  };
  beforeAll(async () => {
    anna = await terminals.person('anna', runtime.origin!, token('first admin'));
  });

  it('the file that was pulled then finds nothing to change', { timeout: 120_000 }, async () => {
    const { name, file } = await stackOf('do-1');
    await copyFile(join(LEFT, 'pulled.yaml'), join(terminals.dir, file));
    expect(parse(await readFile(join(LEFT, 'pulled.yaml'), 'utf8')).config['plinth:spec'].label).toBe('do-1');
    await anna.must('stack', 'select', name);
    await anna.must('preview', '--expect-no-changes');
  });

  it.each(['do-1', 'li-1', 'vu-1', 'win-1', 'mid-1'])('a preview of %s says no changes', { timeout: 120_000 }, async (label) => {
    const { name, file, config } = await stackOf(label);
    await writeFile(join(terminals.dir, file), JSON.stringify({ config }));
    await anna.must('stack', 'select', name);
    await anna.must('preview', '--expect-no-changes');
  });

  it('nothing of this touched a server', async () => expect(await servers()).toEqual(seenAtProvider));
});
