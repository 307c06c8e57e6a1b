/** A change and the answer that is kept for its Idempotency-Key are one: where the answer cannot be kept, nothing was changed. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withDatabase } from './support/database.ts';
import { query } from './support/invariants.ts';
import { type Plinth, someServer, startPlinth } from './support/plinth.ts';

const database = withDatabase();
let plinth: Plinth;

beforeAll(async () => {
  plinth = await startPlinth(database.url);
});
afterAll(() => plinth?.stop());

async function call(method: string, path: string, body: unknown, key: string): Promise<{ status: number; body: any }> {
  const headers = { authorization: `Bearer ${plinth.adminToken}`, 'content-type': 'application/json', 'idempotency-key': key };
  const response = await fetch(plinth.origin + path, { method, headers, body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

const sql = (statement: string): Promise<any[]> => query(database.url, statement, []);

/** A host that dies between the change and its answer looks like this to whoever asks again. */
const breakAnswers = async (): Promise<void> => {
  await sql(`CREATE FUNCTION "no_answer"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no answer is kept'; END $$`);
  await sql(`CREATE TRIGGER "no_answer" BEFORE UPDATE ON "idempotency_key" FOR EACH ROW EXECUTE FUNCTION "no_answer"()`);
};
const mendAnswers = (): Promise<unknown> => sql('DROP FUNCTION "no_answer"() CASCADE');

/** Rows of what the changes below write, and what a reveal counts. */
async function written(): Promise<unknown> {
  const tables = ['account', 'drift_rule', 'product', 'product_candidate', 'product_price', 'quote', 'setting', 'setup_profile'];
  const counts = tables.map((table) => `(SELECT count(*) FROM "${table}") AS "${table}"`).join(', ');
  const [row] = await sql(
    `SELECT ${counts}, (SELECT count("requestId") FROM "audit_event") AS "audit", (SELECT sum("revealCount") FROM "vps") AS "reveals"`,
  );
  return row;
}

it('makes no change without its answer, and each change once with it', { timeout: 120_000 }, async () => {
  const server = await someServer(plinth);
  const { instance } = await plinth.json('vps', 'create', 'kept', ...server, '--wait');
  const { providers } = await plinth.json('account', 'list');
  const linode = providers.find(({ type }: { type: string }) => type === 'linode');
  const { products } = await plinth.json('product', 'list');
  const product = products.find((each: any) => each.prices.length > 0 && each.candidates.length > 0);
  const item = { product_id: product.id, interval: product.prices[0].interval, label: 'quoted' };
  const changes: [method: string, path: string, body: unknown, status: number][] = [
    ['POST', `/api/vps/${instance.id}/reveal-password`, { reason: 'hand over' }, 200],
    ['PUT', '/api/admin/kill-switches', { stopped: true, reason: 'a test' }, 200],
    ['PUT', '/api/admin/drift-policies', { account_id: linode.id, plan: null, fields: ['label'], policy: 'accept' }, 200],
    [
      'POST',
      '/api/admin/providers',
      { type: 'cloudflare', name: 'second', api_key: `sim-second_${'d'.repeat(30)}`, endpoint: 'simulator' },
      201,
    ],
    ['POST', '/api/quotes', { organization_id: instance.organization_id, items: [item] }, 201],
    [
      'POST',
      '/api/admin/vps-plans',
      { name: 'Kept', provider_id: linode.id, provider_plan_id: 'g6-nanode-1', base_price: 5, markup_price: 1 },
      201,
    ],
    [
      'POST',
      '/api/v1/dedicated-servers/products',
      { name: 'Shop', server_type: 'vps', cpu_cores: 1, ram_gb: 1, storage_gb: 20, price_monthly: 9, provisioning_module: 'linode' },
      201,
    ],
  ];
  const keys = changes.map(() => randomUUID());
  const before = await written();
  await breakAnswers();
  for (const [index, [method, path, body]] of changes.entries()) {
    expect(await call(method, path, body, keys[index]!), path).toMatchObject({ status: 500 });
    expect(await written(), path).toEqual(before);
  }
  await mendAnswers();
  for (const [index, [method, path, body, status]] of changes.entries()) {
    const first = await call(method, path, body, keys[index]!);
    expect(first, path).toMatchObject({ status });
    const after = await written();
    expect(after, path).not.toEqual(before);
    expect(await call(method, path, body, keys[index]!), path).toEqual(first);
    expect(await written(), path).toEqual(after);
  }
});
