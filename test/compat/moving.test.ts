/** Many rows of each older system (a thousand in the long tests): previewed, taken over, sent again, undone; servers stay as they are. */
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../cli/csv.ts';
import type { InstanceSummary } from '../../providers/provider.ts';
import { mustCompute } from '../../server/accounts/accounts.ts';
import { driftSweep } from '../../server/drift/sweep.ts';
import type { Account } from '../../server/kernel/database.ts';
import { LONG } from '../support/long.ts';
import { importableAccounts, strangerAt } from '../support/strangers.ts';
import { until } from '../support/until.ts';
import { compatService } from './support.ts';

const { call, runtime } = compatService({ SVPS_SYNC_SECONDS: '0' });
const PATH = '/api/admin/imports';
const COUNT = LONG ? 1_000 : 150;
const many = <T>(make: (index: number) => T, count = COUNT): T[] => Array.from({ length: count }, (_, index) => make(index));

const ROWS: Readonly<Record<string, () => object[]>> = {
  B: () => many((index) => ({ kind: 'organization', name: `desk-${index}` })),
  C: () => many((index) => ({ kind: 'user', name: `user-of-old-${index}` })),
  D: () => [
    ...many((index) => ({ kind: 'customer', id: `old.${index}@shop.test` }), COUNT - 20),
    ...many(
      (index) => ({
        kind: 'product',
        id: String(5_000 + index),
        name: `Dedicated ${index}`,
        server_type: 'dedicated',
        cpu_cores: '8',
        ram_gb: '64',
        storage_gb: '960',
        price_monthly: '99.5',
        stock_count: '',
        is_active: 'true',
      }),
      20,
    ),
  ],
  E: () => many((index) => ({ kind: 'package', pid: String(90_000 + index), name: `10.0.${index >> 8}.${index & 255}`, qty: '3' })),
};

describe.each(Object.keys(ROWS))('many rows of %s', (system) => {
  it('are previewed, taken over once, and undone', { timeout: 240_000 }, async () => {
    const rows = ROWS[system]!();
    const preview = await call('POST', PATH, { system, rows, preview: true });
    expect(preview.status, JSON.stringify(preview.body).slice(0, 500)).toBe(200);
    expect(preview.body).toMatchObject({ id: null, preview: true, summary: { created: COUNT, known: 0, refused: 0 } });
    const before = await count();
    const made = await call('POST', PATH, { system, rows });
    expect(made.body.summary, JSON.stringify(made.body.rows.find((each: any) => each.outcome === 'refused'))).toEqual({
      created: COUNT,
      known: 0,
      refused: 0,
    });
    expect((await count()) - before).toBe(COUNT);
    const again = await call('POST', PATH, { system, rows });
    expect(again.body.summary).toEqual({ created: 0, known: COUNT, refused: 0 });
    expect((await count()) - before).toBe(COUNT);
    if (system === 'D')
      expect((await call('GET', '/api/v1/dedicated-servers/products/5000')).body).toMatchObject({
        id: 5_000,
        price_monthly: 99.5,
        ram_gb: 64,
      });
    const undone = await call('POST', `${PATH}/${made.body.id}/undo`);
    expect(undone.body).toEqual({ removed: COUNT, kept: [] });
    expect(await count()).toBe(before);
    expect((await call('POST', PATH, { system, rows: rows.slice(0, 3), preview: true })).body.summary).toMatchObject({ created: 3 });
  });
});

/** Of what the rows of those systems become. */
async function count(): Promise<number> {
  const { db } = runtime().services;
  const packages = await db.stockItem.count({ where: { externalKey: { startsWith: '9' } } });
  const products = await db.product.count({ where: { number: { gte: 5_000, lt: 5_020 } } });
  return (await db.organization.count()) + packages + products;
}

it(
  'takes servers over where they run, at every provider, by the older system’s numbers, and hands them back',
  { timeout: 300_000 },
  async () => {
    const { services } = runtime();
    const accounts = await importableAccounts(services);
    expect(accounts.map(({ provider }) => provider)).toEqual(expect.arrayContaining(['digitalocean', 'linode', 'vultr', 'hetzner']));
    const old: { account: Account; seen: InstanceSummary; row: Record<string, unknown> }[] = [];
    for (const [index, account] of accounts.entries()) {
      const { provider } = account;
      const seen = await strangerAt(services, account, `of-old-${provider}`);
      const [vps_id, mt5_account_id] = [77 + index, 4_711 + index];
      old.push({
        account,
        seen,
        row: { vps_id, mt5_account_id, provider, provider_instance_id: seen.id, vps_name: `MT5-${mt5_account_id}` },
      });
    }
    await driftSweep(services, AbortSignal.timeout(60_000));
    const rows = [...old.map(({ row }) => row), { vps_id: 76, mt5_account_id: 1, vultr_instance_id: 'nowhere' }];
    const preview = await call('POST', PATH, { system: 'A', rows, preview: true });
    expect(preview.body.summary, JSON.stringify(preview.body.rows)).toEqual({ created: accounts.length, known: 0, refused: 1 });
    expect(preview.body.rows.at(-1)).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('No server nowhere') });
    const made = await call('POST', PATH, { system: 'A', rows });
    expect(made.body.summary, JSON.stringify(made.body.rows)).toEqual({ created: accounts.length, known: 0, refused: 1 });
    const all = async (status: string): Promise<void> => {
      const asked = async ({ row }: (typeof old)[number]) =>
        (await call('PATCH', '/api/vps/provision', { vps_id: row['vps_id'] })).body.data;
      const reached = async (each: (typeof old)[number]) =>
        until(
          async () => {
            const now = await asked(each);
            if (now?.status !== status) throw new Error(JSON.stringify(now));
            return true;
          },
          { timeoutMs: 150_000, everyMs: 500, what: `the one at ${each.account.provider} to be ${status}` },
        );
      await Promise.all(old.map(reached));
    };
    await all('active');
    const second = await call('POST', '/api/vps/provision', { mt5_account_id: 4_711, region: 'ewr', plan: 'vc2-1c-2gb', os_id: 371 });
    expect(second.body.error).toBe('VPS instance already exists for this MT5 account');
    const undone = await call('POST', `${PATH}/${made.body.id}/undo`);
    expect(undone.body).toEqual({ removed: accounts.length, kept: [] });
    await all('decommissioned');
    // Each runs on as it was, nobody's and without a mark of ours, and can be taken over again.
    for (const { account, seen } of old) {
      const left = await mustCompute(services, account).getInstance(seen.id);
      expect([account.provider, left?.status, left?.label]).toEqual([account.provider, seen.status, seen.label]);
      expect([account.provider, JSON.stringify(left!.tags)]).toEqual([account.provider, expect.not.stringContaining('plinth')]);
    }
    await driftSweep(services, AbortSignal.timeout(60_000));
    const again = await call('POST', PATH, { system: 'A', rows: rows.slice(0, -1), preview: true });
    expect(again.body.summary, JSON.stringify(again.body.rows)).toMatchObject({ created: accounts.length });
  },
);

it('reads what spreadsheets write', () => {
  expect(parseCsv('\ufeffid,name\r\n1,"a, ""b"""\r\n2,c\n')).toEqual([
    { id: '1', name: 'a, "b"' },
    { id: '2', name: 'c' },
  ]);
  expect(parseCsv('id\n')).toEqual([]);
  expect(parseCsv('a,b\n"x\ny",\n')).toEqual([{ a: 'x\ny', b: '' }]);
  expect(() => parseCsv('a,b\n1\n')).toThrow('row 2 has 1 cells');
});
