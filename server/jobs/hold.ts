/** Operations that may not start now: they wait, and are looked at again. */
import { whyHeld } from '../services/automation.ts';
import type { Services } from '../services/services.ts';
import { deferQueued } from '../store/automation.ts';
import { appendEvents, operationById } from '../store/operations.ts';
import { vpsById } from '../store/vpses.ts';

const LOOK_AGAIN_MS = 5_000;

/** True when the operation was put off; its events say why, once. */
export async function isHeld({ db }: Pick<Services, 'db'>, operationId: string): Promise<boolean> {
  const operation = await operationById(db, null, operationId);
  if (operation?.status !== 'queued') return false;
  const accountId = (await vpsById(db, null, operation.vpsId))?.accountId;
  const reason = accountId === undefined ? null : await whyHeld(db, operation, accountId);
  if (reason === null) return false;
  const first = operation.notBefore === null;
  if (!(await deferQueued(db, operationId, new Date(Date.now() + LOOK_AGAIN_MS)))) return false;
  if (first) await db.$transaction((tx) => appendEvents(tx, operationId, null, [{ type: 'held', data: { reason }, at: new Date() }]));
  return true;
}
