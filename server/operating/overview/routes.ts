/** /api/overview */
import { Overview, OverviewHistory, OverviewHistoryQuery } from '../../../contract/overview.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Services } from '../../kernel/services.ts';
import { rememberedCatalog } from '../../accounts/catalog.ts';
import { historyOf } from './history-store.ts';
import { countUnfinishedOperations, countVpses, operationDurations, type RegionCount, unmendedFailures } from './store.ts';
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
        const by_region = await Promise.all(vpses.byRegion.map((each) => placed(services, each)));
        const failed = { count, newest: newest.map((each) => ({ ...each, at: each.at.toISOString() })) };
        const counts = { total, by_status: vpses.byStatus, by_region, operations, durations, failed };
        return { status: 200, body: { ...counts, at: timeNow().toISOString() } };
      },
    }),
    route({
      method: 'get',
      path: '/api/overview/history',
      summary: 'VPSes, provisioning and drift of the last days',
      permission: 'overview:read',
      query: OverviewHistoryQuery,
      responses: {
        200: {
          description:
            'One entry for each day in UTC, oldest first, the present day last and as of now: VPSes living at its end, provisions that succeeded with the median and the 95th percentile of their times, those that failed, drift found and resolved.',
          schema: OverviewHistory,
        },
      },
      handler: async ({ principal: { organizationId: scope }, query: { days } }) => {
        const now = timeNow();
        return { status: 200, body: { days: await historyOf(services.db, scope, days, now), at: now.toISOString() } };
      },
    }),
  ];
}

/** With its provider's name and its place, by the catalogue as it was read last: the provider is not asked. */
async function placed(services: Services, { accountId, ...row }: RegionCount): Promise<Overview['by_region'][number]> {
  const { regions } = await rememberedCatalog(services, accountId);
  return { ...row, provider_name: providerName(row.provider), location: regions.get(row.region)?.location ?? null };
}
