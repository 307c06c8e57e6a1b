/**
 * Snapshots at the provider. What was made is recorded before the operation ends; an attempt that is cut off finds its
 * own by name, since the provider's client adopts a snapshot of the same name.
 */
import { fault } from '../../../automation/faults.ts';
import type { EngineResult } from '../../../automation/types.ts';
import type { Snapshot as ProviderSnapshot } from '../../../providers/instance-extras.ts';
import { timeNow } from '../../kernel/clock.ts';
import { listAtProvider, snapshotClient } from '../snapshots/snapshots.ts';
import type { Snapshot } from '../../kernel/database.ts';
import { markDeleted, snapshotById, type SnapshotChange, updateSnapshot } from '../snapshots/store.ts';
import type { Work } from './sheet.ts';
import { whileHeld } from './work.ts';
import { faultOf, withoutSteps, WorkFailed } from './work-fault.ts';

/** Never throws for what a provider does; @throws LeaseLost. */
export async function runSnapshotWork(
  work: Work,
  id: string | undefined,
  act: (work: Work, row: Snapshot) => Promise<void>,
): Promise<EngineResult> {
  const started = performance.now();
  const found = await faultOf(work, async () => {
    const row = id === undefined ? null : await snapshotById(work.services.db, work.vps.id, id);
    if (!row) throw new WorkFailed(fault('not_found', 'The snapshot is not in the record any more.'));
    await act(work, row);
  });
  return withoutSteps(started, found);
}

/** Answers when the provider has it, whole. @throws WorkFailed, ProviderError, LeaseLost */
export async function makeSnapshot(work: Work, row: Snapshot): Promise<void> {
  const { services, vps, writer, signal } = work;
  if (vps.instanceId === null) throw new WorkFailed(fault('not_found', 'The VPS has no server that a snapshot could be made of.'));
  await record(work, row, { status: 'pending', message: null });
  writer.say(`making the snapshot "${row.name}" of server ${vps.instanceId}`);
  const made = await snapshotClient(services, vps).create(vps.instanceId, row.providerName, { signal });
  if (made.status !== 'available')
    throw new WorkFailed(fault('unexpected', `The provider says that the snapshot "${row.name}" is ${made.status}. Make another one.`));
  await record(work, row, factsOf(made));
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

/** @throws ProviderError, LeaseLost */
export async function dropSnapshot(work: Work, row: Snapshot): Promise<void> {
  const { services, vps, writer, signal } = work;
  await record(work, row, { status: 'deleting', message: null });
  const ids = row.providerSnapshotId === null ? await byName(work, row) : [row.providerSnapshotId];
  for (const id of ids) {
    writer.say(`deleting the snapshot ${id}`);
    await snapshotClient(services, vps).delete(id, { signal });
  }
  await whileHeld(work, (tx) => markDeleted(tx, [row.id], timeNow()));
}

/** One whose making failed may be there all the same. */
async function byName({ services, vps, signal }: Work, row: Snapshot): Promise<string[]> {
  const found = await listAtProvider(services, vps, signal);
  return found.filter(({ kind, name }) => kind === 'snapshot' && name === row.providerName).map(({ id }) => id);
}

async function record(work: Work, row: Snapshot, change: SnapshotChange): Promise<void> {
  await whileHeld(work, (tx) => updateSnapshot(tx, row.id, change));
}
