/** Why a VPS is suspended: a set of reasons, each lifted by its own cause. */
import { randomUUID } from 'node:crypto';
import type { Db } from '../../kernel/database.ts';

/** `dunning`: it is not paid; `dispute`: its payer took the money back at their bank; `staff`, `abuse`: a person decided; `customer`: its owner asked for it. */
export type SuspensionReason = 'dunning' | 'staff' | 'abuse' | 'customer' | 'dispute';

/** False when it is suspended for that already. */
export async function addReason(
  db: Db,
  { vpsId, reason, cause, words, at }: { vpsId: string; reason: SuspensionReason; cause: string; words: string; at: Date },
): Promise<boolean> {
  const inserted = await db.$executeRaw`
    INSERT INTO "vps_suspension" ("id", "vpsId", "reason", "cause", "words", "since")
    VALUES (${randomUUID()}, ${vpsId}, ${reason}, ${cause}, ${words}, ${at})
    ON CONFLICT ("vpsId", "reason") WHERE "liftedAt" IS NULL DO NOTHING`;
  return inserted === 1;
}

/** False when it was not suspended for that. */
export async function liftReason(db: Db, vpsId: string, reason: SuspensionReason, at: Date): Promise<boolean> {
  const { count } = await db.vpsSuspension.updateMany({ where: { vpsId, reason, liftedAt: null }, data: { liftedAt: at } });
  return count > 0;
}

export async function livingReasons(db: Db, vpsId: string) {
  return await db.vpsSuspension.findMany({ where: { vpsId, liftedAt: null }, orderBy: { since: 'asc' } });
}
