/** Every provider of the list against the contract, over the simulator's real HTTP. */
import { afterAll, beforeAll } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/server.ts';
import { providers } from '../list.ts';
import { describeProviderContract } from './contract.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ speed: 1_000 });
});
afterAll(() => simulator.close());

for (const provider of providers) describeProviderContract(provider, () => simulator);
