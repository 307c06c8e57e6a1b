/** Every simulated provider. Adding one: its folder's `simulator.ts`, and two lines here. */
import type { Simulation } from '../providers/simulation.ts';

export const simulations: readonly Simulation[] = [];
