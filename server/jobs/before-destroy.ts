/**
 * Before a server is destroyed: the snapshot that shall outlive it is made and looked at, then all others of the VPS are
 * deleted. A failure here leaves the server as it is.
 */
import { fault } from '../../automation/faults.ts';
import type { EngineFault } from '../../automation/types.ts';
import { isProviderError } from '../../providers/errors.ts';
import type { Snapshot as ProviderSnapshot } from '../../providers/instance-extras.ts';
import { clientOf, providerOf } from '../services/accounts.ts';
import { listAtProvider, recordSnapshot, snapshotClient } from '../services/lifecycle/snapshots.ts';
import type { Services } from '../services/services.ts';
import { inTransaction, type Operation, type Snapshot } from '../store/database.ts';
import { LeaseLost, updateHeld } from '../store/operations.ts';
import { keptSnapshots, markDeleted, snapshotOfOperation, snapshotsOf, updateSnapshot } from '../store/snapshots.ts';
import type { VpsWithAccount } from '../store/vpses.ts';
import { providerFault } from './direct.ts';
import type { EventWriter } from './event-writer.ts';
import { factsOf, makeSnapshot, say } from './snapshots.ts';
import { WorkFailed } from './work-failed.ts';

/** Null when the destruction may begin. @throws LeaseLost */
export async function beforeDestroy(
  services: Services,
  operation: Operation,
  vps: VpsWithAccount,
  writer: EventWriter,
  signal: AbortSignal,
): Promise<EngineFault | null> {
  const wished = (operation.request as { finalSnapshot?: boolean }).finalSnapshot === true;
  const faultOf = async (work: Promise<void>): Promise<EngineFault | null> => {
    try {
      await work;
      return null;
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      return providerFault(services, operation, error, signal);
    }
  };
  const unproven = wished ? await faultOf(proveFinal(services, operation, vps, writer, signal)) : null;
  if (unproven === null) return await faultOf(deleteOthers(services, vps, writer, signal));
  if (unproven.kind === 'cancelled') return unproven;
  const how = 'Nothing was destroyed; with final_snapshot=false the VPS is terminated without it.';
  return { ...unproven, message: `The final snapshot could not be made and proven: ${unproven.message} ${how}` };
}

async function proveFinal(services: Services, operation: Operation, vps: VpsWithAccount, writer: EventWriter, signal: AbortSignal) {
  const own = await snapshotOfOperation(services.db, operation.id);
  const row = own ?? (await instanceIsGone(services, vps, signal)) ?? (await recordFinal(services, operation, vps));
  if (row.status !== 'available') await makeSnapshot(services, operation, vps, row, writer, signal);
  // What is about to be the only copy is read once more, from the list.
  const now = await snapshotsOf(services.db, vps.id);
  const wanted = now.find(({ id }) => id === row.id)?.providerSnapshotId;
  const found = (await listAtProvider(services, vps, signal)).find(({ id, kind }) => kind === 'snapshot' && id === wanted);
  if (found?.status !== 'available')
    throw new WorkFailed(fault('malformed', `The provider's list ${found ? `calls it ${found.status}` : 'does not have it'}.`));
  await inTransaction(services.db, async (tx) => {
    await updateHeld(tx, operation.id, operation.fence, { heartbeatAt: new Date() });
    await updateSnapshot(tx, row.id, { ...factsOf(found), final: true });
    // One of an earlier termination that did not come to its end is an ordinary one now.
    for (const old of await keptSnapshots(tx, vps.id)) if (old.id !== row.id) await updateSnapshot(tx, old.id, { final: false });
  });
  say(writer, `the final snapshot "${row.name}" is kept as ${found.id}`);
}

/** An earlier attempt destroyed the server: what it kept is the final one. Null while the server stands. */
async function instanceIsGone(services: Services, vps: VpsWithAccount, signal: AbortSignal): Promise<Snapshot | null> {
  const { compute } = clientOf(services, vps.account);
  if (vps.instanceId !== null && (await compute?.getInstance(vps.instanceId, { signal }))) return null;
  const [kept] = await keptSnapshots(services.db, vps.id);
  if (kept) return kept;
  throw new WorkFailed(fault('not_found', 'The provider has no server of it any more that a snapshot could be made of.'));
}

async function recordFinal(services: Services, operation: Operation, vps: VpsWithAccount): Promise<Snapshot> {
  return await inTransaction(services.db, async (tx) => {
    await updateHeld(tx, operation.id, operation.fence, { heartbeatAt: new Date() });
    const name = `final of ${vps.label}`;
    return await recordSnapshot(services, tx, vps, { name, note: `Made before its termination.`, operationId: operation.id });
  });
}

/** All of the VPS at the provider, also such as no row tells of, but for what is kept. */
async function deleteOthers(services: Services, vps: VpsWithAccount, writer: EventWriter, signal: AbortSignal): Promise<void> {
  if (!providerOf(services, vps.account).descriptor.capabilities.snapshots.can) return;
  const kept = await keptSnapshots(services.db, vps.id);
  const rows = (await snapshotsOf(services.db, vps.id)).filter((row) => !kept.some(({ id }) => id === row.id));
  const found = await listOthers(services, vps, rows.length > 0, signal);
  const client = snapshotClient(services, vps);
  for (const { id, name } of found) {
    if (kept.some(({ providerSnapshotId }) => providerSnapshotId === id)) continue;
    say(writer, `deleting the snapshot ${name} (${id})`);
    await client.delete(id, { signal });
  }
  await markDeleted(
    services.db,
    rows.map(({ id }) => id),
    new Date(),
  );
}

/** A key without the right to see snapshots made none: where no row tells of one, that holds nothing up. */
async function listOthers(services: Services, vps: VpsWithAccount, recorded: boolean, signal: AbortSignal): Promise<ProviderSnapshot[]> {
  try {
    return (await listAtProvider(services, vps, signal)).filter(({ kind }) => kind === 'snapshot');
  } catch (error) {
    if (!recorded && isProviderError(error, 'forbidden')) return [];
    throw error;
  }
}
