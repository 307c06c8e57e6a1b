/** VPSes by the references that older systems know them by. */
import type { Db } from '../kernel/database.ts';

/** The id of the one that lives; null: there is none. */
export async function livingVpsByReference(db: Db, organizationId: string, externalReference: string): Promise<string | null> {
  return (await db.vps.findFirst({ where: { organizationId, externalReference, deletedAt: null }, select: { id: true } }))?.id ?? null;
}

/** When the end of each of them was ordered that has not been taken back; by id. */
export async function endsOrdered(db: Db, ids: readonly string[]): Promise<Map<string, Date>> {
  const rows = await db.$queryRaw<{ vpsId: string; at: Date }[]>`
    SELECT d."vpsId", min(d."createdAt") AS "at" FROM "operation" d
    WHERE d."vpsId" = ANY(${[...ids]}) AND d."kind" = 'destroy'
      AND NOT EXISTS (SELECT 1 FROM "operation" u WHERE u."vpsId" = d."vpsId" AND u."kind" = 'undo-end' AND u."createdAt" > d."createdAt")
    GROUP BY d."vpsId"`;
  return new Map(rows.map(({ vpsId, at }) => [vpsId, at]));
}
