/**
 * Snapshots at the provider. What was made is recorded before the operation ends; an attempt that is cut off finds its
 * own by name, since the provider's client adopts a snapshot of the same name.
 */
import { fault } from '../../automation/faults.ts';
import type { Snapshot as ProviderSnapshot } from '../../providers/instance-extras.ts';
import { listAtProvider, snapshotClient } from '../services/lifecycle/snapshots.ts';
import type { Services } from '../services/services.ts';
import { inTransaction, type Operation, type Snapshot } from '../store/database.ts';
import { updateHeld } from '../store/operations.ts';
import { markDeleted, snapshotById, type SnapshotChange, updateSnapshot } from '../store/snapshots.ts';
import type { VpsWithAccount } from '../store/vpses.ts';
import type { EventWriter } from './event-writer.ts';
import { WorkFailed } from './work-failed.ts';

/** @throws ProviderError, LeaseLost */
export async function runSnapshotWork(
  services: Services,
  operation: Operation,
  vps: VpsWithAccount,
  writer: EventWriter,
  signal: AbortSignal,
): Promise<void> {
  const { snapshot } = operation.request as { snapshot?: string };
  const row = snapshot === undefined ? null : await snapshotById(services.db, vps.id, snapshot);
  if (!row) throw new WorkFailed(fault('not_found', 'The snapshot is not in the record any more.'));
  if (operation.kind === 'snapshot') await makeSnapshot(services, operation, vps, row, writer, signal);
  else await dropSnapshot(services, operation, vps, row, writer, signal);
}

/** Answers when the provider has it, whole. */
export async function makeSnapshot(
  services: Services,
  operation: Operation,
  vps: VpsWithAccount,
  row: Snapshot,
  writer: EventWriter,
  signal: AbortSignal,
): Promise<void> {
  if (vps.instanceId === null) throw new WorkFailed(fault('not_found', 'The VPS has no server that a snapshot could be made of.'));
  await recordHeld(services, operation, row.id, { status: 'pending', message: null });
  say(writer, `making the snapshot "${row.name}" of server ${vps.instanceId}`);
  const made = await snapshotClient(services, vps).create(vps.instanceId, row.providerName, { signal });
  if (made.status !== 'available')
    throw new WorkFailed(fault('unexpected', `The provider says that the snapshot "${row.name}" is ${made.status}. Make another one.`));
  await recordHeld(services, operation, row.id, factsOf(made));
}

export function factsOf(made: ProviderSnapshot): SnapshotChange {
  return {
    status: made.status,
    message: null,
    providerSnapshotId: made.id,
    sizeGb: made.sizeGb,
    minDiskGb: made.minDiskGb,
    monthlyCost: made.monthlyCost?.amount ?? null,
    currency: made.monthlyCost?.currency ?? null,
  };
}

async function dropSnapshot(
  services: Services,
  operation: Operation,
  vps: VpsWithAccount,
  row: Snapshot,
  writer: EventWriter,
  signal: AbortSignal,
): Promise<void> {
  await recordHeld(services, operation, row.id, { status: 'deleting', message: null });
  const ids = row.providerSnapshotId === null ? await byName(services, vps, row, signal) : [row.providerSnapshotId];
  for (const id of ids) {
    say(writer, `deleting the snapshot ${id}`);
    await snapshotClient(services, vps).delete(id, { signal });
  }
  await inTransaction(services.db, async (tx) => {
    await updateHeld(tx, operation.id, operation.fence, { heartbeatAt: new Date() });
    await markDeleted(tx, [row.id], new Date());
  });
}

/** One whose making failed may be there all the same. */
async function byName(services: Services, vps: VpsWithAccount, row: Snapshot, signal: AbortSignal): Promise<string[]> {
  const found = await listAtProvider(services, vps, signal);
  return found.filter(({ kind, name }) => kind === 'snapshot' && name === row.providerName).map(({ id }) => id);
}

/** Writes of a worker that has lost its lease are refused. @throws LeaseLost */
async function recordHeld(services: Services, operation: Operation, id: string, change: SnapshotChange): Promise<void> {
  await inTransaction(services.db, async (tx) => {
    await updateHeld(tx, operation.id, operation.fence, { heartbeatAt: new Date() });
    await updateSnapshot(tx, id, change);
  });
}

export function say(writer: EventWriter, message: string): void {
  writer.add({ type: 'progress', data: { urn: null, message }, at: new Date() });
}
