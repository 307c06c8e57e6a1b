/** What the control API, the page and tests work with. */
import type { FaultSwitches } from './faults.ts';
import type { Machines } from './machines.ts';
import type { RequestLog } from './request-log.ts';
import type { World } from './world.ts';

export interface SimulatorState {
  readonly speed: number;
  readonly worlds: ReadonlyMap<string, World>;
  readonly faults: FaultSwitches;
  readonly requests: RequestLog;
  readonly machines: Machines;
  /** Advances the clock of every world; what falls due happens. Tells how far it is ahead in all. */
  advance(ms: number): number;
  /** Forgets every object, account, fault and counter. */
  reset(): void;
}
