/** Planned work, and which servers it is about. */
import { randomUUID } from 'node:crypto';
import type { MaintenanceWindow } from '../../../prisma/generated/client.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';
import { behind, type Place } from '../../kernel/listing.ts';

export type { MaintenanceWindow };

/** A server that a window is about. */
export interface Affected {
  readonly windowId: string;
  readonly vpsId: string;
  readonly label: string;
  readonly organizationId: string;
}

/** The newest first; without `past` only what is not over and not cancelled. */
export async function listWindows(db: Db, past: boolean, place: Place | undefined, limit: number): Promise<MaintenanceWindow[]> {
  return await db.maintenanceWindow.findMany({
    where: { AND: [past ? {} : { cancelledAt: null, endsAt: { gt: timeNow() } }, behind(place)] },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  });
}

/** What is not over, and what was cancelled before it was: customers were told of it. */
export async function comingWindows(db: Db): Promise<MaintenanceWindow[]> {
  return await db.maintenanceWindow.findMany({
    where: { endsAt: { gt: timeNow() } },
    orderBy: [{ startsAt: 'asc' }, { id: 'asc' }],
    take: 200,
  });
}

/** The living servers that windows are about, of one organization or of all. */
export async function affectedBy(db: Db, windowIds: readonly string[], organizationId: string | null): Promise<Affected[]> {
  if (windowIds.length === 0) return [];
  return await db.$queryRaw<Affected[]>`
    SELECT w."id" AS "windowId", v."id" AS "vpsId", v."label", v."organizationId"
    FROM "maintenance_window" w
    JOIN "vps" v ON v."id" = ANY(w."vpsIds")
      OR (cardinality(w."vpsIds") = 0 AND v."accountId" = w."accountId" AND (cardinality(w."regions") = 0 OR v."region" = ANY(w."regions")))
    WHERE w."id" = ANY(${[...windowIds]}) AND v."status" <> 'terminated'
      AND (${organizationId}::text IS NULL OR v."organizationId" = ${organizationId}::text)
    ORDER BY v."label", v."id"`;
}

export async function windowById(db: Db, id: string): Promise<MaintenanceWindow | null> {
  return await db.maintenanceWindow.findUnique({ where: { id } });
}

/** Holds the row until the transaction ends. */
export async function lockWindow(tx: Db, id: string): Promise<MaintenanceWindow | null> {
  await tx.$queryRaw`SELECT 1 FROM "maintenance_window" WHERE "id" = ${id} FOR UPDATE`;
  return await windowById(tx, id);
}

export type NewWindow = Pick<
  MaintenanceWindow,
  'title' | 'text' | 'startsAt' | 'endsAt' | 'accountId' | 'regions' | 'vpsIds' | 'createdBy'
>;

export async function insertWindow(tx: Db, window: NewWindow): Promise<MaintenanceWindow> {
  return await tx.maintenanceWindow.create({ data: { id: randomUUID(), createdAt: timeNow(), ...window } });
}

export type WindowChange = Partial<Pick<MaintenanceWindow, 'title' | 'text' | 'startsAt' | 'endsAt' | 'cancelledAt'>>;

export async function updateWindow(tx: Db, id: string, change: WindowChange): Promise<MaintenanceWindow> {
  return await tx.maintenanceWindow.update({ where: { id }, data: change });
}
