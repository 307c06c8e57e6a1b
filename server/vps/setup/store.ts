/** How far the set-up of each VPS is. */
import { createHash } from 'node:crypto';
import { timeNow } from '../../kernel/clock.ts';
import type { Db, Json, VpsSetup } from '../../kernel/database.ts';

export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

export async function insertSetup(
  db: Db,
  data: Pick<VpsSetup, 'vpsId' | 'profile' | 'version' | 'readyWithin' | 'secrets' | 'tokenHash' | 'tokenEnds'> & {
    readonly values: Json;
    readonly checks: Json;
  },
): Promise<void> {
  await db.vpsSetup.create({ data });
}

export async function setupOf(db: Db, vpsId: string): Promise<VpsSetup | null> {
  return await db.vpsSetup.findUnique({ where: { vpsId } });
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
