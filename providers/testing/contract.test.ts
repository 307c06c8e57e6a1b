/** Every provider of the list against the contract, over the simulator's real HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/server.ts';
import { providers } from '../list.ts';
import { DEFAULT_CALL_MS, setPatience } from '../patience.ts';
import { describeProviderContract } from './contract.ts';
import { isDocumented, recordTraffic } from './traffic.ts';

// Most of a life is waiting: some clouds are tried beside each other, each in its own order. Each lane has a world of its own, as a
// life that ends with what is paid has the time of its world go on by years.
const LANES = 4;
const simulators: Simulator[] = [];
beforeAll(async () => {
  // A simulated cloud that fails does so at once: what is tried is the number of tries.
  setPatience({ callMs: DEFAULT_CALL_MS, longestWaitMs: Number.POSITIVE_INFINITY, pauseMs: 10 });
  for (let lane = 0; lane < LANES; lane++) simulators.push(await startSimulator({ speed: 1_000 }));
});
const laneOf = (id: string): number => providers.findIndex(({ descriptor }) => descriptor.id === id) % LANES;
const traffic = recordTraffic((id) => simulators[laneOf(id)]!);
afterAll(async () => {
  traffic.stop();
  await Promise.all(simulators.map((simulator) => simulator.close()));
});

for (let lane = 0; lane < LANES; lane++)
  describe.concurrent(`lane ${lane + 1}`, () => {
    describe('in order', { concurrent: false }, () => {
      for (const provider of providers.filter(({ descriptor }) => laneOf(descriptor.id) === lane))
        describeProviderContract(provider, () => simulators[lane]!);
    });
  });

const known = await Promise.all(providers.map(({ descriptor }) => isDocumented(descriptor.id)));
describe('every request and answer above fits the vendor’s published API', () => {
  const documented = providers.filter((_, index) => known[index]);
  // A suite without a test would fail where the documents are not.
  if (documented.length === 0) it.skip('compares nothing: the reference documents are not here');
  it.each(documented.map(({ descriptor }) => descriptor.id))('%s', async (id) => {
    const { checked, complaints } = (await traffic.complaints(id))!;
    expect(checked).toBeGreaterThan(10);
    expect(complaints).toEqual([]);
  });
});
