/** The older systems' routes, over the same services. */
import type { Domain } from '../kernel/domain.ts';
import { packageGauges } from './exact-packages/metrics.ts';
import { packageSweep } from './exact-packages/sweep.ts';
import { seedPlans } from './multi-provider/seed-plans.ts';
import { compatRoutes } from './routes.ts';

export const compat: Domain = {
  name: 'compat',
  routes: compatRoutes,
  upgrade: seedPlans,
  sweeps: (services) => [packageSweep(services)],
  gauges: packageGauges,
};
