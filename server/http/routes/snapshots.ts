/** What snapshots there are. They are made, restored and deleted by actions of their VPS. */
import { z } from 'zod';
import { VpsId } from '../../../contract/ids.ts';
import { SnapshotList, SnapshotPage, SnapshotQuery } from '../../../contract/snapshot.ts';
import { readSnapshots } from '../../services/lifecycle/snapshots.ts';
import type { Services } from '../../services/services.ts';
import { listSnapshots } from '../../store/snapshots.ts';
import { decodeCursor, pageOf, placeInTime } from '../cursor.ts';
import { presentSnapshot } from '../present-snapshot.ts';
import { type Route, route } from '../route.ts';

export function snapshotRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/vps/:id/snapshots',
      summary: 'Snapshots and backups of a VPS, as its provider has them now',
      role: 'viewer',
      params: z.strictObject({ id: VpsId }),
      responses: { 200: { description: 'All of them; `live` false where the provider could not be asked.', schema: SnapshotList } },
      handler: async ({ principal, params }) => {
        const { vps, entries, live, reason } = await readSnapshots(services, principal, params.id);
        return { status: 200, body: { snapshots: entries.map((entry) => presentSnapshot(entry, vps, live)), live, reason } };
      },
    }),
    route({
      method: 'get',
      path: '/api/snapshots',
      summary: 'Recorded snapshots of all VPSes, also of terminated ones, with what they cost',
      role: 'viewer',
      query: SnapshotQuery,
      responses: { 200: { description: 'One page, newest first; backups have no record.', schema: SnapshotPage } },
      handler: async ({ principal, query }) => {
        const after = decodeCursor(query.cursor, true);
        const filter = { limit: query.limit, ...(query.final === undefined ? {} : { final: query.final }), ...(after ? { after } : {}) };
        const rows = await listSnapshots(services.db, principal.organizationId, filter);
        const { page, next } = pageOf(rows, query.limit, placeInTime);
        const shown = page.map((row) => presentSnapshot({ row, found: null }, { id: row.vpsId, ...row.vps }, false));
        return { status: 200, body: { snapshots: shown, next } };
      },
    }),
  ];
}
