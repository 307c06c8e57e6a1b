/** What must happen once: a row with the effect's name, in the transaction in which it happens. */
import type { Db } from '../kernel/database.ts';

/** True for the first who asks; everybody else waits for that transaction and then gets false. */
export async function once(db: Db, key: string, cause: string, at: Date): Promise<boolean> {
  return (await db.$executeRaw`INSERT INTO "effect" ("key", "cause", "at") VALUES (${key}, ${cause}, ${at}) ON CONFLICT DO NOTHING`) === 1;
}
