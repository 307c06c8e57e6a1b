/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type Snapshot = {
  id: string;
  vps_id: string;
  organization_id: string;
  kind: 'snapshot' | 'final' | 'backup';
  name: string;
  note: string | null;
  status: SnapshotStatus;
  message: string | null;
  provider_snapshot_id: string | null;
  size_gb: number | null;
  min_disk_gb: number | null;
  monthly_cost: { amount: string; currency: string } | null;
  password_known: boolean | null;
  live: boolean;
  operation_id: string | null;
  created_at: string;
  deleted_at: string | null;
};
export type SnapshotList = { snapshots: Snapshot[]; live: boolean; reason: string | null };
export type SnapshotStatus = 'pending' | 'available' | 'failed' | 'deleting' | 'deleted' | 'missing';
export type SnapshotTotal = { count: number; monthly_costs: { amount: string; currency: string }[]; cost_unknown: number };
