import { PLATFORM_ONLY } from '../contract/permissions.ts';
import { permissionsOf } from './kernel/http/route.ts';
import { expect, it } from 'vitest';
import { describedRoutes } from './domains.ts';
import { openapiOf } from './kernel/http/openapi.ts';
import { operationIdOf } from './kernel/http/operation-id.ts';
import { assertDeclared } from './kernel/http/router.ts';

const idOf = (method: 'get' | 'post' | 'put' | 'patch' | 'delete', path: string): string => operationIdOf({ method, path });

it('names a route after what it does', () => {
  expect([
    idOf('get', '/api/vps'),
    idOf('post', '/api/vps'),
    idOf('get', '/api/vps/:id'),
    idOf('get', '/api/vps/:id/stack/versions/:version'),
    idOf('post', '/api/vps/:id/reveal-password'),
    idOf('patch', '/api/admin/providers/:id'),
    idOf('get', '/api/admin/inventory'),
    idOf('post', '/api/admin/drift/:id/dismiss'),
    idOf('put', '/api/admin/kill-switches'),
    idOf('post', '/api/admin/bulk-runs/:id/cancel'),
    idOf('get', '/api/vps/:id/metrics'),
  ]).toEqual([
    'listVpses',
    'createVps',
    'getVps',
    'getVpsStackVersion',
    'revealVpsPassword',
    'updateAccount',
    'listInventory',
    'dismissDrift',
    'setKillSwitches',
    'cancelBulkRun',
    'listVpsMetrics',
  ]);
  expect(operationIdOf({ id: 'actOnVps', method: 'post', path: '/api/vps/:id/actions' })).toBe('actOnVps');
});

it('refers to the contract’s shapes by their names, and every reference leads somewhere', () => {
  const routes = describedRoutes();
  assertDeclared(routes);
  const text = JSON.stringify(openapiOf(routes, undefined));
  const document = JSON.parse(text) as { components: { schemas: Record<string, unknown> }; paths: any };
  const names = Object.keys(document.components.schemas);
  const used = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1]!));
  expect([...used].filter((name) => !names.includes(name))).toEqual([]);
  expect(names.filter((name) => !used.has(name))).toEqual([]);
  const created = document.paths['/api/vps'].post;
  expect(created.requestBody.content['application/json'].schema).toEqual({ $ref: '#/components/schemas/VpsCreate' });
  expect(created.responses['202'].content['application/json'].schema).toEqual({ $ref: '#/components/schemas/VpsAccepted' });
});

it('lets no token of one organization into administration', () => {
  const open = describedRoutes().filter(
    (each) => each.path.startsWith('/api/admin/') && !permissionsOf(each).every((permission) => PLATFORM_ONLY.has(permission)),
  );
  // Whoever may order needs the plans.
  expect(open.map(({ path }) => path)).toEqual(['/api/admin/upstream/:kind']);
});
