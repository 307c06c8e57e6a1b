/** What differs at the providers from what the stacks recorded. */
import type { Domain } from '../kernel/domain.ts';
import { driftRoutes } from './routes.ts';
import { settleSweep } from './settle.ts';
import { driftSweep } from './sweep.ts';

const SETTLE_MS = 2_000;

export const drift: Domain = {
  name: 'drift',
  routes: driftRoutes,
  sweeps: (services) => [
    { name: 'drift', everyMs: services.config.driftMs, run: (signal) => driftSweep(services, signal) },
    { name: 'drift-settle', everyMs: SETTLE_MS, always: true, run: () => settleSweep(services) },
  ],
};
