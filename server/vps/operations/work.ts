/** What every step of an attempt may do. */
import type { Evidence } from '../../../contract/lifecycle.ts';
import type { ComputeClient } from '../../../providers/provider.ts';
import { timeNow } from '../../kernel/clock.ts';
import { mustCompute } from '../../accounts/accounts.ts';
import { type Db, inTransaction, type Json } from '../../kernel/database.ts';
import { updateHeld } from './store.ts';
import { lockVps, updateVps } from '../store.ts';
import type { Work } from './sheet.ts';

/** One transaction, of a worker that still holds the operation; one that has lost its lease writes nothing. @throws LeaseLost */
export async function whileHeld<T>({ services, operation }: Work, write: (tx: Db) => Promise<T>): Promise<T> {
  return await inTransaction(services.db, async (tx) => {
    // Before the operation's row, as every order does: in the other order the two would wait for each other.
    await lockVps(tx, null, operation.vpsId);
    await updateHeld(tx, operation.id, operation.fence, { heartbeatAt: timeNow() });
    return await write(tx);
  });
}

/** What the next attempt must know of this one, in place of what was noted before. @throws LeaseLost */
export async function noteProgress({ services, operation }: Work, progress: Json): Promise<void> {
  await updateHeld(services.db, operation.id, operation.fence, { progress });
}

/** On the VPS's row and in the operation's events. @throws LeaseLost */
export async function recordProof(work: Work, evidence: Evidence): Promise<void> {
  const proof = evidence as unknown as Json;
  await whileHeld(work, (tx) => updateVps(tx, work.vps.id, { evidence: proof }));
  work.writer.add('proof', proof);
}

/** @throws Error when there is none; such operations are refused before they are ordered */
export function serverOf({ services, operation, vps }: Work): { readonly compute: ComputeClient; readonly id: string } {
  if (vps.instanceId === null) throw new Error(`VPS ${vps.id} has no server for its ${operation.kind}.`);
  return { compute: mustCompute(services, vps.account), id: vps.instanceId };
}
