/** /api/maintenance, what customers see of planned work, and /api/admin/maintenance, where staff plan it. */
import {
  MaintenanceAnswer,
  MaintenanceChange,
  MaintenancePage,
  MaintenanceParams,
  MaintenancePlan,
  MaintenanceQuery,
  PlannedWorkList,
} from '../../../contract/maintenance.ts';
import type { Db } from '../../kernel/database.ts';
import { decodeCursor, pageOf, placeInTime } from '../../kernel/http/cursor.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import type { Services } from '../../kernel/services.ts';
import { cancelMaintenance, changeMaintenance, planMaintenance, statusOf } from './maintenance.ts';
import { affectedBy, comingWindows, listWindows, type MaintenanceWindow } from './store.ts';

const answers = (description: string) => ({ description, schema: MaintenanceAnswer });

export function maintenanceRoutes(services: Services): Route[] {
  return [...reading(services), ...planning()];
}

function reading(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/maintenance',
      id: 'listPlannedWork',
      summary: 'Planned work on your servers, the next first',
      permission: 'vps:read',
      responses: { 200: { description: 'What is to come, under way, or was called off before it came.', schema: PlannedWorkList } },
      handler: async ({ principal }) => {
        const windows = await comingWindows(services.db);
        const affected = await affectedBy(
          services.db,
          windows.map(({ id }) => id),
          principal.organizationId,
        );
        const planned = windows.flatMap((window) => {
          const servers = affected.filter(({ windowId }) => windowId === window.id).map(({ vpsId, label }) => ({ vps_id: vpsId, label }));
          return servers.length === 0 ? [] : [{ ...said(window), servers }];
        });
        return { status: 200, body: { planned } };
      },
    }),
    route({
      method: 'get',
      path: '/api/admin/maintenance',
      id: 'listMaintenance',
      summary: 'Planned work of all accounts',
      permission: 'maintenance:read',
      query: MaintenanceQuery,
      responses: { 200: { description: 'One page, the newest first.', schema: MaintenancePage } },
      handler: async ({ query }) => {
        const rows = await listWindows(services.db, query.past ?? false, decodeCursor(query.cursor, true), query.limit);
        const { page, next } = pageOf(rows, query.limit, placeInTime);
        return { status: 200, body: { maintenance: await presentAll(services.db, page), next } };
      },
    }),
  ];
}

function planning(): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/admin/maintenance',
      id: 'planMaintenance',
      summary: 'Plan work; the customers whose servers it is about are told',
      permission: 'maintenance:write',
      body: MaintenancePlan,
      responses: { 201: answers('Planned.') },
      transaction: true,
      handler: async ({ principal, body, tx }) => ({ status: 201, body: await shown(tx, await planMaintenance(tx, principal, body)) }),
    }),
    route({
      method: 'patch',
      path: '/api/admin/maintenance/:id',
      summary: 'Move planned work, or say it in other words; the customers are told',
      permission: 'maintenance:write',
      params: MaintenanceParams,
      body: MaintenanceChange,
      responses: { 200: answers('As it is now.') },
      transaction: true,
      handler: async ({ principal, params, body, tx }) => ({
        status: 200,
        body: await shown(tx, await changeMaintenance(tx, principal, params.id, body)),
      }),
    }),
    route({
      method: 'post',
      path: '/api/admin/maintenance/:id/cancel',
      summary: 'Call planned work off; the customers are told',
      permission: 'maintenance:write',
      params: MaintenanceParams,
      responses: { 200: answers('Cancelled.') },
      transaction: true,
      handler: async ({ principal, params, tx }) => ({
        status: 200,
        body: await shown(tx, await cancelMaintenance(tx, principal, params.id)),
      }),
    }),
  ];
}

const said = (window: MaintenanceWindow) => ({
  id: window.id,
  title: window.title,
  text: window.text,
  status: statusOf(window),
  starts_at: window.startsAt.toISOString(),
  ends_at: window.endsAt.toISOString(),
});

async function shown(db: Db, window: MaintenanceWindow) {
  return { maintenance: (await presentAll(db, [window]))[0]! };
}

async function presentAll(db: Db, windows: readonly MaintenanceWindow[]) {
  const affected = await affectedBy(
    db,
    windows.map(({ id }) => id),
    null,
  );
  return windows.map((window) => {
    const own = affected.filter(({ windowId }) => windowId === window.id);
    return {
      ...said(window),
      account_id: window.accountId,
      regions: window.regions,
      vps_ids: window.vpsIds,
      servers: own.length,
      organizations: new Set(own.map(({ organizationId }) => organizationId)).size,
      created_by: window.createdBy,
      created_at: window.createdAt.toISOString(),
    };
  });
}
