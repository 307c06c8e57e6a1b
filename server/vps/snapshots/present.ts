/** Snapshots to their wire shape. Secret columns are never read here but for whether they are there. */
import type { RecordedSnapshot } from '../../../contract/recorded-snapshot.ts';
import type { SnapshotTotal, Snapshot as Wire } from '../../../contract/snapshot.ts';
import type { Snapshot } from '../../kernel/database.ts';
import type { SnapshotSum, SnapshotWithVps } from './store.ts';
import { providerName } from '../present.ts';
import type { SnapshotEntry } from './snapshots.ts';

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

/** One of the record, with its VPS; the provider was not asked. */
export function presentRecorded(row: SnapshotWithVps): RecordedSnapshot {
  const { label, status, provider, account, organizationId } = row.vps;
  const one = presentSnapshot({ row, found: null }, { id: row.vpsId, organizationId }, false);
  return {
    ...one,
    vps_label: label,
    vps_status: status,
    provider,
    provider_name: providerName(provider),
    simulated: account.endpointKind === 'simulator',
  } as RecordedSnapshot;
}

export function presentTotal(sums: readonly SnapshotSum[]): SnapshotTotal {
  const known = sums.flatMap(({ currency, amount }) => (currency === null ? [] : [{ amount: Number(amount).toFixed(2), currency }]));
  const unknown = sums.filter(({ currency }) => currency === null);
  const count = (of: readonly SnapshotSum[]): number => of.reduce((sum, each) => sum + each.count, 0);
  return { count: count(sums), monthly_costs: known, cost_unknown: count(unknown) };
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
