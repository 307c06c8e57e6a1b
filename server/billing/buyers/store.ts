/** What billing keeps with an organization. */
import type { Db } from '../../kernel/database.ts';

/** False when there is none. */
export async function setInternal(db: Db, id: string, internal: boolean): Promise<boolean> {
  return (await db.organization.updateMany({ where: { id }, data: { internal } })).count === 1;
}

export async function buyerById(db: Db, id: string) {
  return await db.organization.findUnique({ where: { id }, select: { id: true, internal: true, testClockId: true } });
}
