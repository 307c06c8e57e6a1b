/** One action over many VPSes. */
import type { Domain } from '../kernel/domain.ts';
import { bulkGauges } from './metrics.ts';
import { bulkRoutes } from './routes.ts';
import { startBulkRuns } from './sweep.ts';

export const bulk: Domain = {
  name: 'bulk',
  routes: bulkRoutes,
  gauges: bulkGauges,
  work: async ({ services }) => [startBulkRuns(services)],
};
