import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Simulator } from '../../simulator/server.ts';
import { recordTraffic } from '../testing/traffic.ts';
import { compute } from './compute.ts';
import { connection, context, instanceResource, serverInputs, startLinode } from './testing.ts';

/** Two hours until the first backup are less than a second. */
const SPEED = 20_000;
const FRESH = 'Fresh-Horse-3-Battery';
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startLinode(SPEED);
});
const traffic = recordTraffic(() => simulator);
afterAll(async () => {
  traffic.stop();
  await simulator.close();
});

const world = () => simulator.world.worlds.get('linode')!;
const view = (id: string) => world().simulation.instances!(world()).find((each) => each.id === id)!;
const leftovers = (name: string) => world().simulation.leftovers!(world()).filter((each) => each.name.startsWith(name));
const flag = (name: string, objectId?: string, times: number | null = 1) =>
  simulator.world.faults.add({ provider: 'linode', kind: 'flag', flag: name, times, ...(objectId === undefined ? {} : { objectId }) });

async function server(label: string, extra = {}) {
  const token = `sim-${label}`;
  const made = await instanceResource.create(context(simulator, token), serverInputs(label, extra));
  const api = compute(connection(simulator, token));
  return { token, id: made.id, outputs: made.outputs, api, snapshots: api.snapshots!, prefix: `plinth-vps-${label.replaceAll('-', '')}-` };
}

describe('a snapshot', () => {
  it('is made once, listed with size and price, restored in place, and outlives its server', async () => {
    const { id, outputs, api, snapshots, prefix, token } = await server('shot-1');
    const made = await snapshots.create(id, `${prefix}before the upgrade to version two of the shop`);
    expect(made).toMatchObject({
      id: expect.stringMatching(/^private\/\d+$/),
      kind: 'snapshot',
      name: `${prefix}before the upgrade to version two of the shop`,
      status: 'available',
      sizeGb: 1.76,
      minDiskGb: 2,
      instanceId: id,
      monthlyCost: { amount: '0.18', currency: 'USD' },
    });
    expect(await snapshots.create(id, made.name)).toEqual(made);
    expect(await snapshots.list(id, prefix)).toEqual([made]);
    expect(await snapshots.list(null, `${prefix}other`)).toEqual([]);
    expect((await api.images()).some((image) => image.id === made.id)).toBe(false);
    expect(await api.listOwned()).toContainEqual({ kind: 'snapshot', id: made.id, name: made.name, vpsId: 'shot1' });

    await api.rebuild(id, { image: 'linode/ubuntu24.04', password: 'Other-Horse-4-Battery' });
    await snapshots.restore(id, made, { password: FRESH });
    expect(view(id)).toMatchObject({ image: made.id, password: FRESH, status: 'running', ipv4: outputs.ipAddress });

    await instanceResource.delete(context(simulator, token), id, outputs);
    expect(await snapshots.list(id, prefix)).toEqual([made]);
    await snapshots.delete(made.id);
    await snapshots.delete(made.id);
    expect(await snapshots.list(null, prefix)).toEqual([]);
    expect(leftovers(prefix)).toEqual([]);
  });

  it.each(['lost-answer', 'cut'] as const)('is one when the answer is %s', async (kind) => {
    const { id, snapshots, prefix } = await server(`one-${kind}`);
    simulator.world.faults.add({ provider: 'linode', kind, method: 'POST', path: '^/v4/images$' });
    const made = await snapshots.create(id, `${prefix}a`);
    expect(await snapshots.list(id, prefix)).toEqual([made]);
    expect(leftovers(prefix)).toHaveLength(1);
  });

  it('is adopted while it is being made, and shows as pending', async () => {
    const { id, snapshots, prefix } = await server('adopt-shot');
    const stuck = flag('action-stuck', id, null);
    await expect(snapshots.create(id, `${prefix}a`, { signal: AbortSignal.timeout(300) })).rejects.toMatchObject({
      detail: { kind: 'cancelled' },
    });
    expect(await snapshots.list(id, prefix)).toMatchObject([{ status: 'pending', sizeGb: null, monthlyCost: null }]);
    simulator.world.faults.remove(stuck.id);
    expect((await snapshots.create(id, `${prefix}a`)).status).toBe('available');
    expect(leftovers(prefix)).toHaveLength(1);
  });

  it('locks its server meanwhile: what else is asked waits, also the deletion', async () => {
    const { id, api, snapshots, prefix, token, outputs } = await server('locked-1');
    const stuck = flag('action-stuck', id, null);
    const making = snapshots.create(id, `${prefix}a`);
    await expect.poll(async () => (await snapshots.list(id, prefix)).length).toBe(1);
    const off = api.power(id, 'off');
    await expect
      .poll(() =>
        simulator.world.requests.latest(200, 'linode').some(({ path, status }) => path.endsWith(`${id}/shutdown`) && status === 400),
      )
      .toBe(true);
    simulator.world.faults.remove(stuck.id);
    await making;
    await off;
    expect((await api.getInstance(id))?.status).toBe('stopped');
    await instanceResource.delete(context(simulator, token), id, outputs);
  });

  it('that holds too much, or fails, is an error and leaves nothing', async () => {
    const { id, snapshots, prefix } = await server('fails-shot');
    flag('image-too-large', id);
    await expect(snapshots.create(id, `${prefix}a`)).rejects.toMatchObject({
      message: expect.stringMatching(/6144 MB/),
      detail: { kind: 'invalid' },
    });
    flag('action-fails', id);
    await expect(snapshots.create(id, `${prefix}a`)).rejects.toThrow(/failed on the host/);
    flag('image-limit');
    await expect(snapshots.create(id, `${prefix}a`)).rejects.toMatchObject({ detail: { kind: 'quota' } });
    expect(leftovers(prefix)).toEqual([]);
    expect(view(id).status).toBe('running');
  });

  it('is restored only with a password, and only while it exists', async () => {
    const { id, api, snapshots, prefix } = await server('wants-pass');
    const made = await snapshots.create(id, `${prefix}a`);
    await expect(snapshots.restore(id, made, {})).rejects.toMatchObject({ detail: { kind: 'invalid', field: 'root_pass' } });
    flag('image-in-use', made.id);
    await snapshots.delete(made.id);
    await expect(snapshots.restore(id, made, { password: FRESH })).rejects.toMatchObject({ detail: { kind: 'not_found' } });
    await snapshots.delete('linode/debian12');
    expect((await api.images()).some((image) => image.id === 'linode/debian12')).toBe(true);
    expect(view(id)).toMatchObject({ image: 'linode/debian12', status: 'running' });
  });
});

describe('backups', () => {
  it('come by themselves, bring the disk back, and end with the service', async () => {
    const { id, outputs, api, snapshots, token } = await server('backup-1', { backupsEnabled: true });
    await expect.poll(async () => (await snapshots.list(id, 'x')).filter(({ status }) => status === 'available').length).toBe(1);
    const [backup] = await snapshots.list(id, 'x');
    expect(backup).toMatchObject({ kind: 'backup', name: '', minDiskGb: 50, sizeGb: null, instanceId: id, monthlyCost: null });
    await api.rebuild(id, { image: 'linode/ubuntu24.04', password: 'Other-Horse-4-Battery' });
    await snapshots.restore(id, backup!, {});
    expect(view(id)).toMatchObject({
      image: 'linode/debian12',
      password: serverInputs('x').rootPass,
      status: 'running',
      ipv4: outputs.ipAddress,
    });
    await snapshots.restore(id, backup!, { password: FRESH });
    expect(view(id)).toMatchObject({ password: FRESH, status: 'running' });

    const ctx = context(simulator, token);
    const oldInputs = serverInputs('backup-1', { backupsEnabled: true });
    const off = await instanceResource.update!(ctx, id, {
      oldInputs,
      oldOutputs: outputs,
      inputs: { ...oldInputs, backupsEnabled: false },
    });
    expect(off).toMatchObject({ backupsEnabled: false, status: 'running' });
    expect(await snapshots.list(id, 'x')).toEqual([]);
    await instanceResource.delete(ctx, id, off);
    expect(await snapshots.list(id, 'x')).toEqual([]);
  });

  it('keep the newest three, and fail now and then', async () => {
    const { id, snapshots } = await server('backup-3', { backupsEnabled: true });
    flag('backup-fails', id);
    const ids = new Set<string>();
    const seen = async () => {
      const listed = await snapshots.list(id, 'x');
      for (const each of listed) ids.add(each.id);
      expect(listed.length).toBeLessThanOrEqual(4);
      return listed;
    };
    await expect.poll(async () => (await seen()).some(({ status }) => status === 'failed')).toBe(true);
    await expect.poll(async () => (await seen()).some(({ status }) => status === 'available'), { timeout: 20_000 }).toBe(true);
    expect(ids.size).toBeGreaterThan(1);
  }, 30_000);

  it('let a server run on when a restore is refused', async () => {
    const { id, snapshots } = await server('backup-refused', { backupsEnabled: true });
    await expect(snapshots.restore(id, { id: '1', kind: 'backup' }, {})).rejects.toMatchObject({ detail: { kind: 'not_found' } });
    expect(view(id).status).toBe('running');
  });
});

it('every call above fits the published API', async () => {
  const found = await traffic.complaints('linode');
  if (found === undefined) return;
  expect(found.checked).toBeGreaterThan(50);
  expect(found.complaints).toEqual([]);
});
