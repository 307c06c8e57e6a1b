/**
 * Many servers of a trading desk (a thousand in the long run): previewed, taken over, sent again and handed back, each as the record of
 * a VPS; and what the desk hears of a server that nobody makes.
 */
import { expect, it, vi } from 'vitest';
import { allAccounts, openAccount } from '../../server/accounts/accounts.ts';
import { driftSweep } from '../../server/drift/sweep.ts';
import { until } from '../support/until.ts';
import { compatService } from './support.ts';

// No worker runs: what is ordered is recorded and waits, and nothing is provisioned. What an import and its undo do at a server is tried with one.
const { call, servers, runtime } = compatService({ PLINTH_ROLE: 'http', SVPS_SYNC_SECONDS: '0' });
const PATH = '/api/admin/imports';
/** What this process's own time is ahead by; it never goes back. */
let ahead = 0;
const real = performance.now.bind(performance);
vi.spyOn(performance, 'now').mockImplementation(() => real() + ahead);
const COUNT = process.env['PLINTH_LONG_TESTS'] === '1' ? 1_000 : 100;

async function accountAtVultr() {
  const { services } = runtime();
  const account = (await allAccounts(services)).find(({ provider }) => provider === 'vultr')!;
  const { credential, endpoint } = openAccount(services, account);
  return { key: Object.values(credential)[0]!, endpoint };
}
async function setAccount(body: object): Promise<void> {
  const { key } = await accountAtVultr();
  const set = await fetch(`${runtime().simulatorOrigin}/_simulator/accounts/vultr/${key}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(set.ok).toBe(true);
}

it('are taken over once, by their numbers, and handed back', { timeout: 540_000 }, async () => {
  const { services } = runtime();
  const { key, endpoint } = await accountAtVultr();
  await setAccount({ instanceLimit: 2 * COUNT, balance: 1e6, rateLimit: { requests: 10_000, perMs: 1_000 } });
  const ids = await Promise.all(
    Array.from({ length: COUNT }, async (_, index) => {
      const answer = await fetch(`${endpoint.baseUrl}/v2/instances`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ region: 'ewr', plan: 'vc2-1c-2gb', os_id: 371, label: `old-${index}` }),
      });
      return ((await answer.json()) as { instance: { id: string } }).instance.id;
    }),
  );
  const settled = async (): Promise<boolean> => (await servers()).filter(({ status }) => /active|running|ok/.test(status)).length === COUNT;
  await until(settled, { timeoutMs: 60_000, what: 'the old servers' });
  const rows = ids.map((id, index) => ({ vps_id: 10_000 + index, mt5_account_id: index, vultr_instance_id: id, vps_name: `MT5-${index}` }));
  await driftSweep(services, AbortSignal.timeout(60_000));

  const preview = await call('POST', PATH, { system: 'A', rows, preview: true });
  expect(preview.body.summary, JSON.stringify(preview.body).slice(0, 500)).toEqual({ created: COUNT, known: 0, refused: 0 });
  expect(await services.db.vps.count()).toBe(0);
  const made = await call('POST', PATH, { system: 'A', rows });
  const refused = made.body.rows.find((each: any) => each.outcome === 'refused');
  expect(made.body.summary, JSON.stringify(refused)).toEqual({ created: COUNT, known: 0, refused: 0 });
  expect(await services.db.vps.count({ where: { deletedAt: null } })).toBe(COUNT);
  const again = await call('POST', PATH, { system: 'A', rows });
  expect(again.body.summary).toEqual({ created: 0, known: COUNT, refused: 0 });
  expect(await services.db.vps.count()).toBe(COUNT);
  const third = await call('PATCH', '/api/vps/provision', { vps_id: 10_003 });
  expect(third.body.data).toMatchObject({ vps_id: 10_003, status: 'provisioning' });
  expect(await call('POST', '/api/vps/provision', { mt5_account_id: 3, region: 'ewr', plan: 'vc2-1c-2gb', os_id: 371 })).toMatchObject({
    status: 409,
    body: { error: 'VPS instance already exists for this MT5 account' },
  });

  const undone = await call('POST', `${PATH}/${made.body.id}/undo`);
  expect(undone.body).toEqual({ removed: COUNT, kept: [] });
  // Each record is about to end, none with its server.
  expect(await services.db.vps.count({ where: { status: 'destroying' } })).toBe(COUNT);
  const ends = await services.db.operation.findMany({ where: { kind: 'destroy' }, select: { request: true } });
  expect(ends).toHaveLength(COUNT);
  expect(ends.every(({ request }) => (request as { forget?: boolean }).forget === true)).toBe(true);
  expect(await services.db.movedRow.count()).toBe(0);
  expect(await settled()).toBe(true);
});

it('of a user are pending, and looked for at the provider every five seconds at most', async () => {
  const { db } = runtime().services;
  const { body: made } = await call('POST', '/api/admin/organizations', { name: 'impatient' });
  const wanted = { name: 'own', role: 'operator', organization_id: made.organization.id };
  const { secret } = (await call('POST', '/api/tokens', wanted)).body;
  const own = (method: string, path: string, body?: object) => call(method, path, body, secret);
  const begun = await own('POST', '/api/vps/provision', { username: 'Im Patient', enable_backups: false });
  expect(begun.status, JSON.stringify(begun.body)).toBe(202);
  const { hostname, plan_id, data_center_id, vps_id } = begun.body;
  expect(hostname).toMatch(/^im-patient\./);
  const looks = async (): Promise<number> => {
    const answer = await fetch(`${runtime().simulatorOrigin}/_simulator/requests?limit=2000&provider=hostinger`);
    return ((await answer.json()) as { path: string }[]).filter(({ path }) => path.includes('/virtual-machines')).length;
  };
  const before = await looks();
  const status = async () => (await own('GET', '/api/vps/status')).body;
  const known = { success: true, status: 'pending', hostname, ip_address: null, url: `https://${hostname}`, plan_id, data_center_id };
  expect(await status()).toEqual({ ...known, hostinger_vm_id: null, hostinger_order_id: null });
  const once = (await looks()) - before;
  expect(once).toBeGreaterThan(0);
  for (let again = 0; again < 4; again++) await status();
  expect((await looks()) - before).toBe(once);
  ahead += 5_100;
  await status();
  expect((await looks()) - before).toBe(2 * once);
  await db.vps.update({ where: { id: vps_id }, data: { status: 'error' } });
  expect(await status()).toMatchObject({ status: 'error', message: 'It could not be set up; its operation says why.' });
});

it(
  'are waited for half a minute, and said to be stuck after ten, with the balance where that may be why',
  { timeout: 120_000 },
  async () => {
    const { db } = runtime().services;
    // The request's own time runs three seconds further with every look.
    const begun = performance.now();
    let waited = 0;
    const asked = call('POST', '/api/vps/provision', { mt5_account_id: 9_001, region: 'ewr', plan: 'vc2-1c-2gb', os_id: 371 });
    const answer = asked.finally(() => (waited = performance.now() - begun));
    await until(() => ((ahead += 3_000), waited > 0), { timeoutMs: 300_000, what: 'the answer' });
    expect(waited).toBeGreaterThan(30_000);
    expect(waited).toBeLessThan(120_000);
    const { status, body } = await answer;
    expect(status, JSON.stringify(body)).toBe(201);
    const data = { vps_id: expect.any(Number), vultr_instance_id: null, status: 'pending', main_ip: null, default_password: null };
    expect(body).toMatchObject({ success: true, message: 'VPS provisioning started', data });

    const { id } = await db.vps.findFirstOrThrow({ where: { externalReference: 'mt5:9001' } });
    const seenAfter = async (minutes: number): Promise<any> => {
      await db.vps.update({ where: { id }, data: { createdAt: new Date(Date.now() - minutes * 60_000) } });
      return (await call('PATCH', '/api/vps/provision', { vps_id: body.data.vps_id })).body.data;
    };
    await setAccount({ balance: -3 });
    expect(await seenAfter(9)).toEqual({
      vps_id: body.data.vps_id,
      status: 'provisioning',
      vultr_status: null,
      provider_status: null,
      main_ip: null,
      updated_at: expect.any(String),
    });
    expect((await seenAfter(11)).message).toMatch(/^It has no server yet\. The account ".+" has no credit: it owes \d+\.\d\d USD/);
    await setAccount({ balance: 1e6 });
    expect(await seenAfter(11)).not.toHaveProperty('message');
  },
);
