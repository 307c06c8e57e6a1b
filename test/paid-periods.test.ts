/**
 * Servers that are bought for a period, and servers that a person provides: provision, use and end through the API, with the real
 * engine. What is bought for a period is shown as ending until its provider has taken it.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import './support/other-zone.ts';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { type Shop, shopOf } from './support/shop.ts';
import { until } from './support/until.ts';

const LONG = { timeout: 180_000 };
const database = withDatabase();
let plinth: Plinth;
let shop: Shop;
beforeAll(async () => {
  plinth = await startPlinth(database.url, { PLINTH_DRIFT_SECONDS: '0' });
  shop = shopOf(plinth);
});
afterAll(() => plinth?.stop());

async function order(provider: string, body: Record<string, unknown>): Promise<any> {
  const { providers } = await shop.call('GET', '/api/admin/providers');
  const account = providers.find((each: any) => each.type === provider);
  expect([provider, account?.simulated]).toEqual([provider, true]);
  return shop.call('POST', '/api/vps', { provider_id: account.id, ...body });
}
async function succeeds(operation: { id: string }): Promise<any> {
  const ended = await until(
    async () => {
      const now = await shop.operation(operation.id);
      return ['queued', 'running', 'waiting_for_person'].includes(now.status) ? undefined : now;
    },
    { timeoutMs: 120_000, what: `operation ${operation.id} to end` },
  );
  expect([ended.kind, ended.status, ended.fault]).toEqual([ended.kind, 'succeeded', null]);
  return ended;
}
const act = (id: string, action: string, more = {}) => shop.call('POST', `/api/vps/${id}/actions`, { action, ...more });
const reveal = async (id: string): Promise<string> =>
  (await shop.call('POST', `/api/vps/${id}/reveal-password`, { reason: 'for the test', again: true })).password;
const simulated = async (provider: string): Promise<any[]> =>
  (await fetch(`${plinth.runtime.simulatorOrigin}/_simulator/instances?provider=${provider}`)).json() as Promise<any[]>;
const destroy = (id: string) => shop.call('DELETE', `/api/vps/${id}`);

it('hostinger: bought, used, and ending until its month is over', LONG, async () => {
  const body = { label: 'by-the-month', type: 'hostingercom-vps-kvm1-usd-1m', region: '19', image: '1007' };
  const { instance, operation } = await order('hostinger', body);
  await succeeds(operation);
  const made = await shop.vps(instance.id);
  expect(made).toMatchObject({ status: 'active', ipv4: expect.stringMatching(/^\d/) });
  const [machine] = await simulated('hostinger');
  expect([machine.label, await reveal(instance.id)]).toEqual([`plinth-vps-${instance.id}-g1`, machine.password]);
  for (const action of ['stop', 'start', 'reboot']) await succeeds((await act(instance.id, action)).operation);
  await succeeds((await act(instance.id, 'reinstall', { image: '1031' })).operation);
  expect((await simulated('hostinger'))[0]).toMatchObject({ image: '1031', password: await reveal(instance.id) });

  await succeeds((await destroy(instance.id)).operation);
  const ending = await shop.vps(instance.id);
  expect([ending.status, Date.parse(ending.ends_at) > Date.now() + 27 * 86_400_000]).toEqual(['ending', true]);
  expect((await simulated('hostinger')).length).toBe(1);
});

it('an ordered end leaves the name until it comes, and can be taken back', LONG, async () => {
  const body = { label: 'kept-on', type: 'hostingercom-vps-kvm1-usd-1m', region: '19', image: '1007', dns: { zone: 'plinth.test' } };
  const { instance, operation } = await order('hostinger', body);
  await succeeds(operation);
  const records = async () => (await shop.records('kept-on')).length;
  const named = await records();
  expect(named).toBeGreaterThan(0);
  const undo = () => shop.call('POST', `/api/vps/${instance.id}/undo`);
  expect(await undo()).toMatchObject({ httpStatus: 409, code: 'not_terminating' });
  await succeeds((await destroy(instance.id)).operation);
  const ending = await shop.vps(instance.id);
  expect([ending.status, ending.dns_name, await records()]).toEqual(['ending', 'kept-on.plinth.test', named]);
  const { operation: undone } = await undo();
  await succeeds(undone);
  expect(await shop.vps(instance.id)).toMatchObject({ status: 'active', ends_at: null, power_state: 'running' });
  await succeeds((await act(instance.id, 'reboot')).operation);
  await succeeds((await destroy(instance.id)).operation);
  expect((await shop.vps(instance.id)).status).toBe('ending');
});

it('ovh: a month ordered once, with its password by mail, and an end that is taken back', LONG, async () => {
  const { instance, operation } = await order('ovhvps', { label: 'ordered', type: 'vps-2027-model1', region: 'GRA', image: 'debian-13' });
  await succeeds(operation);
  const [machine] = await simulated('ovhvps');
  expect(await shop.vps(instance.id)).toMatchObject({ status: 'active', ipv4: machine.ipv4, password_available: false });
  expect(machine.label).toMatch(new RegExp(`^plinth-vps-${instance.id}-g1\\.ordered`));
  await succeeds((await act(instance.id, 'rename', { label: 'renamed' })).operation);
  await succeeds((await act(instance.id, 'reinstall', { image: 'ubuntu-24.04' })).operation);
  expect(await shop.vps(instance.id)).toMatchObject({ status: 'active', password_available: false });
  const label = expect.stringMatching(new RegExp(`^plinth-vps-${instance.id}-g1\\.renamed`));
  expect((await simulated('ovhvps'))[0]).toMatchObject({ label, image: 'Ubuntu 24.04' });
  await succeeds((await destroy(instance.id)).operation);
  expect((await shop.vps(instance.id)).status).toBe('ending');
  await succeeds((await shop.call('POST', `/api/vps/${instance.id}/undo`)).operation);
  expect((await shop.vps(instance.id)).status).toBe('active');
  expect((await simulated('ovhvps')).length).toBe(1);
});

it('smartvps: bought from an exact package, with the password that it made', LONG, async () => {
  const { instance, operation } = await order('smartvps', { label: 'exact', type: '8GB', region: '103::198.19.203.x', image: 'ubuntu' });
  await succeeds(operation);
  const [machine] = await simulated('smartvps');
  expect(await shop.vps(instance.id)).toMatchObject({ status: 'active', ipv4: machine.ipv4 });
  expect(await reveal(instance.id)).toBe(machine.password);
  await succeeds((await act(instance.id, 'reboot')).operation);
  // A reinstall makes another password, which is the one that is shown.
  await succeeds((await act(instance.id, 'reinstall', { image: 'centos' })).operation);
  const [installed] = await simulated('smartvps');
  expect([installed.password === machine.password, await reveal(instance.id)]).toEqual([false, installed.password]);
  await succeeds((await destroy(instance.id)).operation);
  expect((await shop.vps(instance.id)).status).toBe('ending');
  expect(await shop.call('POST', `/api/vps/${instance.id}/undo`)).toMatchObject({ httpStatus: 409, code: 'not_supported' });
  const gone = await order('smartvps', { label: 'gone', type: '8GB', region: '117::198.19.217.x', image: 'ubuntu' });
  expect(gone.httpStatus === 422 || gone.httpStatus === 409, JSON.stringify(gone)).toBe(true);
});

it('manual: a person provides it, restarts it and takes it down, each as a task with a form', LONG, async () => {
  const { instance, operation } = await order('manual', { label: 'in-our-rack', type: 'small', region: 'main', image: 'debian-13' });
  const taskOf = () =>
    until(async () => (await shop.call('GET', `/api/tasks?status=waiting&vps_id=${instance.id}`)).tasks[0], {
      timeoutMs: 60_000,
      what: 'a task',
    });
  const answer = async (answers: Record<string, string> = {}) => shop.call('POST', `/api/tasks/${(await taskOf()).id}/answer`, { answers });
  const task = await taskOf();
  expect(task).toMatchObject({ kind: 'provision', title: 'Provide the server "in-our-rack"', text: expect.stringContaining(instance.id) });
  expect(await answer({ ipv4: '203.0.113.9' })).toMatchObject({ httpStatus: 422, errors: [{ field: 'answers.root_password' }] });
  await answer({ ipv4: '203.0.113.9', root_password: 'hush-4711-Hush', ssh_port: '2222' });
  await succeeds(operation);
  expect(await shop.vps(instance.id)).toMatchObject({ status: 'active', ipv4: '203.0.113.9', power_state: 'running' });
  expect(await reveal(instance.id)).toBe('hush-4711-Hush');
  // A secret of the stack, and nowhere in clear.
  const state = await shop.call('GET', `/api/stacks/plinth/plinth/vps-${instance.id}/export`);
  expect(JSON.stringify(state)).not.toContain('hush-4711');

  for (const [action, kind, power] of [
    ['reboot', 'reboot', 'running'],
    ['stop', 'stop', 'stopped'],
    ['start', 'start', 'running'],
  ] as const) {
    const asked = (await act(instance.id, action)).operation;
    expect((await taskOf()).kind).toBe(kind);
    await answer();
    await succeeds(asked);
    expect((await shop.vps(instance.id)).power_state).toBe(power);
  }
  const { operation: ends } = await destroy(instance.id);
  expect((await taskOf()).kind).toBe('destroy');
  expect((await shop.vps(instance.id)).status).not.toBe('terminated');
  await answer();
  await succeeds(ends);
  expect((await shop.vps(instance.id)).status).toBe('terminated');
});
