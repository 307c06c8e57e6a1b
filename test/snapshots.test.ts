/** Snapshots, rescue, backups, transfer and graphs, with the real service and engine against every simulated provider. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProvider } from '../providers/list.ts';
import { cloudsOf } from './support/clouds.ts';
import { forEach } from './support/each.ts';
import { withDatabase } from './support/database.ts';
import { testEngine } from './support/engine.ts';
import { query } from './support/invariants.ts';
import { type Cluster, openCluster, type Service } from './support/service.ts';
import { isByTheGb, isUnmetered, MONTHLY_COST, ORDER } from './support/snapshots.ts';
import { Shop, ZONE } from './support/shop.ts';
import { until } from './support/until.ts';

/** A day of the simulated clouds takes half a minute, so that their daily backups come. */
const SPEED = 3_000;
/** The machine may have more to do than this. */
const PATIENCE_MS = 150_000;

const database = withDatabase();
let cluster: Cluster;
let service: Service;
let shop: Shop;
let subjects: { provider: string; id: string; label: string }[];

beforeAll(async () => {
  await testEngine();
  cluster = await openCluster(database.url, SPEED);
  await start();
  shop = new Shop(() => service.origin, cluster.token, cluster.simulator.origin);
  const clouds = await shop.clouds(cloudsOf('snapshots'));
  subjects = await Promise.all(clouds.map((provider) => server(provider, `snap-${provider}`)));
}, 300_000);
afterAll(async () => {
  await cluster?.close();
});

const start = async (): Promise<void> => void (service = await cluster.service('all', { PLINTH_CONCURRENCY: '2' }));
async function server(provider: string, label: string, more: Record<string, unknown> = {}) {
  const { instance, operation } = await shop.order(provider, label, more);
  expect(await shop.ended(operation.id, PATIENCE_MS)).toMatchObject({ status: 'succeeded' });
  return { provider, id: instance.id as string, label };
}
type Subject = (typeof subjects)[number];
const each = (work: (subject: Subject) => Promise<void>) => forEach(subjects, ({ provider }) => provider, work);
const act = (subject: { id: string }, body: object) => shop.call('POST', `/api/vps/${subject.id}/actions`, body);
const list = (subject: { id: string }) => shop.call('GET', `/api/vps/${subject.id}/snapshots`);
/** Without the provider's own backups, which some keep after their schedule has ended. */
const ordered = async (subject: { id: string }): Promise<any[]> =>
  (await list(subject)).snapshots.filter(({ kind }: any) => kind !== 'backup');
const view = async ({ label }: { label: string }) => (await shop.servers(label))[0] as any;
const reveal = async ({ id }: { id: string }) =>
  (await shop.call('POST', `/api/vps/${id}/reveal-password`, { reason: 'for the test', again: true })).password as string;
/** Names of the snapshots that the simulated provider holds for one VPS. */
const atProvider = async ({ id, provider }: { id: string; provider: string }): Promise<any[]> =>
  (await shop.control('GET', `/leftovers?provider=${provider}`)).filter((each: any) => each.kind === 'snapshot' && each.name.includes(id));

async function done(answer: Promise<any>): Promise<any> {
  const given = await answer;
  expect(given, JSON.stringify(given)).toMatchObject({ httpStatus: 202 });
  const operation = await shop.ended(given.operation.id, PATIENCE_MS);
  expect(operation, JSON.stringify(operation.fault)).toMatchObject({ status: 'succeeded', fault: null });
  return operation;
}

it('makes a snapshot and lists it as the provider has it', async () => {
  await each(async (subject) => {
    await done(act(subject, { action: 'snapshot', name: 'before the upgrade', note: 'ticket 4711' }));
    const { snapshots, live } = await list(subject);
    expect(live).toBe(true);
    expect(snapshots).toEqual([
      expect.objectContaining({
        kind: 'snapshot',
        name: 'before the upgrade',
        note: 'ticket 4711',
        status: 'available',
        live: true,
        password_known: true,
        ...(isByTheGb(subject) ? { monthly_cost: null } : { monthly_cost: MONTHLY_COST, size_gb: expect.any(Number) }),
      }),
    ]);
    const there = await atProvider(subject);
    expect(there.map(({ name }) => name)).toEqual([expect.stringMatching(new RegExp(`^plinth-vps-${subject.id}-[0-9a-f]{12}$`))]);
  });
}, 300_000);

it('restores it: the disk of that time, with a password that is known', async () => {
  await each(async (subject) => {
    const before = await view(subject);
    const [snapshot] = (await list(subject)).snapshots;
    const old = await reveal(subject);
    const { items: images } = await shop.call('GET', `/api/admin/upstream/images?providerId=${(await shop.vps(subject.id)).provider_id}`);
    const own = (await shop.vps(subject.id)).image;
    const other = images.find((image: any) => image.family === 'linux' && !image.deprecated && image.id !== own && image.minDiskGb <= 20);
    await done(act(subject, { action: 'reinstall', image: other.id }));
    const between = await view(subject);
    expect(await reveal(subject)).not.toBe(old);

    const change = { action: 'restore-snapshot', snapshot: snapshot.id };
    const { preview } = await shop.call('POST', `/api/vps/${subject.id}/preview`, { change });
    expect(preview).toMatchObject({ data_loss: true, replaces_instance: false, new_address: false, interruption: true });
    expect(preview.resources).toContainEqual({ name: 'instance', effect: 'restore' });
    expect(preview.notes.join(' ')).toMatch(/before the upgrade.*password/s);
    expect(await act(subject, { ...change, approval: 'f'.repeat(64) })).toMatchObject({ httpStatus: 409, code: 'preview_outdated' });
    await done(act(subject, { ...change, approval: preview.approval }));

    const after = await view(subject);
    // Where the simulator knows the password on the disk (it cannot read a hash), it is the one that is shown.
    if (after.password !== undefined && !/\$6\$/.test(after.userData ?? '')) expect(after.password).toBe(await reveal(subject));
    if (after.password === before.password && before.password !== between.password) expect(await reveal(subject)).toBe(old);
    expect(after.id).toBe(between.id);
    expect(after.ipv4).toBe(between.ipv4);
    expect(after.image).not.toBe(between.image);
    expect(await shop.vps(subject.id)).toMatchObject({ status: 'active', image: own, power_state: 'running', instance_id: after.id });
  });
}, 300_000);

it('restores a backup of the provider with the password of its time, and knows what cannot be had', async () => {
  await each(async (subject) => {
    const { backups } = findProvider(subject.provider)!.descriptor.capabilities;
    if (!backups.can) {
      const refused = { httpStatus: 409, code: 'not_supported', detail: expect.stringContaining(backups.reason) };
      return expect(await act(subject, { action: 'configure', backups: true })).toMatchObject(refused);
    }
    await done(act(subject, { action: 'configure', backups: true }));
    expect(await shop.vps(subject.id)).toMatchObject({ backups: true });
    const listed = await until(
      async () => (await list(subject)).snapshots.find((one: any) => one.kind === 'backup' && one.status === 'available'),
      { timeoutMs: PATIENCE_MS, everyMs: 500, what: `a backup at ${subject.provider}` },
    );
    expect(listed).toMatchObject({ live: true, operation_id: null });
    expect(await act(subject, { action: 'delete-snapshot', snapshot: listed.id })).toMatchObject({
      httpStatus: 409,
      code: 'not_deletable',
    });
    const server = await view(subject);
    const old = await reveal(subject);
    const { preview } = await shop.call('POST', `/api/vps/${subject.id}/preview`, { change: { action: 'reinstall' } });
    // A server that another one replaces takes its backups with it.
    if (!preview.replaces_instance) await done(act(subject, { action: 'reinstall' }));
    await done(act(subject, { action: 'restore-snapshot', snapshot: listed.id }));
    const after = await view(subject);
    expect(after).toMatchObject({ id: server.id, ipv4: server.ipv4 });
    const password = await reveal(subject);
    if (after.password === server.password) expect(password).toBe(old);
    else expect(after.password).toBe(password);
    await done(act(subject, { action: 'configure', backups: false }));
    expect(await shop.vps(subject.id)).toMatchObject({ backups: false, status: 'active' });
    expect(await act(subject, { action: 'restore-snapshot', snapshot: 'no-such' })).toMatchObject({ httpStatus: 404 });
  });
}, 300_000);

it('boots into the rescue system and back, where the provider has one', async () => {
  await each(async (subject) => {
    const { capabilities, features } = await shop.vps(subject.id);
    expect(capabilities.unrescue.allowed).toBe(false);
    expect(capabilities.rescue.allowed).toBe(features.rescue.allowed);
    if (!features.rescue.allowed) {
      const refused = { httpStatus: 409, code: 'not_supported', detail: expect.stringContaining(features.rescue.reason) };
      return expect(await act(subject, { action: 'rescue' })).toMatchObject(refused);
    }
    await done(act(subject, { action: 'rescue' }));
    expect(await shop.vps(subject.id)).toMatchObject({ rescue_since: expect.any(String), status: 'active', power_state: 'running' });
    await done(act(subject, { action: 'rescue' }));
    await done(act(subject, { action: 'unrescue' }));
    expect(await shop.vps(subject.id)).toMatchObject({ rescue_since: null, capabilities: { unrescue: { code: 'not_in_rescue' } } });
  });
}, 300_000);

it('shows transfer and graphs, or why not', async () => {
  await each(async (subject) => {
    const path = `/api/vps/${subject.id}`;
    const { features } = await shop.vps(subject.id);
    const bandwidth = await shop.call('GET', `${path}/bandwidth`);
    expect(bandwidth).toMatchObject({ httpStatus: 200, simulated: true, month: { outgoing_bytes: expect.any(Number) } });
    const { included_bytes: included, used_share: share, outgoing_bytes: outgoing } = bandwidth.month;
    if (isUnmetered(subject)) expect([included, share]).toEqual([null, null]);
    else {
      expect(included).toBeGreaterThan(0);
      expect(share).toBeCloseTo(outgoing / included, 6);
    }
    const metrics = await shop.call('GET', `${path}/metrics`);
    if (!features.metrics.allowed)
      return expect(metrics).toMatchObject({ httpStatus: 409, code: 'not_supported', detail: features.metrics.reason });
    expect(metrics.series.map((one: any) => one.metric)).toContain('cpu');
    expect(await shop.call('GET', `${path}/metrics`)).toMatchObject({ fetched_at: metrics.fetched_at });
    for (const query of [
      'from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
      'from=yesterday',
      'to=2999-01-01T00:00:00Z',
      'from=2020-01-01T00:00:00Z',
    ])
      expect(await shop.call('GET', `${path}/metrics?${query}`), query).toMatchObject({ httpStatus: 422 });
  });
}, 300_000);

it('makes a new server of a snapshot, which then needs it no more', async () => {
  const { organization } = await shop.call('POST', '/api/admin/organizations', { name: 'neighbours' });
  const { secret } = await shop.call('POST', '/api/tokens', { name: 'theirs', role: 'operator', organization_id: organization.id });
  const unchanged = async (id: string): Promise<void> => {
    expect(Object.keys((await done(shop.call('POST', `/api/vps/${id}/preview`))).result.changes)).toEqual(['same']);
  };
  await each(async (subject) => {
    await done(act(subject, { action: 'snapshot', name: 'to copy' }));
    const snapshot = (await ordered(subject)).find(({ name }) => name === 'to copy');
    const { image, provider_id: account, ...place } = (await shop.template(subject.provider)) as Record<string, string>;
    const label = `copy-${subject.provider}`;
    const body = { ...place, label, from_snapshot: snapshot.id, dns: { zone: ZONE } };
    const order = (more: object = {}) => shop.call('POST', '/api/vps', { ...body, ...more });
    const refused = (field: string, code: string) => ({ httpStatus: 422, code, errors: [expect.objectContaining({ field })] });
    expect(await order({ image })).toMatchObject(refused('from_snapshot', 'invalid_request'));
    expect(await order({ from_snapshot: undefined })).toMatchObject(refused('image', 'invalid_request'));
    expect(await order({ from_snapshot: subject.id })).toMatchObject({ httpStatus: 404 });
    expect(await order({ organization_id: organization.id })).toMatchObject(refused('from_snapshot', 'other_organization'));
    expect(await shop.as(secret).call('POST', '/api/vps', body)).toMatchObject({ httpStatus: 404 });
    const { items: plans } = await shop.call('GET', `/api/admin/upstream/plans?providerId=${account}`);
    const isTooSmall = (plan: any) => plan.available && plan.diskGb < snapshot.min_disk_gb && plan.regions.includes(place['region']);
    for (const { id: type } of plans.filter(isTooSmall).slice(0, 1))
      expect(await order({ type })).toMatchObject(refused('type', 'disk_too_small'));

    const { instance, operation } = await order();
    const made = { id: instance.id as string, label };
    const busy = { httpStatus: 409, code: 'snapshot_in_use', detail: expect.stringContaining(label) };
    expect(await act(subject, { action: 'delete-snapshot', snapshot: snapshot.id })).toMatchObject(busy);
    expect(await shop.call('DELETE', `/api/vps/${subject.id}?grace_hours=0`)).toMatchObject(busy);
    expect(await shop.ended(operation.id, PATIENCE_MS)).toMatchObject({ status: 'succeeded' });
    const server = await view(made);
    expect(server.copyOf).toContain(`plinth-vps-${subject.id}-`);
    expect(server.ipv4).not.toBe((await view(subject)).ipv4);
    expect(await reveal(made)).not.toBe(await reveal(subject));
    expect(await shop.vps(made.id)).toMatchObject({ status: 'active', image, dns_name: `${label}.${ZONE}` });
    await unchanged(made.id);
    await done(act(subject, { action: 'delete-snapshot', snapshot: snapshot.id }));
    expect(await order({ label: `${label}-2` })).toMatchObject({ httpStatus: 404 });
    await unchanged(made.id);
    await done(act(made, { action: 'reinstall' }));
    await unchanged(made.id);
    await done(shop.call('DELETE', `/api/vps/${made.id}?grace_hours=0`));
    expect(await shop.vps(made.id)).toMatchObject({ evidence: { clean: true } });
    expect(await shop.servers(label)).toEqual([]);
  });
}, 300_000);

it('deletes a snapshot, once', async () => {
  await each(async (subject) => {
    const [{ id }] = await ordered(subject);
    await done(act(subject, { action: 'delete-snapshot', snapshot: id }));
    expect(await ordered(subject)).toEqual([]);
    expect(await atProvider(subject)).toEqual([]);
    expect(await act(subject, { action: 'delete-snapshot', snapshot: id })).toMatchObject({ httpStatus: 409, code: 'snapshot_gone' });
    expect(await act(subject, { action: 'restore-snapshot', snapshot: id })).toMatchObject({ httpStatus: 404 });
  });
}, 300_000);

it('refuses what cannot be: names, strangers, lookers, the wrong moment', async () => {
  const [subject] = subjects as [Subject];
  const good = { action: 'snapshot', name: 'x' };
  for (const bad of [{ name: '' }, { name: ' ' }, { name: 'x'.repeat(65) }, { name: 7 }, { note: 'y'.repeat(501) }, { snapshot: 'z' }])
    expect(await act(subject, { ...good, ...bad }), JSON.stringify(bad)).toMatchObject({ httpStatus: 422 });
  for (const bad of ['', 'a b', 'x'.repeat(201), null])
    expect(await act(subject, { action: 'restore-snapshot', snapshot: bad })).toMatchObject({ httpStatus: 422 });
  expect(await act(subject, { action: 'delete-snapshot', snapshot: '../../vps' })).toMatchObject({ httpStatus: 404 });
  expect(await shop.call('DELETE', `/api/vps/${subject.id}?final_snapshot=maybe`)).toMatchObject({ httpStatus: 422 });

  const { organization } = await shop.call('POST', '/api/admin/organizations', { name: 'strangers' });
  for (const [role, organization_id, status] of [
    ['operator', organization.id, 404],
    ['viewer', null, 403],
  ] as const) {
    const body = { name: `snap-${role}`, role, ...(organization_id ? { organization_id } : {}) };
    const { secret } = await shop.call('POST', '/api/tokens', body);
    const as = async (method: string, path: string, body?: object) => (await shop.as(secret).call(method, path, body)).httpStatus;
    expect(await as('POST', `/api/vps/${subject.id}/actions`, good)).toBe(status);
    expect(await as('GET', `/api/vps/${subject.id}/snapshots`)).toBe(role === 'viewer' ? 200 : 404);
    expect(await as('GET', '/api/snapshots')).toBe(200);
  }

  await done(act(subject, { action: 'suspend', reason: 'unpaid invoice 12' }));
  expect(await act(subject, good)).toMatchObject({ httpStatus: 409, code: 'suspended' });
  await done(act(subject, { action: 'unsuspend' }));
  await shop.call('DELETE', `/api/vps/${subject.id}?grace_hours=1`);
  expect(await act(subject, good)).toMatchObject({ httpStatus: 409, code: 'vps_terminating' });
  await shop.call('POST', `/api/vps/${subject.id}/undo`);
}, 300_000);

it('says so when the provider cannot be read', async () => {
  await each(async (subject) => {
    await done(act(subject, { action: 'snapshot', name: 'kept in the record' }));
    const fault = await shop.fault({ provider: subject.provider, kind: 'status', status: 503, method: 'GET', times: null });
    const blind = await list(subject);
    expect(blind).toMatchObject({ httpStatus: 200, live: false, reason: expect.stringMatching(/\S/) });
    expect(blind.snapshots).toEqual([expect.objectContaining({ name: 'kept in the record', status: 'available', live: false })]);
    await shop.control('DELETE', `/faults/${fault.id}`);
  });
}, 300_000);

it('makes one, though the answer to its order is lost', async () => {
  await each(async (subject) => {
    await shop.fault({ provider: subject.provider, kind: 'lost-answer', ...ORDER });
    await done(act(subject, { action: 'snapshot', name: 'lost' }));
    expect((await ordered(subject)).map(({ name, status }: any) => [name, status])).toEqual([
      ['kept in the record', 'available'],
      ['lost', 'available'],
    ]);
    expect(await atProvider(subject)).toHaveLength(2);
  });
}, 300_000);

/** Kills the service when the provider has every order but nobody has its answer, and starts it again. Resolves with the operations' ids. */
async function dieWhile(order: (subject: Subject) => Promise<any>): Promise<Map<Subject, string>> {
  const held = await Promise.all(
    subjects.map(async (subject) => {
      const { id } = await shop.fault({ provider: subject.provider, kind: 'hold', when: 'after', ...ORDER });
      const { operation } = await order(subject);
      const isHit = async () => (await shop.control('GET', '/faults')).some((fault: any) => fault.id === id && fault.hits > 0);
      await until(isHit, { timeoutMs: PATIENCE_MS, what: 'the order to reach the provider' });
      return { subject, id, operation: operation.id as string };
    }),
  );
  await service.end('SIGKILL');
  await Promise.all(held.map(({ id }) => shop.control('DELETE', `/faults/${id}`)));
  await start();
  return new Map(held.map(({ subject, operation }) => [subject, operation]));
}

it('makes one, though the whole service dies while it is made', async () => {
  const operations = await dieWhile((subject) => act(subject, { action: 'snapshot', name: 'died' }));
  await each(async (subject) => {
    expect(await shop.ended(operations.get(subject)!, PATIENCE_MS)).toMatchObject({ status: 'succeeded', attempt: 2 });
    const died = (await ordered(subject)).filter(({ name }: any) => name === 'died');
    expect(died).toEqual([expect.objectContaining({ status: 'available' })]);
    expect(await atProvider(subject)).toHaveLength(3);
  });
}, 300_000);

describe('the snapshot before the end', { timeout: 300_000 }, () => {
  const end = (subject: Subject, query: string) => shop.call('DELETE', `/api/vps/${subject.id}?grace_hours=0&${query}`);

  it('destroys nothing when it cannot be made', async () => {
    await each(async (subject) => {
      const fault = await shop.fault({ provider: subject.provider, kind: 'status', status: 422, times: null, ...ORDER });
      const { operation } = await end(subject, 'final_snapshot=true');
      const ended = await shop.ended(operation.id, PATIENCE_MS);
      expect(ended).toMatchObject({ status: 'failed', fault: { message: expect.stringContaining('Nothing was destroyed') } });
      expect(await shop.servers(subject.label)).toHaveLength(1);
      expect(await atProvider(subject)).toHaveLength(3);
      expect(await shop.vps(subject.id)).toMatchObject({ status: 'error', capabilities: { destroy: { allowed: true } } });
      await shop.control('DELETE', `/faults/${fault.id}`);
    });
  });

  it('is all that is left, also when the service dies meanwhile, and can be deleted at last', async () => {
    await each(async (subject) => {
      const change = { action: 'destroy', final_snapshot: true };
      const { preview } = await shop.call('POST', `/api/vps/${subject.id}/preview`, { change });
      expect(preview.resources).toContainEqual({ name: 'final snapshot', effect: 'create' });
      expect(preview.resources).toContainEqual({ name: 'snapshot lost', effect: 'delete' });
    });
    const operations = await dieWhile((subject) => end(subject, 'final_snapshot=true'));
    await each(async (subject) => {
      expect(await shop.ended(operations.get(subject)!, PATIENCE_MS)).toMatchObject({ status: 'succeeded', fault: null });
      const { status, evidence, tombstone, power_state: power } = await shop.vps(subject.id);
      expect([status, evidence.clean, power]).toEqual(['terminated', true, null]);
      expect(await shop.servers(subject.label)).toEqual([]);
      const { snapshots } = await list(subject);
      const cost = isByTheGb(subject) ? null : MONTHLY_COST;
      expect(snapshots).toEqual([expect.objectContaining({ kind: 'final', status: 'available', live: true, monthly_cost: cost })]);
      const [left, ...others] = await atProvider(subject);
      // Some call it otherwise than they number it.
      const { provider_snapshot_id: id } = snapshots[0];
      expect([id.endsWith(left.id) || id.endsWith(left.name), others]).toEqual([true, []]);
      const everywhere = await shop.call('GET', '/api/snapshots?final=true');
      const recorded = everywhere.snapshots.find(({ id }: any) => id === snapshots[0].id);
      expect(recorded).toMatchObject({ vps_label: subject.label, vps_status: 'terminated', provider: subject.provider });
      // The proof says what is kept and its price, nowhere that nothing is left.
      const { amount, currency } = recorded.monthly_cost ?? {};
      expect(evidence.checks.filter(({ result }: any) => result === 'kept')).toEqual([
        expect.objectContaining({ detail: 'kept as asked', ...(cost ? { monthly_cost: { monthly: amount, currency } } : {}) }),
      ]);
      expect(evidence.checks.find(({ what }: any) => what.includes('snapshots of'))?.detail).toContain('kept as asked');
      expect(tombstone).toMatchObject({ by: 'first admin', operation_id: operations.get(subject)! });
      const sums = cost ? { monthly_costs: [{ amount, currency }], cost_unknown: 0 } : { monthly_costs: [], cost_unknown: 1 };
      expect(tombstone.kept).toEqual({ count: 1, ...sums });
      const kept = await shop.call('GET', '/api/snapshots?vps_terminated=true&limit=1');
      expect(kept.snapshots).toHaveLength(1);
      expect(kept.total.count).toBeGreaterThanOrEqual(1);
      // One sum for each currency that providers bill in.
      if (cost) expect(kept.total.monthly_costs.map((sum: any) => sum.currency)).toContain(currency);
      for (const sum of kept.total.monthly_costs)
        expect(sum).toEqual({ amount: expect.stringMatching(/^\d+\.\d\d$/), currency: expect.any(String) });
      expect(await act(subject, { action: 'snapshot', name: 'x' })).toMatchObject({ httpStatus: 409, code: 'vps_gone' });
      await done(act(subject, { action: 'delete-snapshot', snapshot: snapshots[0].id }));
      expect(await atProvider(subject)).toEqual([]);
      expect((await shop.vps(subject.id)).tombstone.kept).toEqual({ count: 0, monthly_costs: [], cost_unknown: 0 });
    });
    const kept = await shop.call('GET', '/api/snapshots?vps_terminated=true');
    expect(kept).toMatchObject({ snapshots: [], total: { count: 0, monthly_costs: [], cost_unknown: 0 } });
    expect(await query(database.url, 'SELECT * FROM "snapshot" WHERE "deletedAt" IS NULL OR "rootPassword" IS NOT NULL', [])).toEqual([]);
    expect(await query(database.url, 'SELECT * FROM "former_password"', [])).toEqual([]);
  });
});
