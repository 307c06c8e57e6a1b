/** User data may hold anything: it rests sealed, in whatever table an earlier or the present version puts it, and still reaches the server. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Client } from 'pg';
import { sealed } from '../server/kernel/sealed.ts';
import { VpsSpec } from '../stacks/spec.ts';
import { sealUserData } from '../server/backend/user-data/seal.ts';
import { keyWrapper } from '../server/backend/service.ts';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { type Shop, shopOf } from './support/shop.ts';

const USER_DATA = sealed('vps', 'cloudInit');
const SECRET = 'correct-horse-battery-staple';
const database = withDatabase();
let plinth: Plinth;
let shop: Shop;
let cloud: string;

beforeAll(async () => {
  plinth = await startPlinth(database.url, { PLINTH_DRIFT_SECONDS: '0' });
  shop = shopOf(plinth);
  [cloud = ''] = await shop.clouds();
}, 60_000);
afterAll(() => plinth?.stop());

const userData = { packages: ['nginx'], files: [{ path: '/etc/key', content: SECRET, permissions: '0600' }] };

/** Tables and columns that hold the text, as it is or inside something else. */
async function placesWith(text: string): Promise<string[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    const { rows: columns } = await client.query(
      `SELECT table_schema AS s, table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema IN ('public', 'pgboss')
       AND data_type IN ('text', 'character varying', 'jsonb', 'json', 'bytea', 'ARRAY')`,
    );
    const found: string[] = [];
    for (const { s, t, c } of columns) {
      const { rows } = await client.query(`SELECT count(*)::int AS n FROM "${s}"."${t}" WHERE "${c}"::text LIKE '%' || $1 || '%'`, [text]);
      if (rows[0].n > 0) found.push(`${t}.${c}`);
    }
    return found;
  } finally {
    await client.end();
  }
}

async function made(label: string): Promise<string> {
  const { instance, operation } = await shop.order(cloud, label, { cloud_init: userData });
  expect((await shop.ended(operation.id)).fault).toBe(null);
  return instance.id;
}

const as = async (token: string, path: string): Promise<string> =>
  (await fetch(plinth.origin + path, { headers: { authorization: `Bearer ${token}` } })).text();

it('reaches the server, and stands in clear in no table and no answer', { timeout: 180_000 }, async () => {
  const id = await made('sealed');
  const [server] = await shop.servers(id);
  expect(server!.userData).toContain(SECRET);
  for (const change of [{ action: 'rename', label: 'sealed-2' }, { action: 'configure', tags: ['a'] }, { action: 'reinstall' }]) {
    await shop.call('POST', `/api/vps/${id}/preview`, { change });
    const { operation } = await shop.call('POST', `/api/vps/${id}/actions`, change);
    expect((await shop.ended(operation.id)).fault, change.action).toBe(null);
  }
  // A reinstall sets the same up again.
  expect((await shop.servers(id)).at(-1)!.userData).toContain(SECRET);
  expect(await placesWith(SECRET)).toEqual([]);
  const viewer = (await plinth.json('token', 'create', 'viewer', '--role', 'viewer')).secret;
  for (const token of [viewer, plinth.adminToken]) {
    const stack = JSON.parse(await as(token, `/api/vps/${id}/stack`));
    expect(stack.config['plinth:spec'].cloudInit).toEqual({ secure: expect.stringMatching(/^[A-Za-z0-9+/=]+$/) });
    for (const path of [
      `/api/vps/${id}`,
      `/api/vps/${id}/stack`,
      `/api/operations?vps_id=${id}`,
      '/api/audit',
      `/api/vps/${id}/stack/history`,
    ])
      expect(await as(token, path)).not.toContain(SECRET);
  }
});

it('seals at a start what an earlier version kept in clear, once and wherever it was cut off', { timeout: 180_000 }, async () => {
  const { db, secrets } = plinth.runtime.services;
  const ids = [await made('old-1'), await made('old-2')];
  for (const id of ids) {
    const row = await db.vps.findUniqueOrThrow({ where: { id } });
    const cloudInit = JSON.parse(USER_DATA.open(secrets, id, row.cloudInit!));
    const spec = VpsSpec.parse({ ...(row.spec as object), cloudInit });
    // As it was: in the row, in a rename's operation, and in the config of an update by hand.
    await db.vps.update({ where: { id }, data: { spec, cloudInit: null } });
    await db.operation.updateMany({ where: { vpsId: id }, data: { request: { generation: 1, spec, way: 'update' } } });
    const config = { 'plinth:spec': { string: JSON.stringify(spec), object: true, secret: false } };
    await db.$executeRaw`
      INSERT INTO "state_update" ("id", "stack_id", "kind", "dry_run", "status", "config", "actor")
      SELECT gen_random_uuid(), "id", 'update', false, 'succeeded', ${JSON.stringify(config)}::jsonb, 'anna' FROM "state_stack" WHERE "name" = ${`vps-${id}`}`;
  }
  expect((await placesWith(SECRET)).toSorted()).toEqual(['operation.request', 'state_update.config', 'vps.spec']);
  // Cut off after the first row.
  const first = await db.vps.findUniqueOrThrow({ where: { id: ids[0]! } });
  const before = first.updatedAt;
  const keys = keyWrapper(secrets);
  const counts = await Promise.all([sealUserData({ db, secrets }, keys), sealUserData({ db, secrets }, keys)]);
  expect(counts[0]! + counts[1]!).toBeGreaterThanOrEqual(6);
  expect(await placesWith(SECRET)).toEqual([]);
  expect(await sealUserData({ db, secrets }, keys)).toBe(0);
  const after = await db.vps.findUniqueOrThrow({ where: { id: ids[0]! } });
  expect([after.updatedAt, JSON.parse(USER_DATA.open(secrets, after.id, after.cloudInit!)).files[0].content]).toEqual([before, SECRET]);
  const { operation } = await shop.call('POST', `/api/vps/${ids[0]}/actions`, { action: 'reinstall' });
  expect((await shop.ended(operation.id)).fault).toBe(null);
  expect((await shop.servers(ids[0])).at(-1)!.userData).toContain(SECRET);
});

it('goes to another master key with all other secrets', async () => {
  const sealed = (await plinth.runtime.services.db.vps.findFirstOrThrow({ where: { cloudInit: { not: null } } })).cloudInit!;
  const { countSealed } = await import('../server/kernel/sealed.ts');
  const before = await countSealed(plinth.runtime.services.db);
  await plinth.runtime.services.db.vps.updateMany({ where: { cloudInit: sealed }, data: { cloudInit: null } });
  const total = (counts: readonly { count: number }[]): number => counts.reduce((sum, { count }) => sum + count, 0);
  expect(total(before) - total(await countSealed(plinth.runtime.services.db))).toBe(1);
});
