/** The sweeps of a worker. */
import type { Services } from '../services/services.ts';
import { driftSweep } from './drift.ts';
import type { SweepDefinition } from './runner.ts';
import { settleSweep } from './settle.ts';
import { stateRetentionSweep } from './state-retention.ts';

const SETTLE_MS = 2_000;

export function allSweeps(services: Services): SweepDefinition[] {
  return [
    { name: 'drift', everyMs: services.config.driftMs, run: (signal) => driftSweep(services, signal) },
    { name: 'drift-settle', everyMs: SETTLE_MS, always: true, run: () => settleSweep(services) },
    stateRetentionSweep(services),
  ];
}
