/** The worked example of docs/adding-a-provider.md: built as it stands there, in a folder of its own, and put through the contract. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/server.ts';
import type { Provider } from '../provider.ts';
import type { Simulation } from '../simulation.ts';
import { describeProviderContract } from './contract.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const blocks = [...readFileSync(join(ROOT, 'docs', 'adding-a-provider.md'), 'utf8').matchAll(/^```ts file=(\S+)\n([\s\S]*?)^```$/gm)];

/** The repository by links, with the example's folder beside the providers'. */
const place = mkdtempSync(join(tmpdir(), 'plinth-toy-'));
for (const name of ['node_modules', 'simulator', 'package.json']) symlinkSync(join(ROOT, name), join(place, name));
mkdirSync(join(place, 'providers', 'toy'), { recursive: true });
for (const name of readdirSync(join(ROOT, 'providers'))) symlinkSync(join(ROOT, 'providers', name), join(place, 'providers', name));
for (const [, name, text] of blocks) writeFileSync(join(place, 'providers', 'toy', name!), text!);

const { provider } = (await import(join(place, 'providers', 'toy', 'index.ts'))) as { provider: Provider };
const { simulation } = (await import(join(place, 'providers', 'toy', 'simulator.ts'))) as { simulation: Simulation };

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ speed: 1_000, simulations: [simulation] });
});
afterAll(async () => {
  await simulator.close();
  rmSync(place, { recursive: true, force: true });
});

it('is small', () => {
  expect(blocks.map(([, name]) => name)).toEqual(['index.ts', 'simulator.ts']);
  expect(blocks.reduce((sum, [, , text]) => sum + text!.split('\n').length - 1, 0)).toBeLessThanOrEqual(350);
});

describeProviderContract(provider, () => simulator, join(place, 'providers'));
