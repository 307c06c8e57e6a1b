/** /api/smartvps: exact packages, kept as their provider has them (docs/compatibility.md, E). */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { PackageList, PackageQuery, SyncAnswer } from '../../../contract/compat/exact-packages.ts';
import { isProviderError } from '../../../providers/errors.ts';
import type { Config } from '../../kernel/config.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { saidAsSentence } from '../refusal.ts';
import { listPackages } from './stock.ts';
import { syncPackages } from './sync.ts';

const SYNC = '/api/smartvps/sync';

/** Who shows the token of the environment, which is for this one route; null: nobody does. */
export function syncCaller(
  { packages: { syncToken } }: Pick<Config, 'packages'>,
  request: Pick<Request, 'method' | 'path' | 'get'>,
): Principal | null {
  const shown = request.get('x-sync-token');
  if (syncToken === undefined || shown === undefined || request.method !== 'POST' || request.path !== SYNC) return null;
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  if (!timingSafeEqual(digest(shown), digest(syncToken))) return null;
  const actor = { kind: 'system', id: 'package-sync', name: 'package sync' } as const;
  return {
    actor,
    name: actor.name,
    role: 'package sync',
    organizationId: null,
    permissions: new Set(['compat:E'] as const),
    tokenId: null,
  };
}

/** Whatever the provider's trouble is, the older clients know one status for it. */
function asFailure(error: unknown): never {
  if (!isProviderError(error)) throw error;
  throw new Refusal(502, `provider_${error.kind}`, error.detail.message);
}

export function exactPackageRoutes(services: Services): Route[] {
  return [
    route({
      refusal: saidAsSentence,
      method: 'post',
      path: SYNC,
      id: 'syncPackages',
      summary: 'Exact packages: take over what the provider has now',
      permission: 'compat:E',
      responses: { 200: { description: 'What was changed.', schema: SyncAnswer } },
      apart: 'in steps',
      handler: async () => ({ status: 200, body: await syncPackages(services).catch(asFailure) }),
    }),
    route({
      refusal: saidAsSentence,
      method: 'get',
      path: '/api/smartvps/stock',
      id: 'listPackages',
      summary: 'Exact packages: what can be ordered, with prices by memory',
      permission: 'catalog:read',
      query: PackageQuery,
      responses: { 200: { description: 'Every package, the oldest first.', schema: PackageList } },
      handler: async ({ query }) => ({ status: 200, body: await listPackages(services, query.available) }),
    }),
  ];
}
