/**
 * Before a server is destroyed: the snapshot that shall outlive it is made and looked at, then all others of the VPS are
 * deleted. A failure here leaves the server as it is.
 */
import { fault } from '../../../automation/faults.ts';
import type { EngineFault } from '../../../automation/types.ts';
import { isProviderError } from '../../../providers/errors.ts';
import type { Snapshot as ProviderSnapshot } from '../../../providers/instance-extras.ts';
import { timeNow } from '../../kernel/clock.ts';
import { mustCompute, providerOf } from '../../accounts/accounts.ts';
import { listAtProvider, recordSnapshot, snapshotClient } from '../snapshots/snapshots.ts';
import type { Snapshot } from '../../kernel/database.ts';
import { inUse } from '../snapshots/in-use.ts';
import { beingMadeOf, keptSnapshots, markDeleted, snapshotOfOperation, snapshotsOf, updateSnapshot } from '../snapshots/store.ts';
import { factsOf, makeSnapshot } from './snapshots.ts';
import type { Work } from './sheet.ts';
import { whileHeld } from './work.ts';
import { faultOf, WorkFailed } from './work-fault.ts';

/** Null when the destruction may begin. `wished`: a snapshot shall outlive it. @throws LeaseLost */
export async function beforeDestroy(work: Work, wished: boolean): Promise<EngineFault | null> {
  const unproven = wished ? await faultOf(work, () => proveFinal(work)) : null;
  if (unproven === null) return await faultOf(work, () => deleteOthers(work));
  if (unproven.kind === 'cancelled') return unproven;
  const how = 'Nothing was destroyed; with final_snapshot=false the VPS is terminated without it.';
  return { ...unproven, message: `The final snapshot could not be made and proven: ${unproven.message} ${how}` };
}

async function proveFinal(work: Work): Promise<void> {
  const { services, operation, vps, writer, signal } = work;
  const own = await snapshotOfOperation(services.db, operation.id);
  const row = own ?? (await keptOfGoneServer(work)) ?? (await recordFinal(work));
  if (row.status !== 'available') await makeSnapshot(work, row);
  // What is about to be the only copy is read once more, from the list.
  const now = await snapshotsOf(services.db, vps.id);
  const wanted = now.find(({ id }) => id === row.id)?.providerSnapshotId;
  const found = (await listAtProvider(services, vps, signal)).find(({ id, kind }) => kind === 'snapshot' && id === wanted);
  if (found?.status !== 'available')
    throw new WorkFailed(fault('malformed', `The provider's list ${found ? `calls it ${found.status}` : 'does not have it'}.`));
  await whileHeld(work, async (tx) => {
    await updateSnapshot(tx, row.id, { ...factsOf(found), final: true });
    // One of an earlier termination that did not come to its end is an ordinary one now.
    for (const old of await keptSnapshots(tx, vps.id)) if (old.id !== row.id) await updateSnapshot(tx, old.id, { final: false });
  });
  writer.say(`the final snapshot "${row.name}" is kept as ${found.id}`);
}

/** An earlier attempt destroyed the server: what it kept is the final one. Null while the server stands. */
async function keptOfGoneServer({ services, vps, signal }: Work): Promise<Snapshot | null> {
  const compute = mustCompute(services, vps.account);
  if (vps.instanceId !== null && (await compute.getInstance(vps.instanceId, { signal }))) return null;
  const [kept] = await keptSnapshots(services.db, vps.id);
  if (kept) return kept;
  throw new WorkFailed(fault('not_found', 'The provider has no server of it any more that a snapshot could be made of.'));
}

async function recordFinal(work: Work): Promise<Snapshot> {
  const { services, operation, vps } = work;
  const named = { name: `final of ${vps.label}`, note: 'Made before its termination.', operationId: operation.id };
  return await whileHeld(work, (tx) => recordSnapshot(services, tx, vps, named));
}

/** All of the VPS at the provider, also such as no row tells of, but for what is kept. */
async function deleteOthers(work: Work): Promise<void> {
  const { services, vps, writer, signal } = work;
  if (!providerOf(services, vps.account).descriptor.capabilities.snapshots.can) return;
  const kept = await keptSnapshots(services.db, vps.id);
  const rows = (await snapshotsOf(services.db, vps.id)).filter((row) => !kept.some(({ id }) => id === row.id));
  const found = await listOthers(work, rows.length > 0);
  const client = snapshotClient(services, vps);
  const goes = found.filter(({ id }) => !kept.some(({ providerSnapshotId }) => providerSnapshotId === id));
  const [making] = await beingMadeOf(
    services.db,
    vps.accountId,
    goes.map(({ id }) => id),
  );
  // The copy is nearly there; until then nothing of this VPS is touched.
  if (making !== undefined) throw new WorkFailed(fault('conflict', inUse(making), { retryable: true }));
  for (const { id, name } of goes) {
    writer.say(`deleting the snapshot ${name} (${id})`);
    await client.delete(id, { signal });
  }
  const gone = rows.map(({ id }) => id);
  await whileHeld(work, (tx) => markDeleted(tx, gone, timeNow()));
}

/** A key without the right to see snapshots made none: where no row tells of one, that holds nothing up. */
async function listOthers({ services, vps, signal }: Work, recorded: boolean): Promise<ProviderSnapshot[]> {
  try {
    return (await listAtProvider(services, vps, signal)).filter(({ kind }) => kind === 'snapshot');
  } catch (error) {
    if (!recorded && isProviderError(error, 'forbidden')) return [];
    throw error;
  }
}
