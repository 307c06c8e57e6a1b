/** Idempotency keys: the first request with a key owns it; its answer is kept for a day. */
import { timeNow } from '../clock.ts';
import type { Db, Json } from '../database.ts';

export interface KeyRow {
  readonly requestHash: string;
  readonly state: string;
  readonly status: number | null;
  readonly response: unknown;
  readonly createdAt: Date;
}

/** True when this caller now owns the key. A key left in flight for `abandonedBefore` (its process died) is taken over. */
export async function reserveKey(db: Db, scope: string, key: string, requestHash: string, abandonedBefore: Date): Promise<boolean> {
  const inserted = await db.$executeRaw`
    INSERT INTO "idempotency_key" ("scope", "key", "requestHash", "state") VALUES (${scope}, ${key}, ${requestHash}, 'in_flight')
    ON CONFLICT ("scope", "key") DO UPDATE SET "createdAt" = CURRENT_TIMESTAMP
      WHERE "idempotency_key"."state" = 'in_flight' AND "idempotency_key"."requestHash" = ${requestHash}
        AND "idempotency_key"."createdAt" < ${abandonedBefore}`;
  return inserted === 1;
}

export async function readKey(db: Db, scope: string, key: string): Promise<KeyRow | null> {
  return await db.idempotencyKey.findUnique({ where: { scope_key: { scope, key } } });
}

export async function completeKey(db: Db, scope: string, key: string, status: number, response: Json): Promise<void> {
  await db.idempotencyKey.update({
    where: { scope_key: { scope, key } },
    data: { state: 'done', status, response, completedAt: timeNow() },
  });
}

/** Gives the key back after a failure that changed nothing, so that a corrected request may use it. */
export async function releaseKey(db: Db, scope: string, key: string): Promise<void> {
  await db.idempotencyKey.deleteMany({ where: { scope, key, state: 'in_flight' } });
}

export async function expireKeys(db: Db, before: Date): Promise<number> {
  return (await db.idempotencyKey.deleteMany({ where: { createdAt: { lt: before } } })).count;
}
