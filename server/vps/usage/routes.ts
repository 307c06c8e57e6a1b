/** Transfer and graphs of one VPS. */
import { Bandwidth, Metrics, MetricsQuery } from '../../../contract/usage.ts';
import { VpsParams } from '../../../contract/vps.ts';
import type { Services } from '../../kernel/services.ts';
import { readBandwidth, readMetrics } from './usage.ts';
import { type Route, route } from '../../kernel/http/route.ts';

export function usageRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/vps/:id/bandwidth',
      summary: 'Transfer by day, and of this month against the plan’s',
      permission: 'vps:read',
      params: VpsParams,
      responses: { 200: { description: 'As the provider counts it.', schema: Bandwidth } },
      handler: async ({ principal, params }) => ({ status: 200, body: await readBandwidth(services, principal, params.id) }),
    }),
    route({
      method: 'get',
      path: '/api/vps/:id/metrics',
      summary: 'Processor and network over time, where the provider measures them',
      permission: 'vps:read',
      params: VpsParams,
      query: MetricsQuery,
      responses: { 200: { description: 'As fine as the provider gives them.', schema: Metrics } },
      handler: async ({ principal, params, query }) => ({ status: 200, body: await readMetrics(services, principal, params.id, query) }),
    }),
  ];
}
