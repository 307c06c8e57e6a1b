/** Settings that are made once. */
import type { Db } from '../../kernel/database.ts';

/** False when it is there already; waits for somebody who makes it at this moment. */
export async function insertOnce(db: Db, key: string): Promise<boolean> {
  return (await db.$executeRaw`INSERT INTO "setting" ("key", "value") VALUES (${key}, 'true'::jsonb) ON CONFLICT DO NOTHING`) === 1;
}
