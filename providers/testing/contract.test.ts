/** Every provider of the list against the contract, over the simulator's real HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/server.ts';
import { providers } from '../list.ts';
import { describeProviderContract } from './contract.ts';
import { openApiCheck } from './openapi-check.ts';
import { recordTraffic } from './traffic.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ speed: 1_000 });
});
const traffic = recordTraffic(() => simulator);
afterAll(async () => {
  traffic.stop();
  await simulator.close();
});

for (const provider of providers) describeProviderContract(provider, () => simulator);

describe('every request and answer above fits the vendor’s published API', () => {
  const documented = providers.filter(({ descriptor }) => openApiCheck(descriptor.id) !== undefined);
  it.skipIf(documented.length === 0).each(documented.map(({ descriptor }) => descriptor.id))('%s', async (id) => {
    const { checked, complaints } = (await traffic.complaints(id))!;
    expect(checked).toBeGreaterThan(10);
    expect(complaints).toEqual([]);
  });
});
