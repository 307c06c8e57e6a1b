/** How far the set-up of each VPS is. */
import { createHash } from 'node:crypto';
import { timeNow } from '../../kernel/clock.ts';
import type { Db, Json, VpsSetup } from '../../kernel/database.ts';

export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** How long a token opens. */
export const TOKEN_MS = 60 * 60_000;
/** Of a system that has not booted. */
const UNBOOTED = { fetchedAt: null, finishedAt: null, finishedOk: null, readyAt: null };

export async function putSetup(
  db: Db,
  data: Pick<VpsSetup, 'vpsId' | 'profile' | 'version' | 'readyWithin' | 'secrets' | 'tokenHash' | 'tokenEnds'> & {
    readonly values: Json;
    readonly checks: Json;
  },
): Promise<void> {
  const { vpsId, ...rest } = data;
  await db.vpsSetup.upsert({ where: { vpsId }, create: data, update: { ...rest, ...UNBOOTED } });
}

/** Right before the disk is written, which may be long after it was ordered, and again where the order is repeated. */
export async function awaitBoot(db: Db, vpsId: string): Promise<void> {
  await db.vpsSetup.updateMany({ where: { vpsId }, data: UNBOOTED });
  await db.vpsSetup.updateMany({
    where: { vpsId, tokenHash: { not: null } },
    data: { tokenEnds: new Date(timeNow().getTime() + TOKEN_MS) },
  });
}

export async function setupOf(db: Db, vpsId: string): Promise<VpsSetup | null> {
  return await db.vpsSetup.findUnique({ where: { vpsId } });
}

/** Nothing sets it up any more. @returns whether something did */
export async function forgetSetup(tx: Db, vpsId: string): Promise<boolean> {
  return (await tx.vpsSetup.deleteMany({ where: { vpsId } })).count > 0;
}

/** The names of the profiles that the product of a subscription offers. */
export async function profilesSoldWith(db: Db, subscriptionId: string): Promise<readonly string[]> {
  const sold = await db.subscription.findUnique({ where: { id: subscriptionId }, select: { productId: true } });
  const product = sold && (await db.product.findUnique({ where: { id: sold.productId }, select: { setupProfiles: true } }));
  return product?.setupProfiles ?? [];
}

/** Takes the secrets once, in time: the row, or null. Of many at once one gets it. */
export async function takeSecrets(db: Db, token: string): Promise<VpsSetup | null> {
  const tokenHash = hashOf(token);
  const at = timeNow();
  const taken = await db.vpsSetup.updateMany({ where: { tokenHash, fetchedAt: null, tokenEnds: { gt: at } }, data: { fetchedAt: at } });
  return taken.count === 1 ? await db.vpsSetup.findUnique({ where: { tokenHash } }) : null;
}

/** The server says how its script ended; the first word that it went well is the last. */
export async function noteFinished(db: Db, token: string, ok: boolean): Promise<VpsSetup | null> {
  const tokenHash = hashOf(token);
  await db.vpsSetup.updateMany({
    where: { tokenHash, OR: [{ finishedOk: null }, { finishedOk: false }] },
    data: { finishedAt: timeNow(), finishedOk: ok },
  });
  return await db.vpsSetup.findUnique({ where: { tokenHash } });
}

export async function markReady(db: Db, vpsId: string): Promise<void> {
  await db.vpsSetup.updateMany({ where: { vpsId, readyAt: null }, data: { readyAt: timeNow() } });
}
