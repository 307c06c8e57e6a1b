/** Operations that may not start now: they wait, and are looked at again. */
import { whyHeld } from '../services/automation.ts';
import type { Services } from '../services/services.ts';
import { deferQueued } from '../store/automation.ts';
import { type Db, inTransaction } from '../store/database.ts';
import { appendEvents, eventsAfter, operationById } from '../store/operations.ts';
import { vpsById } from '../store/vpses.ts';

const LOOK_AGAIN_MS = 5_000;

/** True when the operation was put off; its events say why, once for each reason. One that is not due yet keeps its time. */
export async function isHeld({ db }: Pick<Services, 'db'>, operationId: string): Promise<boolean> {
  const operation = await operationById(db, null, operationId);
  const now = new Date();
  if (operation?.status !== 'queued' || (operation.notBefore !== null && operation.notBefore > now)) return false;
  const vps = await vpsById(db, null, operation.vpsId);
  const reason = vps && (await whyHeld(db, operation, vps.accountId));
  if (reason === null) return false;
  return await inTransaction(db, async (tx) => {
    if (!(await deferQueued(tx, operationId, new Date(now.getTime() + LOOK_AGAIN_MS)))) return false;
    await sayWhy(tx, operationId, reason);
    return true;
  });
}

async function sayWhy(tx: Db, operationId: string, reason: string): Promise<void> {
  const { lastEventSeq } = (await operationById(tx, null, operationId))!;
  const [last] = await eventsAfter(tx, operationId, lastEventSeq - 1, 1);
  if (last?.type === 'held' && (last.data as { reason?: string }).reason === reason) return;
  await appendEvents(tx, operationId, null, [{ type: 'held', data: { reason }, at: new Date() }]);
}
