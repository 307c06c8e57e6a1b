import { expect, test } from 'vitest';
import { compute as computeOf } from './compute.ts';
import type { SimServer } from '../../simulator/cloud/model.ts';
import { createOf, instanceInputs, urn, withBench, instanceResource } from './testing.ts';
import { dialect } from './rest.ts';

/** Recorded in vultr/ansible-collection-vultr #89 and #131. */
test.each([
  'Unable to destroy server: Unable to remove VM: Server is currently locked',
  'Unable to reinstall server: Server is currently locked',
])('a 500 that says "%s" is a refusal, not an outage', (error) => {
  const { refused, refusals, said } = dialect;
  expect(refused!(500, { error, status: 500 })).toBe(true);
  expect(refusals.find(({ text }) => text?.test(said({ error }).text!))?.kind).toBe('conflict');
  expect(refused!(500, { error: 'Internal server error.', status: 500 })).toBe(false);
});

test('changes of a locked server wait for it, although Vultr answers 500', () =>
  withBench(async (bench) => {
    const { id, outputs } = await createOf(bench, instanceResource, 'shop', instanceInputs());
    const instances = bench.simulator.world.worlds.get('vultr')!.collection<SimServer>('instances');
    const lock = (lockedBy: string | null): void => void instances.put({ ...instances.get(id)!, lockedBy });
    // It is not even asked while it is seen to be locked; a lock that comes in between is the refusal above.
    const whileLocked = async (change: () => Promise<unknown>): Promise<void> => {
      lock('somebody');
      let done = false;
      const changed = change().then(() => (done = true));
      const looks = (): number => bench.simulator.world.requests.latest(2_000, 'vultr').length;
      const before = looks();
      await expect.poll(looks, { timeout: 30_000 }).toBeGreaterThan(before + 4);
      expect(done).toBe(false);
      lock(null);
      await changed;
    };
    const compute = computeOf(bench.client);
    await whileLocked(() => compute.power(id, 'off'));
    expect((await compute.getInstance(id))?.status).toBe('stopped');
    await whileLocked(() => instanceResource.delete(bench.context(urn('shop')), id, outputs));
    expect(await compute.getInstance(id)).toBeNull();
  }, 400));
