/** /api/session and /api/overview: what the dashboard asks first. */
import { Overview, Session } from '../../../contract/overview.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import type { Services } from '../../services/services.ts';
import { simulatorOrigin } from '../../services/simulator.ts';
import { countUnfinishedOperations, countVpses, operationDurations } from '../../store/overview.ts';
import { type Route, route } from '../route.ts';

export function overviewRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/session',
      summary: 'Who this token is, and what this Plinth is',
      role: 'viewer',
      responses: { 200: { description: 'The token’s name and role.', schema: Session } },
      handler: async ({ principal, request }) => ({
        status: 200,
        body: {
          name: principal.name,
          role: principal.role,
          organization_id: principal.organizationId,
          mode: services.config.mode,
          version: packageJson.version,
          simulator_url: simulatorOrigin(services),
          // An IPv4 client of a socket for both kinds comes as ::ffff:203.0.113.7.
          client_address: request.ip?.replace(/^::ffff:/, '') ?? null,
        },
      }),
    }),
    route({
      method: 'get',
      path: '/api/overview',
      summary: 'VPSes by state and region, unfinished operations, usual times',
      role: 'viewer',
      responses: { 200: { description: 'Counts as of now.', schema: Overview } },
      handler: async ({ principal: { organizationId: scope } }) => {
        const [vpses, operations, durations] = await Promise.all([
          countVpses(services.db, scope),
          countUnfinishedOperations(services.db, scope),
          operationDurations(services.db, scope),
        ]);
        const total = vpses.byRegion.reduce((sum, { count }) => sum + count, 0);
        const body = { total, by_status: vpses.byStatus, by_region: vpses.byRegion, operations, durations, at: new Date().toISOString() };
        return { status: 200, body };
      },
    }),
  ];
}
