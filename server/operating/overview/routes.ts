/** /api/overview */
import { Overview } from '../../../contract/overview.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Services } from '../../kernel/services.ts';
import { countUnfinishedOperations, countVpses, operationDurations, unmendedFailures } from './store.ts';
import { providerName } from '../../vps/present.ts';
import { type Route, route } from '../../kernel/http/route.ts';

const SHOWN_FAILURES = 5;

export function overviewRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/overview',
      summary: 'VPSes by state and region, unfinished operations, usual times',
      permission: 'overview:read',
      responses: { 200: { description: 'Counts as of now.', schema: Overview } },
      handler: async ({ principal: { organizationId: scope } }) => {
        const [vpses, operations, durations, { count, newest }] = await Promise.all([
          countVpses(services.db, scope),
          countUnfinishedOperations(services.db, scope),
          operationDurations(services.db, scope),
          unmendedFailures(services.db, scope, SHOWN_FAILURES),
        ]);
        const total = vpses.byRegion.reduce((sum, each) => sum + each.count, 0);
        const by_region = vpses.byRegion.map((each) => ({ ...each, provider_name: providerName(each.provider) }));
        const failed = { count, newest: newest.map((each) => ({ ...each, at: each.at.toISOString() })) };
        const counts = { total, by_status: vpses.byStatus, by_region, operations, durations, failed };
        return { status: 200, body: { ...counts, at: timeNow().toISOString() } };
      },
    }),
  ];
}
