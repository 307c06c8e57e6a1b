/** Rows of the views that people keep of lists. */
import { randomUUID } from 'node:crypto';
import type { Prisma, SavedView } from '../../../prisma/generated/client.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';

export type { SavedView };
type Key = Pick<SavedView, 'userId' | 'list' | 'name'>;

/** By name; of one list, or of all. */
export async function viewsOf(db: Db, userId: string, list: string | undefined): Promise<SavedView[]> {
  return await db.savedView.findMany({
    where: { userId, ...(list === undefined ? {} : { list }) },
    orderBy: [{ list: 'asc' }, { name: 'asc' }],
  });
}

/** How many others of that list there are. Holds the person's row, so that two at once are counted one after the other. */
export async function countOthers(tx: Db, { userId, list, name }: Key): Promise<number> {
  await tx.$queryRaw`SELECT 1 FROM "user" WHERE "id" = ${userId} FOR UPDATE`;
  return await tx.savedView.count({ where: { userId, list, name: { not: name } } });
}

export async function keepView(tx: Db, key: Key, search: Prisma.InputJsonObject): Promise<SavedView> {
  return await tx.savedView.upsert({
    where: { userId_list_name: key },
    create: { id: randomUUID(), ...key, search, changedAt: timeNow() },
    update: { search, changedAt: timeNow() },
  });
}

/** @returns whether there was one */
export async function dropView(tx: Db, key: Key): Promise<boolean> {
  return (await tx.savedView.deleteMany({ where: key })).count > 0;
}
