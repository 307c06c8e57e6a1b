/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { SnapshotStatus, SnapshotTotal } from './snapshot.ts';
import type { VpsStatus } from './vps.ts';

export type RecordedSnapshot = {
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
  vps_label: string;
  vps_status: VpsStatus;
  provider: string;
  provider_name: string;
  simulated: boolean;
};
export type SnapshotPage = { snapshots: RecordedSnapshot[]; next: string | null; total: SnapshotTotal };
