/** What the control API, the page and tests work with. */
import type { FaultSwitches } from './faults.ts';
import type { RequestLog } from './request-log.ts';
import type { World } from './world.ts';

export interface SimulatorState {
  readonly speed: number;
  readonly worlds: ReadonlyMap<string, World>;
  readonly faults: FaultSwitches;
  readonly requests: RequestLog;
  /** Forgets every object, account, fault and counter. */
  reset(): void;
}
