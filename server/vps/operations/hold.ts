/** Operations that may not start now: they wait, and are looked at again. */
import { timeNow } from '../../kernel/clock.ts';
import { whyHeld } from '../../kernel/kill-switches/kill-switches.ts';
import type { Services } from '../../kernel/services.ts';
import { deferQueued } from '../../kernel/kill-switches/store.ts';
import { type Db, inTransaction } from '../../kernel/database.ts';
import { eventsAfter } from '../../kernel/events/store.ts';
import { appendEvents, operationById } from './store.ts';
import { vpsById } from '../store.ts';
import { sheetOf } from './sheets.ts';

const LOOK_AGAIN_MS = 5_000;

/** True when the operation was put off; its events say why, once for each reason. One that is not due yet keeps its time. */
export async function isHeld(
  { db, uncompared, disk }: Pick<Services, 'db'> & Partial<Pick<Services, 'uncompared' | 'disk'>>,
  operationId: string,
): Promise<boolean> {
  const operation = await operationById(db, null, operationId);
  const now = timeNow();
  if (operation?.status !== 'queued' || (operation.notBefore !== null && operation.notBefore > now)) return false;
  const vps = await vpsById(db, null, operation.vpsId);
  const destructive = sheetOf(operation.kind).traits.destructive === true;
  const reason = vps && (disk?.refusal()?.message ?? (await whyHeld(db, { ...operation, destructive }, vps.accountId, uncompared)));
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
  await appendEvents(tx, operationId, null, [{ type: 'held', data: { reason }, at: timeNow() }]);
}
