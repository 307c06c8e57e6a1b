/** Proof that the engine of an earlier attempt is dead, before its stack is touched again. */
import { setTimeout as delay } from 'node:timers/promises';
import { ensureGone, type ProcessFate } from '../../../automation/recovery.ts';
import type { Operation } from '../../kernel/database.ts';

/**
 * Elsewhere nothing can be killed from here. A worker there whose lease ran out sends nothing new to a provider (pulse.ts),
 * and a call that it had under way has its answer within this time.
 */
const OTHER_HOST_WAIT_MS = 45_000;

/**
 * Kills the recorded process group when it lives.
 * @throws Error when it does not die: running a second engine beside it could make a second server.
 */
export async function endFormerEngine(
  operation: Pick<Operation, 'engineHost' | 'enginePid' | 'engineStartTime'>,
): Promise<ProcessFate | 'none'> {
  if (operation.engineHost === null || operation.enginePid === null) return 'none';
  const fate = await ensureGone({ host: operation.engineHost, pid: operation.enginePid, startTime: operation.engineStartTime });
  if (fate === 'alive')
    throw new Error(`The engine of the attempt before (process ${operation.enginePid}) does not end. It is tried again later.`);
  if (fate === 'other_host') await delay(OTHER_HOST_WAIT_MS);
  return fate;
}
