/** Cancelling an operation. */
import { UNFINISHED } from '../../../contract/words.ts';
import { fault } from '../../../automation/faults.ts';
import { type Operation, inTransaction } from '../../kernel/database.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { updateVps } from '../store.ts';
import { mustLock, stop } from '../vps.ts';
import { besideEnding, failureChange } from './outcome.ts';
import { mustOperation } from './store.ts';

/** A waiting operation ends now; a running one is asked to stop and ends when the engine has. */
export async function cancelOperation(services: Services, principal: Principal, operation: Operation): Promise<Operation> {
  return await inTransaction(services.db, async (tx) => {
    const vps = await mustLock(tx, principal, operation.vpsId);
    const current = await mustOperation(tx, operation.id);
    if (!UNFINISHED.some((each) => each === current.status))
      throw new Refusal(409, 'already_ended', `The operation has ended: ${current.status}. There is nothing to cancel.`);
    await stop(tx, principal, current);
    const after = await mustOperation(tx, operation.id);
    if (after.status !== 'cancelled') return after;
    const change = await failureChange(services, tx, after, vps, fault('cancelled', 'It was cancelled before it began.'), false);
    if (change) await updateVps(tx, vps.id, besideEnding(after, vps, change));
    return after;
  });
}
