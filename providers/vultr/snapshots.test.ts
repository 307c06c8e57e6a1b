import { expect, test } from 'vitest';
import type { SimInstanceView } from '../simulation.ts';
import { compute as computeOf } from './compute.ts';
import { createOf, instanceInputs, urn, withBench, type Bench, instanceResource } from './testing.ts';

const NAME = 'plinth-vps-abc1-before-upgrade';

function onlyView(bench: Bench): SimInstanceView {
  const world = bench.simulator.world.worlds.get('vultr')!;
  const [view] = world.simulation.instances!(world);
  return view!;
}

function leftSnapshots(bench: Bench): string[] {
  const world = bench.simulator.world.worlds.get('vultr')!;
  return world.simulation.leftovers!(world).flatMap((left) => (left.kind === 'snapshot' ? [left.name] : []));
}

async function calls(bench: Bench, wanted: string): Promise<number> {
  return (await bench.calls()).filter((call) => call === wanted).length;
}

test('a snapshot is taken once, outlives its server, and is deleted twice without complaint', () =>
  withBench(async (bench) => {
    const { id, outputs } = await createOf(bench, instanceResource, 'web', instanceInputs());
    const { snapshots } = computeOf(bench.client);
    const taken = await snapshots.create(id, NAME);
    expect(taken).toMatchObject({ kind: 'snapshot', name: NAME, status: 'available', minDiskGb: 55, instanceId: null });
    expect(taken.sizeGb).toBeGreaterThan(0);
    expect(taken.sizeGb).toBeLessThan(55);
    expect(taken.monthlyCost).toEqual({ amount: (taken.sizeGb! * 0.05).toFixed(2), currency: 'USD' });
    expect(new Date(taken.createdAt).toISOString()).toBe(taken.createdAt);
    expect(await snapshots.create(id, NAME)).toEqual(taken);
    await snapshots.create(id, 'plinth-vps-abc1');

    await instanceResource.delete(bench.context(urn('web')), id, outputs);
    expect(await snapshots.list(null, 'plinth-vps-abc1-')).toEqual([taken]);
    expect(await snapshots.list(id, 'plinth-vps-abc1-')).toEqual([taken]);
    await snapshots.delete(taken.id);
    await snapshots.delete(taken.id);
    expect(leftSnapshots(bench)).toEqual(['plinth-vps-abc1']);
  }));

test('the server is busy while it is made; a second order waits, a lost caller finds it', () =>
  withBench(
    async (bench) => {
      const { id } = await createOf(bench, instanceResource, 'web', instanceInputs());
      const compute = computeOf(bench.client);
      const gone = new AbortController();
      const lost = compute.snapshots.create(id, NAME, { signal: gone.signal }).catch((error: unknown) => error);
      await expect.poll(async () => (await compute.snapshots.list(null, NAME)).map(({ status }) => status)).toEqual(['pending']);
      const [pending] = await compute.snapshots.list(null, NAME);
      expect(pending).toMatchObject({ sizeGb: null, minDiskGb: null, monthlyCost: null });
      expect(await compute.getInstance(id)).toMatchObject({ status: 'busy' });
      gone.abort();
      expect(await lost).toMatchObject({ kind: 'cancelled' });
      // Made and deleted while the first one still locks the server: both wait.
      const [again, other] = await Promise.all([compute.snapshots.create(id, NAME), compute.snapshots.create(id, 'other')]);
      expect(again.id).toBe(pending!.id);
      await compute.snapshots.delete(other.id);
      expect(leftSnapshots(bench)).toEqual([NAME]);
    },
    // Slow enough to look at it meanwhile, on a busy machine too.
    50,
  ));

test.each(['lost-answer', 'malformed', 'cut'])('an order whose answer is lost (%s) makes one snapshot', (kind) =>
  withBench(async (bench) => {
    const { id } = await createOf(bench, instanceResource, 'web', instanceInputs());
    await bench.fault({ kind, method: 'POST', path: '/v2/snapshots' });
    const taken = await computeOf(bench.client).snapshots.create(id, NAME);
    expect(taken.status).toBe('available');
    expect(leftSnapshots(bench)).toEqual([NAME]);
    expect(await calls(bench, 'POST /v2/snapshots')).toBe(kind === 'cut' ? 2 : 1);
  }),
);

test('one that stays pending can be given up and deleted; the limit is a quota', () =>
  withBench(async (bench) => {
    const { id } = await createOf(bench, instanceResource, 'web', instanceInputs());
    const { snapshots } = computeOf(bench.client);
    await bench.fault({ kind: 'flag', flag: 'snapshot-stuck' });
    const patience = { signal: AbortSignal.timeout(1_000) };
    await expect(snapshots.create(id, NAME, patience)).rejects.toMatchObject({ kind: 'cancelled' });
    const [stuck] = await snapshots.list(null, NAME);
    expect(stuck!.status).toBe('pending');
    await snapshots.delete(stuck!.id);
    expect(leftSnapshots(bench)).toEqual([]);
    await bench.fault({ kind: 'flag', flag: 'snapshot-quota' });
    await expect(snapshots.create(id, NAME)).rejects.toMatchObject({ kind: 'quota' });
    await expect(snapshots.create('00000000-0000-0000-0000-000000000000', NAME)).rejects.toMatchObject({ kind: 'not_found' });
  }));

test('a deletion that was only promised is ordered again', () =>
  withBench(async (bench) => {
    const { id } = await createOf(bench, instanceResource, 'web', instanceInputs());
    const { snapshots } = computeOf(bench.client);
    const taken = await snapshots.create(id, NAME);
    await bench.fault({ kind: 'flag', flag: 'keep-on-delete', objectId: taken.id, times: 2 });
    await snapshots.delete(taken.id);
    expect(leftSnapshots(bench)).toEqual([]);
    expect(await calls(bench, `DELETE /v2/snapshots/${taken.id}`)).toBe(3);
  }));

test('a restore brings back what was on the disk, address and name stay, and it runs', () =>
  withBench(async (bench) => {
    const { id } = await createOf(bench, instanceResource, 'web', instanceInputs());
    const compute = computeOf(bench.client);
    const before = onlyView(bench);
    const taken = await compute.snapshots.create(id, NAME);
    await compute.rebuild(id, { image: '501' });
    expect(onlyView(bench)).toMatchObject({ image: '501' });
    await compute.power(id, 'off');
    await bench.fault({ kind: 'lost-answer', method: 'POST', path: '/restore$' });
    await compute.snapshots.restore(id, taken, {});
    expect(onlyView(bench)).toEqual({ ...before, image: taken.id, copyOf: NAME });
    expect(before.status).toBe('running');
    expect(await calls(bench, `POST /v2/instances/${id}/restore`)).toBe(1);
    await bench.fault({ kind: 'cut', method: 'POST', path: '/restore$' });
    await compute.snapshots.restore(id, taken, {});
    await expect(compute.snapshots.restore(id, { id: 'nothing', kind: 'snapshot' }, {})).rejects.toMatchObject({ kind: 'not_found' });
  }));

test('a snapshot larger than the disk is refused', () =>
  withBench(async (bench) => {
    const { snapshots } = computeOf(bench.client);
    const big = await createOf(bench, instanceResource, 'big', instanceInputs({ plan: 'vc2-2c-4gb', tags: ['plinth-vps-big1-g1'] }));
    const small = await createOf(bench, instanceResource, 'small', instanceInputs());
    const taken = await snapshots.create(big.id, 'plinth-vps-big1-a');
    expect(taken.minDiskGb).toBe(80);
    await expect(snapshots.restore(small.id, taken, {})).rejects.toMatchObject({ kind: 'invalid' });
  }));

test(
  'backups appear with time, the two newest stay, one restores its own server only, and they go with it',
  () =>
    withBench(async (bench) => {
      const { id, outputs } = await createOf(bench, instanceResource, 'web', instanceInputs({ backups: 'enabled' }));
      const other = await createOf(bench, instanceResource, 'other', instanceInputs({ tags: ['plinth-vps-other1-g1'] }));
      const { snapshots } = computeOf(bench.client);
      const available = async () => (await snapshots.list(id, NAME)).filter(({ status }) => status === 'available');
      await expect.poll(available, { timeout: 10_000 }).toHaveLength(2);
      const [first] = await available();
      expect(first).toMatchObject({ kind: 'backup', instanceId: id, monthlyCost: null });
      await expect.poll(async () => (await available()).map((backup) => backup.id), { timeout: 10_000 }).not.toContain(first!.id);
      expect((await snapshots.list(id, NAME)).length).toBeLessThanOrEqual(2);
      expect(await snapshots.list(other.id, NAME)).toEqual([]);

      const before = instanceInputs({ backups: 'enabled' });
      const change = { oldInputs: before, oldOutputs: outputs, inputs: instanceInputs() };
      await instanceResource.update!(bench.context(urn('web')), id, change);
      const [kept] = await available();
      await expect(snapshots.restore(other.id, kept!, {})).rejects.toMatchObject({ kind: 'not_found' });
      await snapshots.restore(id, kept!, {});
      await instanceResource.delete(bench.context(urn('web')), id, outputs);
      expect(await snapshots.list(id, NAME)).toEqual([]);
      expect(leftSnapshots(bench)).toEqual([]);
    }, 100_000),
  30_000,
);
