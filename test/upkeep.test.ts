/** The master key changed under a running service, stacks' state checked, gone back to and forgotten, and /metrics' door. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from 'pg';
import { run } from '../cli/run.ts';
import { createToken } from '../server/identity/tokens/authenticate.ts';
import { readConfig } from '../server/kernel/config.ts';
import { type Runtime, startRuntime } from '../server/runtime.ts';
import { type Checkpoint, manifestMagic } from '../server/kernel/deployment.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { putState } from './support/put-state.ts';
import { seedVpses } from './support/seed-vpses.ts';

let database: TestDatabase;
let dataDir: string;
let runtime: Runtime;
let admin: string;
let vpsId: string;
const key = () => randomBytes(32).toString('base64');
const [first, second] = [key(), key()];

const start = (env: Record<string, string>): Promise<Runtime> => {
  const base = { DATABASE_URL: database.url, PLINTH_ROLE: 'http', PLINTH_DATA_DIR: dataDir, PORT: '0', SIMULATOR_PORT: '0' };
  return startRuntime(readConfig({ ...base, SIMULATOR_SPEED: '10000', PLINTH_LOG_LEVEL: 'silent', ...env }), () => undefined);
};

beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'plinth-upkeep-'));
  runtime = await start({ PLINTH_MASTER_KEY: first });
  admin = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
  const made = await call(
    'POST',
    '/api/vps',
    { ...(await orderBody()), root_pass: 'Correct-Horse-1' },
    { 'idempotency-key': 'rotated-once' },
  );
  expect(made.status).toBe(202);
  vpsId = made.body.instance.id;
  // As a finished provision leaves it.
  const sealed = runtime.services.secrets.seal({ table: 'vps', column: 'rootPassword', id: vpsId }, 'Correct-Horse-1');
  await runtime.services.db.vps.update({ where: { id: vpsId }, data: { rootPassword: sealed, status: 'active' } });
  await runtime.services.db.operation.updateMany({ data: { status: 'succeeded', finishedAt: new Date() } });
  await runtime.services.stacks.prepare(`vps-${vpsId}`, []);
}, 60_000);
afterAll(async () => {
  await runtime?.stop();
  await database?.drop();
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
});

async function orderBody() {
  for (const account of (await call('GET', '/api/admin/providers')).body.providers) {
    const catalog = async (kind: string) => (await call('GET', `/api/admin/upstream/${kind}?providerId=${account.id}`)).body.items;
    const plan = (await catalog('plans'))?.find((item: any) => item.available && item.regions.length > 0 && item.diskGb >= 25);
    if (!plan) continue;
    const image = (await catalog('images')).find(
      (item: any) =>
        item.family === 'linux' && !item.deprecated && item.minDiskGb <= 25 && (item.regions?.includes(plan.regions[0]) ?? true),
    );
    return {
      label: 'kept',
      type: plan.id,
      region: plan.regions[0],
      image: image.id,
      provider_id: account.id,
      dns: { zone: 'plinth.test' },
    };
  }
  throw new Error('No provider has a plan.');
}

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}, token = admin) {
  const all = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers };
  const response = await fetch(runtime.origin + path, {
    method,
    headers: all,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text.startsWith('{') ? JSON.parse(text) : text };
}

async function query<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows as T[];
  } finally {
    await client.end();
  }
}

/** Every text and JSON column of the database that still has something of this key. */
async function columnsWith(keyId: string): Promise<string[]> {
  const columns = await query<{ table_name: string; column_name: string }>(
    `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type IN ('text', 'jsonb')`,
  );
  const found: string[] = [];
  for (const { table_name: table, column_name: column } of columns) {
    const rows = await query(`SELECT 1 FROM "${table}" WHERE "${column}"::text LIKE $1 LIMIT 1`, [`%v1.${keyId}.%`]);
    if (rows.length > 0) found.push(`${table}.${column}`);
  }
  return found;
}

describe('the master key', () => {
  it('is changed while the service runs, and everything still opens', async () => {
    const old = (await call('GET', '/api/admin/master-key')).body.key_id;
    expect(await columnsWith(old)).toEqual(
      expect.arrayContaining([
        'account.credential',
        'vps.rootPassword',
        'vps.requestedPassword',
        'state_stack.data_key',
        'idempotency_key.response',
      ]),
    );
    await runtime.stop();
    runtime = await start({ PLINTH_MASTER_KEY: second, PLINTH_MASTER_KEY_PREVIOUS: first });
    const before = (await call('GET', '/api/admin/master-key')).body;
    // The start has connected the simulated payment provider anew, under the new key.
    expect(before.key_id).not.toBe(old);
    expect(new Set(before.keys.map((each: any) => each.key_id))).toEqual(new Set([old, before.key_id]));
    const kept = before.keys.find((each: any) => each.key_id === old);
    expect(kept).toEqual({ key_id: old, values: expect.any(Number), loaded: true });
    await expect(start({ PLINTH_MASTER_KEY: key() })).rejects.toThrow(
      new RegExp(`master key ${old}.* and .*master key ${before.key_id}|master key ${before.key_id}.* and .*master key ${old}`),
    );
    const rotated = (await call('POST', '/api/admin/master-key/rotate')).body;
    expect(rotated).toMatchObject({ done: true, rewrapped: kept.values, unreadable: [] });
    expect(await columnsWith(old)).toEqual([]);
    expect((await call('POST', '/api/admin/master-key/rotate')).body).toMatchObject({ done: true, rewrapped: 0 });
    await runtime.stop();
    runtime = await start({ PLINTH_MASTER_KEY: second });
    const [account] = (await call('GET', '/api/admin/providers')).body.providers;
    expect((await call('POST', `/api/admin/providers/${account.id}/check`)).body.provider.status).toBe('ok');
    const shown = await call('POST', `/api/vps/${vpsId}/reveal-password`, { reason: 'after the key change' });
    expect(shown.body.password).toBe('Correct-Horse-1');
    const again = await call(
      'POST',
      '/api/vps',
      { ...(await orderBody()), root_pass: 'Correct-Horse-1' },
      { 'idempotency-key': 'rotated-once' },
    );
    expect([again.status, again.headers.get('idempotent-replayed'), again.body.instance.id]).toEqual([202, 'true', vpsId]);
    expect((await call('GET', '/api/admin/state/verify')).body).toMatchObject({ problems: [], next: null });
  }, 60_000);

  it('that is missing stops the start with one line that says what to do', async () => {
    const failure = await start({ PLINTH_MASTER_KEY: key() }).then(
      () => null,
      (error: Error) => error,
    );
    expect(failure?.message).toMatch(
      /^The database holds \d+ secrets with master key [0-9a-f]{12}, which is not loaded .*PLINTH_MASTER_KEY_PREVIOUS/,
    );
    expect(failure?.message).not.toContain('\n');
  }, 30_000);

  it('that is wrong in one row is named, and the rest is moved', async () => {
    const [token] = await query<{ id: string }>(`SELECT id FROM account ORDER BY id LIMIT 1`);
    const [kept] = await query<{ credential: string }>('SELECT credential FROM account WHERE id = $1', [token!.id]);
    await query('UPDATE account SET credential = $2 WHERE id = $1', [
      token!.id,
      kept!.credential.replace(/^(v1\.)[0-9a-f]{12}/, '$1000000000000'),
    ]);
    const answer = (await call('POST', '/api/admin/master-key/rotate')).body;
    expect(answer).toMatchObject({ done: false, unreadable: [{ table: 'account', column: 'credential', id: token!.id }] });
    await query('UPDATE account SET credential = $2 WHERE id = $1', [token!.id, kept!.credential]);
  });
});

/** A sound state with one server. */
function stateWith(instance: string, note: string): Checkpoint {
  const version = 'v3.259.0';
  const stack = `urn:pulumi:vps-${vpsId}::plinth::pulumi:pulumi:Stack::plinth-vps-${vpsId}`;
  return {
    version: 3,
    deployment: {
      manifest: { time: new Date().toISOString(), magic: manifestMagic(version), version },
      resources: [
        { urn: stack, type: 'pulumi:pulumi:Stack', custom: false, outputs: { note } },
        { urn: `urn:pulumi:vps-${vpsId}::plinth::x:y:Z::vps-instance`, type: 'x:y:Z', custom: true, id: instance, parent: stack },
      ],
    },
  };
}

describe('a stack’s state', () => {
  const import_ = async (checkpoint: Checkpoint) => {
    const { organization, id } = (await runtime.care.find(`vps-${vpsId}`))!;
    expect(organization).toBe('default');
    await putState(database.url, id, () => checkpoint);
  };
  const path = () => `/api/vps/${vpsId}/stack`;

  it('has a history, and each kept version can be had', async () => {
    await import_(stateWith('server-1', 'one'));
    await import_(stateWith('server-1', 'two'));
    const history = (await call('GET', `${path()}/history`)).body;
    expect(history).toMatchObject({
      version: 2,
      updates: [
        { version: 2, kind: 'import', kept: true },
        { version: 1, kept: true },
      ],
    });
    const old = (await call('GET', `${path()}/versions/1`)).body;
    expect(old.deployment.deployment.resources[0].outputs.note).toBe('one');
    expect((await call('GET', `${path()}/versions/77`)).status).toBe(404);
  });

  it('goes back to a kept version as a new version, on the record', async () => {
    const body = { version: 1, reason: 'two was a mistake' };
    expect((await call('POST', `${path()}/rollback`, body)).body).toMatchObject({ from: 2, to: 1, version: 3 });
    expect((await call('GET', `${path()}/versions/3`)).body.deployment.deployment.resources[0].outputs.note).toBe('one');
    const { events } = (await call('GET', '/api/audit?limit=5')).body;
    expect(events[0]).toMatchObject({
      action: 'stack.rolled-back',
      target: vpsId,
      data: { from: 2, to: 1, version: 3, reason: body.reason },
    });
    expect((await call('GET', '/api/admin/state/verify')).body).toMatchObject({ checked: 1, problems: [] });
  });

  it('is not rewritten for an operator, while something runs, or into another server’s', async () => {
    const body = { version: 1, reason: 'trying it' };
    const { secret } = await createToken(runtime.services.db, { name: 'otto', role: 'operator', organizationId: null, expiresAt: null });
    expect((await call('POST', `${path()}/rollback`, body, {}, secret)).status).toBe(403);
    const unknown = await call('POST', `${path()}/rollback`, { ...body, version: 99 });
    expect([unknown.status, unknown.body.errors[0].field]).toEqual([422, 'version']);
    const { operation } = (await call('POST', `/api/vps/${vpsId}/refresh`)).body;
    const busy = await call('POST', `${path()}/rollback`, body);
    expect([busy.status, busy.body.code]).toEqual([409, 'vps_busy']);
    expect((await call('POST', `/api/operations/${operation.id}/cancel`)).status).toBe(202);
    await import_(stateWith('server-2', 'another server'));
    const lost = await call('POST', `${path()}/rollback`, body);
    expect([lost.status, lost.body.code]).toEqual([409, 'instance_would_be_lost']);
    expect((await call('GET', `${path()}/history`)).body.version).toBe(4);
  });

  it('is reported when damaged, with stack, rule and remedy', async () => {
    const [row] = await query<{ id: string; checkpoint: string }>('SELECT id, checkpoint FROM state_stack');
    const broken = JSON.parse(row!.checkpoint) as Checkpoint;
    broken.deployment.resources![1]!.parent = 'urn:pulumi:nowhere';
    const secret = { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270', ciphertext: 'AAAA' };
    broken.deployment.resources![0]!.outputs = { password: secret };
    await query('UPDATE state_stack SET checkpoint = $2 WHERE id = $1', [row!.id, JSON.stringify(broken)]);
    const { problems } = (await call('GET', '/api/admin/state/verify')).body;
    const rules = problems.map(({ rule }: { rule: string }) => rule).join('; ');
    expect(rules).toMatch(/parent urn:pulumi:nowhere is missing.*1 secret\(s\).*do not decrypt|not the one that was kept/);
    expect(problems.length).toBe(3);
    await query('UPDATE state_stack SET checkpoint = $2 WHERE id = $1', [row!.id, row!.checkpoint]);
    expect((await call('GET', '/api/admin/state/verify')).body.problems).toEqual([]);
  });

  it('forgets old updates and events, and keeps what can be gone back to', async () => {
    const [stack] = await query<{ id: string }>('SELECT id FROM state_stack');
    const old = '2020-01-01T00:00:00Z';
    await query(
      `INSERT INTO state_update (id, stack_id, kind, dry_run, status, actor, requested_at, ended_at, version)
       VALUES (gen_random_uuid(), $1, 'preview', true, 'succeeded', 'test', $2, $2, 0)`,
      [stack!.id, old],
    );
    await query(`UPDATE state_update SET ended_at = $1 WHERE version = 1`, [old]);
    await query(
      `INSERT INTO state_event (update_id, sequence, event) SELECT id, 1, '{}' FROM state_update WHERE version IN (1, 2) AND NOT dry_run`,
    );
    const before = new Date('2021-01-01');
    expect(await runtime.care.prune(before, new AbortController().signal)).toEqual({ updates: 1, lines: 1 });
    expect((await call('GET', `${path()}/history`)).body.updates.map((update: any) => update.version)).toEqual([4, 3, 2, 1]);
    expect(await query('SELECT 1 FROM state_event')).toHaveLength(1);
  });
});

describe('the command line', () => {
  const plinth = async (...words: string[]) => {
    const said = { out: '', err: '' };
    const code = await run(words, {
      out: (text) => void (said.out += text),
      err: (text) => void (said.err += text),
      outIsTty: false,
      errIsTty: false,
      columns: 200,
      env: { PLINTH_URL: runtime.origin!, PLINTH_TOKEN: admin, HOME: dataDir },
      cwd: dataDir,
      stdin: process.stdin,
      signal: new AbortController().signal,
    });
    return { code, ...said };
  };

  it('shows and moves keys, checks state, and shows, exports and puts back versions', async () => {
    expect(await plinth('key', 'show')).toMatchObject({ code: 0, out: expect.stringContaining('seals new values') });
    expect(await plinth('key', 'rotate')).toMatchObject({ code: 0, out: expect.stringContaining('0 secrets moved') });
    expect(await plinth('state', 'verify')).toMatchObject({ code: 0, out: '1 stack is sound.\n' });
    expect(JSON.parse((await plinth('state', 'verify', '--json')).out)).toEqual({ ok: true, checked: 1, problems: [] });
    expect((await plinth('stack', 'history', 'kept')).out).toMatch(/rollback .* Back to version 1: two was a mistake/);
    expect(JSON.parse((await plinth('stack', 'export', 'kept', '4')).out).deployment.resources).toHaveLength(2);
    const refused = await plinth('stack', 'rollback', 'kept', '1', '--reason', 'no more', '--yes');
    expect(refused).toMatchObject({ code: 6, err: expect.stringContaining('another server') });
    expect(await plinth('stack', 'rollback', 'kept', '4', '--reason', 'the same', '--yes')).toMatchObject({ code: 0 });
    await query(`UPDATE state_stack SET checkpoint = replace(checkpoint, 'x:y:Z', '')`);
    expect(await plinth('state', 'verify')).toMatchObject({ code: 1, out: expect.stringContaining('has no type') });
  });
});

describe('/metrics', () => {
  it('answers this machine, not what a proxy passes on', async () => {
    expect((await call('GET', '/metrics')).text).toContain('plinth_vps');
    expect((await call('GET', '/metrics', undefined, { 'x-forwarded-for': '203.0.113.7' })).status).toBe(403);
  });

  it('wants its token when there is one', async () => {
    await runtime.stop();
    runtime = await start({ PLINTH_MASTER_KEY: second, PLINTH_METRICS_TOKEN: 'a-token-for-scraping' });
    expect((await call('GET', '/metrics')).status).toBe(401);
    expect((await call('GET', '/metrics', undefined, { authorization: 'Bearer a-token-for-scraping' })).status).toBe(200);
  }, 30_000);
});

it('removes the empty stacks of VPSes that have ended, and no other', async () => {
  await seedVpses(runtime, 3);
  const rows = await query<{ id: string }>(`SELECT "id" FROM "vps" WHERE "id" NOT IN (SELECT substr(name, 5) FROM state_stack) LIMIT 3`);
  const [ended, holding, living] = rows.map(({ id }) => id) as [string, string, string];
  await query(`UPDATE "vps" SET "status" = 'terminated' WHERE "id" IN ($1, $2)`, [ended, holding]);
  for (const [id, resources] of [
    [ended, 0],
    [holding, 1],
    [living, 0],
  ] as const)
    await query(
      `INSERT INTO state_stack (id, organization, project, name, data_key, checkpoint, resource_count)
       SELECT gen_random_uuid(), organization, project, $1, data_key, checkpoint, $2 FROM state_stack LIMIT 1`,
      [`vps-${id}`, resources],
    );
  expect(await runtime.care.forgetEnded()).toEqual([`vps-${ended}`]);
  expect(await runtime.care.forgetEnded()).toEqual([]);
  const left = await query<{ name: string }>(
    'SELECT name FROM state_stack WHERE name IN ($1, $2, $3)',
    rows.map(({ id }) => `vps-${id}`),
  );
  expect(left.map(({ name }) => name).sort()).toEqual([`vps-${holding}`, `vps-${living}`].sort());
});
