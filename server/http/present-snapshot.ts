/** Snapshots to their wire shape. Secret columns are never read here but for whether they are there. */
import type { Snapshot as Wire } from '../../contract/snapshot.ts';
import type { Snapshot } from '../store/database.ts';
import type { SnapshotEntry } from '../services/lifecycle/snapshots.ts';

/** One of the record, as the provider told of it just now where `live`. */
export function presentSnapshot(entry: SnapshotEntry, vps: { id: string; organizationId: string }, live: boolean): Wire {
  const { row, found } = entry;
  return {
    id: row?.id ?? found!.id,
    vps_id: vps.id,
    organization_id: vps.organizationId,
    kind: row ? (row.final ? 'final' : 'snapshot') : found!.kind,
    name: row?.name ?? found!.name,
    note: row?.note ?? null,
    status: statusOf(entry, live),
    message: row?.message ?? null,
    provider_snapshot_id: found?.id ?? row?.providerSnapshotId ?? null,
    size_gb: found?.sizeGb ?? row?.sizeGb ?? null,
    min_disk_gb: found?.minDiskGb ?? row?.minDiskGb ?? null,
    monthly_cost: found?.monthlyCost ?? (row ? recordedCost(row) : null),
    password_known: row ? row.rootPassword !== null : null,
    live,
    operation_id: row?.operationId ?? null,
    created_at: row?.createdAt.toISOString() ?? found!.createdAt,
    deleted_at: row?.deletedAt?.toISOString() ?? null,
  } as Wire;
}

function statusOf({ row, found }: SnapshotEntry, live: boolean): Wire['status'] {
  if (!row) return found!.status;
  // What was failed here may have come about there.
  if (found && row.status !== 'deleting') return found.status;
  if (live && !found && row.status === 'available') return 'missing';
  return row.status as Wire['status'];
}

function recordedCost({ monthlyCost, currency }: Snapshot): Wire['monthly_cost'] {
  return monthlyCost === null || currency === null ? null : { amount: monthlyCost, currency };
}
