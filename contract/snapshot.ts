/** Snapshots and backups of a VPS on the wire. */
import { z } from 'zod';
import { OperationId, OrganizationId, Timestamp, VpsId } from './ids.ts';

/** snapshot: ordered, kept until deleted. final: made before a termination, outlives the VPS. backup: the provider's own schedule made it. */
export const SNAPSHOT_KINDS = ['snapshot', 'final', 'backup'] as const;
/** pending: being made. deleting: being deleted. missing: the provider has it no more, though nobody here deleted it. */
export const SNAPSHOT_STATUSES = ['pending', 'available', 'failed', 'deleting', 'deleted', 'missing'] as const;
export const SnapshotStatus = z.enum(SNAPSHOT_STATUSES);
export type SnapshotStatus = z.infer<typeof SnapshotStatus>;

export const Snapshot = z.strictObject({
  /** What `restore-snapshot` and `delete-snapshot` take. */
  id: z.string(),
  vps_id: VpsId,
  organization_id: OrganizationId,
  kind: z.enum(SNAPSHOT_KINDS),
  name: z.string(),
  note: z.string().nullable(),
  status: SnapshotStatus,
  /** Why it failed; null otherwise. */
  message: z.string().nullable(),
  /** The provider's own id; null before it is known. */
  provider_snapshot_id: z.string().nullable(),
  size_gb: z.number().nullable(),
  /** A server's disk must be at least this large to take it; null where the provider does not tell. */
  min_disk_gb: z.number().nullable(),
  /** What keeping it costs; null where the provider's price is not known, or its backups' price is part of the server's. */
  monthly_cost: z.strictObject({ amount: z.string(), currency: z.string() }).nullable(),
  /** Whether Plinth knows the administrator's password on its disk; null for a backup: the preview of a restore tells. */
  password_known: z.boolean().nullable(),
  /** True when the provider was asked just now. */
  live: z.boolean(),
  operation_id: OperationId.nullable(),
  created_at: Timestamp,
  deleted_at: Timestamp.nullable(),
});
export type Snapshot = z.infer<typeof Snapshot>;

export const SnapshotList = z.strictObject({
  snapshots: z.array(Snapshot),
  /** False: the provider could not be asked, so this is only what is recorded; `reason` says why. */
  live: z.boolean(),
  reason: z.string().nullable(),
});
export type SnapshotList = z.infer<typeof SnapshotList>;

/** What is kept at the providers, and what keeping it costs a month. */
export const SnapshotTotal = z.strictObject({
  count: z.int(),
  /** Decimal amounts, one for each currency. */
  monthly_costs: z.array(z.strictObject({ amount: z.string(), currency: z.string() })),
  /** So many have no known price, and are in no sum. */
  cost_unknown: z.int(),
});
export type SnapshotTotal = z.infer<typeof SnapshotTotal>;
