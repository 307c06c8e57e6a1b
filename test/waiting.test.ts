/**
 * Operations that nobody can hurry: a step that waits for a person holds no worker and goes on with the answer; an end that comes
 * with a paid period is shown until then, looked for when it should have come, and proven. The cloud is the simulator's; what it
 * lacks (people, periods) is said at the provider's own seam.
 */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { PersonTask } from '../providers/manners.ts';
import { findProvider } from '../providers/list.ts';
import type { Provider } from '../providers/provider.ts';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { type Shop, shopOf } from './support/shop.ts';
import { until } from './support/until.ts';

const CLOUD = 'digitalocean';
const database = withDatabase();
const provider = findProvider(CLOUD)!;
const usual: Partial<Provider> = { ...provider };
let plinth: Plinth;
let shop: Shop;

beforeAll(async () => {
  plinth = await startPlinth(database.url, { PLINTH_DRIFT_SECONDS: '0', PLINTH_ACCOUNT_CONCURRENCY: '1' });
  shop = shopOf(plinth);
});
afterAll(() => plinth?.stop());
afterEach(() => {
  for (const key of ['tasks', 'descriptor', 'compute'] as const) if (usual[key] === undefined) delete (provider as Partial<Provider>)[key];
  Object.assign(provider, usual);
});

/** The provider, as if a person did these steps. */
const byHand = (tasks: Record<string, PersonTask>) =>
  Object.assign(provider, { tasks: Object.fromEntries(Object.entries(tasks).map(([step, task]) => [step, () => task])) });
const RACK: PersonTask = {
  title: 'Put a server into the rack',
  text: 'Take one from the shelf, and write its address on it.',
  form: [
    { name: 'ipv4', label: 'address', help: 'The one on the label.', type: 'ipv4', required: true },
    { name: 'bmc_password', label: 'password of its console', help: '', type: 'secret', required: true },
    { name: 'rack', label: 'rack', help: '', type: 'choice', required: false, choices: [{ value: 'a', label: 'A' }] },
  ],
};
const waits = (id: string) =>
  until(
    async () => {
      const operation = await shop.operation(id);
      return operation.status === 'waiting_for_person' ? operation : undefined;
    },
    { timeoutMs: 60_000, what: `operation ${id} to wait for a person` },
  );
const taskOf = async (vpsId: string) => (await shop.call('GET', `/api/tasks?status=waiting&vps_id=${vpsId}`)).tasks[0];
const GOOD = { ipv4: '203.0.113.9', bmc_password: 'hush-4711' };

it('parks before anything is bought, holds no place, and goes on with the answer', { timeout: 180_000 }, async () => {
  byHand({ provision: RACK });
  const { instance, operation } = await shop.order(CLOUD, 'by-hand');
  const parked = await waits(operation.id);
  expect([parked.attempt, (await shop.vps(instance.id)).under_way.status]).toEqual([0, 'waiting_for_person']);
  expect(await shop.servers('by-hand')).toEqual([]);
  // The account lets one operation run at once; this one has left its place.
  Object.assign(provider, { tasks: undefined });
  const other = await shop.order(CLOUD, 'meanwhile');
  expect((await shop.ended(other.operation.id)).status).toBe('succeeded');
  byHand({ provision: RACK });

  const task = await taskOf(instance.id);
  expect(task).toMatchObject({ status: 'waiting', kind: 'provision', vps_label: 'by-hand', title: RACK.title, text: RACK.text });
  const answer = (answers: unknown) => shop.call('POST', `/api/tasks/${task.id}/answer`, { answers });
  const { ipv4: taken } = await shop.vps(other.instance.id);
  for (const [answers, fields] of [
    [{}, ['answers.ipv4', 'answers.bmc_password']],
    [{ ...GOOD, ipv4: '203.0.113.900' }, ['answers.ipv4']],
    [{ ...GOOD, rack: 'z', colour: 'red' }, ['answers.colour', 'answers.rack']],
  ] as const)
    expect(await answer(answers)).toMatchObject({ httpStatus: 422, code: 'invalid_answers', errors: fields.map((field) => ({ field })) });
  expect(await answer({ ...GOOD, ipv4: taken })).toMatchObject({ httpStatus: 409, code: 'address_taken' });
  expect(await taskOf(instance.id)).toMatchObject({ status: 'waiting' });

  expect(await answer(GOOD)).toMatchObject({ httpStatus: 200, task: { status: 'answered' }, operation: { id: operation.id } });
  expect(await answer(GOOD)).toMatchObject({ httpStatus: 409, code: 'task_settled' });
  const done = await shop.ended(operation.id);
  expect(done).toMatchObject({ status: 'succeeded', attempt: 1 });
  expect((await shop.servers('by-hand')).length).toBe(1);
  const events = await shop.events(operation.id);
  expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['waits-for-person', 'person-answered', 'succeeded']));
  // Kept sealed, and told to nobody: neither in events, tasks nor the trail.
  const told = JSON.stringify([events, await shop.call('GET', '/api/tasks'), await shop.call('GET', '/api/audit')]);
  expect(told).not.toContain(GOOD.bmc_password);
  const rows = await plinth.runtime.services.db.personTask.findMany({ where: { vpsId: instance.id } });
  expect(rows.map(({ answers }) => answers?.slice(0, 3))).toEqual(['v1.']);
});

it('lets what was asked for later wait, and is cancelled without a worker', { timeout: 180_000 }, async () => {
  const { instance, operation } = await shop.order(CLOUD, 'withdrawn');
  expect((await shop.ended(operation.id)).status).toBe('succeeded');
  byHand({ 'power-off': { title: 'Pull the plug', text: 'Carefully.', form: [] } });
  const stop = (await shop.call('POST', `/api/vps/${instance.id}/actions`, { action: 'stop' })).operation;
  await waits(stop.id);
  expect(await shop.call('POST', `/api/vps/${instance.id}/actions`, { action: 'reboot' })).toMatchObject({ code: 'operation_in_progress' });
  const look = (await shop.call('POST', `/api/vps/${instance.id}/refresh`)).operation;
  const { id } = await taskOf(instance.id);
  expect(await shop.call('POST', `/api/operations/${stop.id}/cancel`)).toMatchObject({ operation: { status: 'cancelled' } });
  expect((await shop.call('GET', `/api/tasks/${id}`)).task.status).toBe('withdrawn');
  expect(await shop.call('POST', `/api/tasks/${id}/answer`, { answers: {} })).toMatchObject({ code: 'task_settled' });
  expect((await shop.ended(look.id)).status).toBe('succeeded');
  expect((await shop.vps(instance.id)).power_state).toBe('running');
});

it('is answered by the command line, and by nobody of an organization', { timeout: 180_000 }, async () => {
  byHand({ provision: RACK });
  const { instance, operation } = await shop.order(CLOUD, 'typed');
  await waits(operation.id);
  const { id } = await taskOf(instance.id);
  expect((await plinth.cli(['task', 'list', '--status', 'waiting'])).out).toContain(RACK.title);
  expect((await plinth.cli(['task', 'show', id])).out).toContain('bmc_password');
  const { organization } = await shop.call('POST', '/api/admin/organizations', { name: 'strangers' });
  const strange = await shop.call('POST', '/api/tokens', { name: 'strange', role: 'admin', organization_id: organization.id });
  const foreign = await fetch(`${plinth.origin}/api/tasks`, { headers: { authorization: `Bearer ${strange.secret}` } });
  expect(foreign.status).toBe(403);
  const answered = await plinth.cli(['task', 'answer', id, '--field', 'ipv4=203.0.113.10', '--field', 'bmc_password=hush']);
  expect([answered.code, answered.out]).toEqual([0, expect.stringContaining('goes on')]);
  expect((await shop.ended(operation.id)).status).toBe('succeeded');
});

it('shows an end that comes with a paid period until it has come, and proves it then', { timeout: 180_000 }, async () => {
  const { instance, operation } = await shop.order(CLOUD, 'paid-for');
  expect((await shop.ended(operation.id)).status).toBe('succeeded');
  const { db } = plinth.runtime.services;
  const at = new Date(Date.now() + 86_400_000).toISOString();
  const { compute, descriptor } = usual;
  let ordered = false;
  Object.assign(provider, {
    descriptor: { ...descriptor, ending: { when: 'period-end', undo: { can: false, reason: 'Nobody can.' } } },
    compute: (connection: Parameters<NonNullable<Provider['compute']>>[0]) => ({
      ...compute!(connection),
      endings: {
        orderedEnd: async () => (ordered ? { at } : null),
        setEnd: async () => {
          ordered = true;
          return { at };
        },
      },
    }),
  });
  expect((await shop.destroy(instance.id)).status).toBe('succeeded');
  const shown = await shop.vps(instance.id);
  expect(shown).toMatchObject({ status: 'ending', ends_at: at, deleted_at: null });
  expect(shown.capabilities).toMatchObject({
    reboot: { allowed: true },
    resize: { allowed: false, code: 'vps_ending' },
    undo: { allowed: false },
  });
  expect((await plinth.cli(['vps', 'show', instance.id])).out).toContain(at);

  // The date comes; the server is there no more.
  await shop.fault({ provider: CLOUD, kind: 'vanish', match: 'paid-for' });
  await db.vps.update({
    where: { id: instance.id },
    data: { endsAt: new Date(Date.now() - 1000), updatedAt: new Date(Date.now() - 3_600_000) },
  });
  const gone = await until(
    async () => {
      const now = await shop.vps(instance.id);
      return now.status === 'terminated' ? now : undefined;
    },
    { timeoutMs: 60_000, what: 'the end to be proven' },
  );
  expect(gone).toMatchObject({ ends_at: null, evidence: { clean: true } });
});
