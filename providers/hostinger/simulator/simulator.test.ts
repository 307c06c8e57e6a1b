/** Hostinger's wire: answers as its published document has them, purchases with their three ends, and paid periods that run out. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../../simulator/server.ts';
import { openApiCheck } from '../../testing/openapi-check.ts';
import { apiDeltas } from '../api-deltas.ts';
import { simulation } from './simulator.ts';

const spec = openApiCheck('hostinger');
const VM = '/api/vps/v1/virtual-machines';
const BILLING = '/api/billing/v1';
const PASSWORD = 'Str0ngEnough4All';
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8x5y0mU2n1Vb8R2m3F4l5q6w7e8r9t0y1u2i3o4p5a one@example.com';
let simulator: Simulator;
let accounts = 0;
let token = '';
beforeAll(async () => {
  simulator = await startSimulator({ speed: 500, simulations: [simulation] });
});
afterAll(() => simulator.close());
afterEach(() => void simulator.world.faults.clear());

type Json = any;
const fresh = (): string => (token = `sim-hostinger-${++accounts}`);
async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const url = simulator.baseUrl('hostinger') + path;
  const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const parsed = (await answer.json()) as Json;
  const wrong = [
    ...(spec?.answer(method, path, answer.status, parsed) ?? []),
    ...(spec && body !== undefined && answer.ok ? spec.request(method, path, body) : []),
  ];
  expect(
    wrong.filter((complaint) => !apiDeltas.some(({ matches }) => matches.test(complaint))),
    `${method} ${path} ${answer.status}`,
  ).toEqual([]);
  return { status: answer.status, body: parsed };
}
const order = (setup: Record<string, unknown> = {}, item = 'hostingercom-vps-kvm1-usd-1m'): Json => ({
  item_id: item,
  setup: { data_center_id: 19, template_id: 1007, password: PASSWORD, hostname: 'first.example.com', ...setup },
});
const state = async (id: number): Promise<string> => (await call('GET', `${VM}/${id}`)).body.state;
const done = async (id: number, action: Json): Promise<void> => {
  await expect.poll(async () => (await call('GET', `${VM}/${id}/actions/${action.id}`)).body.state).toBe('success');
};
const running = (id: number): Promise<void> => expect.poll(() => state(id)).toBe('running');
async function machine(setup: Record<string, unknown> = {}): Promise<Json> {
  const answer = await call('POST', VM, order(setup));
  expect([answer.status, answer.body.message]).toEqual([200, undefined]);
  await running(answer.body.virtual_machine.id);
  return answer.body.virtual_machine;
}

test('the catalogue tells the first and the renewal price, templates and data centres', async () => {
  fresh();
  const plans = (await call('GET', `${BILLING}/catalog?category=VPS`)).body;
  expect(plans.map((plan: Json) => plan.name)).toEqual(['KVM 1', 'KVM 2', 'KVM 4', 'KVM 8']);
  expect(plans[0].prices[0]).toMatchObject({ id: 'hostingercom-vps-kvm1-usd-1m', price: 1_399, first_period_price: 499, currency: 'USD' });
  expect((await call('GET', '/api/vps/v1/data-centers')).body).toContainEqual(expect.objectContaining({ id: 9, location: 'us' }));
  expect((await call('GET', '/api/vps/v1/templates/1007')).body.name).toBe('Ubuntu 22.04 LTS');
  expect((await call('GET', `${BILLING}/payment-methods`)).body).toMatchObject([{ is_default: true }]);
  expect((await call('POST', `${BILLING}/orders`, { items: [{ item_id: 'hostingercom-vps-kvm1-usd-1m' }] })).status).toBe(404);
});

test('a machine is bought, shows its address when it runs, and lists show it a little later', async () => {
  fresh();
  const bought = await call('POST', VM, order({ post_install_script_id: await script(), public_key: { name: 'k', key: KEY } }));
  expect(bought.body).toMatchObject({ order: { status: 'completed', total: 499 }, virtual_machine: { state: 'creating', ipv4: null } });
  const { id } = bought.body.virtual_machine;
  await running(id);
  const [listed] = (await call('GET', VM)).body;
  expect(listed).toMatchObject({ id, plan: 'KVM 1', hostname: 'first.example.com', cpus: 1, memory: 4_096, actions_lock: 'unlocked' });
  expect(listed.ipv4[0].address).toMatch(/^203\.0\.113\./);
  expect(simulator.world.worlds.get('hostinger')!.simulation.instances!(simulator.world.worlds.get('hostinger')!).at(-1)).toMatchObject({
    userData: '#!/bin/sh\n',
  });
});

async function script(): Promise<number> {
  return (await call('POST', '/api/vps/v1/post-install-scripts', { name: 'setup', content: '#!/bin/sh\n' })).body.id;
}

test('a purchase is refused, or waits for its payment and is set up later', async () => {
  const account = fresh();
  simulator.world.faults.add({ provider: 'hostinger', kind: 'flag', flag: 'unpaid', objectId: account });
  expect(await call('POST', VM, order())).toMatchObject({ status: 402 });
  expect((await call('GET', VM)).body).toEqual([]);
  simulator.world.faults.clear();
  simulator.world.faults.add({ provider: 'hostinger', kind: 'flag', flag: 'payment-pending', objectId: account });
  const waiting = await call('POST', VM, order());
  expect([waiting.status, waiting.body.virtual_machine]).toEqual([202, undefined]);
  await expect.poll(async () => (await call('GET', VM)).body).toMatchObject([{ state: 'initial', ipv4: null }]);
  const [{ id, subscription_id: subscription, hostname }] = (await call('GET', VM)).body;
  expect([subscription, hostname]).toEqual([waiting.body.order.subscription_id, `srv${id}.hstgr.cloud`]);
  expect((await call('POST', `${VM}/${id}/start`)).status).toBe(422);
  expect((await call('POST', `${VM}/${id}/setup`, order().setup)).body).toMatchObject({ state: 'creating', hostname: 'first.example.com' });
  await running(id);
});

test('what is wrong is told by field and nothing is bought', async () => {
  fresh();
  const refused = async (body: Json) => {
    const answer = await call('POST', VM, body);
    return [answer.status, Object.keys(answer.body.errors ?? {})[0]];
  };
  expect(await refused(order({}, 'hostingercom-vps-kvm1'))).toEqual([422, 'item_id']);
  expect(await refused(order({ template_id: 1 }))).toEqual([422, 'setup.template_id']);
  expect(await refused(order({ data_center_id: 1 }))).toEqual([422, 'setup.data_center_id']);
  expect(await refused(order({ password: 'short' }))).toEqual([422, 'setup.password']);
  expect(await refused(order({ password: 'Password1234' }))).toEqual([422, 'setup.password']);
  expect(await refused(order({ hostname: 'not a name' }))).toEqual([422, 'setup.hostname']);
  expect((await call('GET', VM)).body).toEqual([]);
  token = 'nobody';
  expect(await call('GET', VM)).toMatchObject({ status: 401, body: { message: 'Unauthenticated' } });
});

test('power, recovery, recreation, snapshot and backups', async () => {
  fresh();
  const { id } = await machine();
  const act = async (method: string, path: string, body?: unknown): Promise<void> =>
    done(id, (await call(method, `${VM}/${id}${path}`, body)).body);
  await act('POST', '/stop');
  expect(await state(id)).toBe('stopped');
  await act('POST', '/stop');
  await act('POST', '/restart');
  expect(await state(id)).toBe('running');
  await act('POST', '/recovery', { root_password: PASSWORD });
  expect(await state(id)).toBe('recovery');
  await act('DELETE', '/recovery');
  expect((await call('DELETE', `${VM}/${id}/recovery`)).status).toBe(422);
  expect((await call('GET', `${VM}/${id}/snapshot`)).status).toBe(404);
  await act('POST', '/snapshot');
  const first = (await call('GET', `${VM}/${id}/snapshot`)).body;
  await act('POST', '/snapshot');
  expect((await call('GET', `${VM}/${id}/snapshot`)).body.id).not.toBe(first.id);
  await act('POST', '/snapshot/restore');
  await expect.poll(async () => (await call('GET', `${VM}/${id}/backups`)).body.data, { timeout: 10_000 }).toHaveLength(1);
  const [backup] = (await call('GET', `${VM}/${id}/backups`)).body.data;
  await act('POST', `/backups/${backup.id}/restore`);
  await act('POST', '/recreate', { template_id: 1031, password: PASSWORD });
  expect((await call('GET', `${VM}/${id}`)).body).toMatchObject({ state: 'running', template: { name: 'Debian 12' } });
  expect((await call('GET', `${VM}/${id}/snapshot`)).status).toBe(404);
  await act('PUT', '/hostname', { hostname: 'second.example.com' });
  await act('PUT', '/root-password', { password: `${PASSWORD}x` });
  const [{ id: ip }] = (await call('GET', `${VM}/${id}`)).body.ipv4;
  await act('POST', `/ptr/${ip}`, { domain: 'ptr.example.com' });
  expect((await call('GET', `${VM}/${id}`)).body).toMatchObject({ hostname: 'second.example.com', ipv4: [{ ptr: 'ptr.example.com' }] });
  const [from, to] = [new Date(Date.now() - 3_600_000).toISOString(), new Date(Date.now() + 1_000).toISOString()];
  expect((await call('GET', `${VM}/${id}/metrics?date_from=${from}&date_to=${to}`)).body.cpu_usage.unit).toBe('%');
  expect((await call('GET', `${VM}/${id}/public-keys`)).status).toBe(404);
});

test('firewalls have rules that reach machines with a synchronisation; keys and scripts are the account’s', async () => {
  fresh();
  const { id } = await machine();
  const base = '/api/vps/v1/firewall';
  const { id: wall } = (await call('POST', base, { name: 'wall' })).body;
  const rule = { protocol: 'TCP', port: '443', source: 'any', source_detail: 'any' };
  const made = (await call('POST', `${base}/${wall}/rules`, rule)).body;
  await done(id, (await call('POST', `${base}/${wall}/activate/${id}`)).body);
  expect((await call('GET', `${VM}/${id}`)).body.firewall_group_id).toBe(wall);
  await call('PUT', `${base}/${wall}/rules/${made.id}`, { ...rule, port: '1024:2048' });
  expect((await call('GET', `${base}/${wall}`)).body).toMatchObject({ is_synced: false, rules: [{ port: '1024:2048' }] });
  await done(id, (await call('POST', `${base}/${wall}/sync/${id}`)).body);
  const replaced = (await call('PUT', `${base}/${wall}/rules`, { rules: [rule, { ...rule, port: '80' }], sync: true })).body;
  expect([replaced.is_synced, replaced.rules.length]).toEqual([true, 2]);
  expect((await call('DELETE', `${base}/${wall}/rules/${replaced.rules[0].id}`)).status).toBe(200);
  await done(id, (await call('POST', `${base}/${wall}/deactivate/${id}`)).body);
  expect((await call('DELETE', `${base}/${wall}`)).status).toBe(200);
  const key = (await call('POST', '/api/vps/v1/public-keys', { name: 'k', key: KEY })).body;
  await done(id, (await call('POST', `/api/vps/v1/public-keys/attach/${id}`, { ids: [key.id] })).body);
  expect((await call('DELETE', `/api/vps/v1/public-keys/${key.id}`)).status).toBe(200);
  for (let n = 0; n < 17; n++) await script();
  expect((await call('GET', '/api/vps/v1/post-install-scripts?page=2')).body).toMatchObject({ meta: { current_page: 2, total: 17 } });
});

test('a machine renews by the month, and one whose renewal is off is taken at the end of what is paid', async () => {
  fresh();
  const kept = await machine({ hostname: 'kept.example.com' });
  const ended = await machine({ hostname: 'ended.example.com' });
  const off = await call('DELETE', `${BILLING}/subscriptions/${ended.subscription_id}/auto-renewal/disable`);
  expect(off.body).toMatchObject({ status: 'not_renewing', is_auto_renewed: false, renewal_price: 1_399, next_billing_at: null });
  const on = await call('PATCH', `${BILLING}/subscriptions/${ended.subscription_id}/auto-renewal/enable`);
  expect(on.body).toMatchObject({ status: 'active', is_auto_renewed: true });
  await call('DELETE', `${BILLING}/subscriptions/${ended.subscription_id}/auto-renewal/disable`);
  const before = (await call('GET', `${BILLING}/subscriptions`)).body.find((each: Json) => each.id === kept.subscription_id);
  const headers = { authorization: `Bearer ${token}` };
  expect((await fetch(`${simulator.baseUrl('hostinger')}${VM}/${kept.id}`, { method: 'DELETE', headers })).status).toBe(404);
  simulator.world.advance(32 * 86_400_000);
  await expect.poll(async () => (await call('GET', VM)).body.map((each: Json) => each.id)).toEqual([kept.id]);
  const after = (await call('GET', `${BILLING}/subscriptions`)).body;
  const statuses = Object.fromEntries(after.map((each: Json) => [each.id, each.status]));
  expect(statuses).toEqual({ [kept.subscription_id]: 'active', [ended.subscription_id]: 'cancelled' });
  const renewed = after.find((each: Json) => each.id === kept.subscription_id);
  expect(Date.parse(renewed.expires_at)).toBeGreaterThan(Date.parse(before.expires_at) + 27 * 86_400_000);
  const paid = (await call('POST', `${BILLING}/subscriptions/${kept.subscription_id}/renew`, {})).body;
  expect([paid.status, paid.total]).toEqual(['completed', 1_399]);
});
