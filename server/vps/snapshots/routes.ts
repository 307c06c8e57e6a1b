/** What snapshots there are. They are made, restored and deleted by actions of their VPS. */
import { SnapshotPage, SnapshotQuery } from '../../../contract/recorded-snapshot.ts';
import { SnapshotList } from '../../../contract/snapshot.ts';
import { VpsParams } from '../../../contract/vps.ts';
import { readSnapshots } from './reading.ts';
import type { Services } from '../../kernel/services.ts';
import { listSnapshots, snapshotSums } from './store.ts';
import { decodeCursor, pageOf, placeInTime } from '../../kernel/http/cursor.ts';
import { presentRecorded, presentSnapshot, presentTotal } from './present.ts';
import { type Route, route } from '../../kernel/http/route.ts';

export function snapshotRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/vps/:id/snapshots',
      summary: 'Snapshots and backups of a VPS, as its provider has them now',
      permission: 'snapshot:read',
      params: VpsParams,
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
      permission: 'snapshot:read',
      query: SnapshotQuery,
      responses: {
        200: { description: 'One page, newest first, and the total of all pages; backups have no record.', schema: SnapshotPage },
      },
      handler: async ({ principal: { organizationId }, query: { limit, cursor, final, vps_terminated: vpsTerminated } }) => {
        const after = decodeCursor(cursor, true);
        const [rows, sums] = await Promise.all([
          listSnapshots(services.db, organizationId, { limit, final, vpsTerminated, ...(after ? { after } : {}) }),
          snapshotSums(services.db, organizationId, { final, vpsTerminated }),
        ]);
        const { page, next } = pageOf(rows, limit, placeInTime);
        return { status: 200, body: { snapshots: page.map(presentRecorded), next, total: presentTotal(sums) } };
      },
    }),
  ];
}
