/** Bulk runs on the wire: one action over a frozen selection of VPSs, at a chosen pace. */
import { z } from 'zod';
import { Approval, Reason } from './fields.ts';
import { Cursor, Limit, OperationId, OrganizationId, Timestamp, VpsId } from './ids.ts';
import { Fault } from './operation.ts';
import { BULK_BODIES } from './operations/bodies.ts';
import { VpsQuery, VpsStatus } from './vps.ts';

/**
 * running: orders go out. paused: none does until somebody resumes it; what is under way ends by itself.
 * cancelled: what was not ordered is skipped. finished: every item has ended.
 */
export const BULK_STATUSES = ['running', 'paused', 'cancelled', 'finished'] as const;
export const BulkStatus = z.enum(BULK_STATUSES);
export type BulkStatus = z.infer<typeof BulkStatus>;

/**
 * pending: not ordered yet. ordered: its operation is queued or runs. refused: it cannot be done to this VPS (`fault` says
 * why). skipped: the run was cancelled before its turn.
 */
export const BULK_ITEM_STATUSES = ['pending', 'ordered', 'succeeded', 'failed', 'refused', 'skipped'] as const;
export const BulkItemStatus = z.enum(BULK_ITEM_STATUSES);
export type BulkItemStatus = z.infer<typeof BulkItemStatus>;

/** What is done to each: the bodies of all kinds that many can be asked for at once. Nothing here is one server's own: no label, no password. */
export const BulkAction = z.discriminatedUnion('action', [
  ...BULK_BODIES,
  /** Undoes terminations whose grace still runs. */
  z.strictObject({ action: z.literal('undo') }),
  /** What `undo` was called before. */
  z.strictObject({ action: z.literal('restore') }),
]);
export type BulkAction = z.infer<typeof BulkAction>;
export const BULK_ACTIONS: readonly string[] = BulkAction.options
  .map((option): string => option.shape.action.value)
  .filter((action) => action !== 'restore');

/** Takes terminations back; no operation does it. `restore` is its former name, which runs of an older version hold. */
export function isUndo(action: BulkAction['action']): action is 'undo' | 'restore' {
  return action === 'undo' || action === 'restore';
}

/** Living VPSs by the filters of GET /api/vps (an empty filter is all of them), or exactly these. */
const ByFilter = z.strictObject({
  filter: VpsQuery.omit({
    cursor: true,
    limit: true,
    sort: true,
    include_deleted: true,
    ids: true,
    count: true,
    organization_id: true,
  }).extend({
    busy: z.boolean().optional(),
  }),
});
export const BulkSelection = z.union([ByFilter, z.strictObject({ ids: z.array(VpsId).min(1).max(10_000) })]);
export type BulkSelection = z.infer<typeof BulkSelection>;

export const BulkPace = z.strictObject({
  /** The first ones, which must all succeed before anybody else is touched. */
  canary: z
    .strictObject({
      count: z.int().min(1).max(100),
      /** All at once instead of one after the other. */
      at_once: z.boolean().default(false),
      /** How long to wait after their success, for what shows later. */
      soak_seconds: z.int().min(0).max(604_800).default(0),
    })
    .nullable()
    .default(null),
  /** Operations of the run that may be under way at once. */
  max_parallel: z.int().min(1).max(100).default(5),
  max_per_minute: z.int().min(1).max(6000).nullable().default(null),
  /** When more have failed, the run pauses: a number, or a share of those that ended such as "10%". "100%" never pauses. */
  max_failures: z
    .union([z.int().min(0).max(10_000), z.string().regex(/^(100|[0-9]{1,2})%$/, 'a whole number, or a share from 0% to 100%')])
    .default(0),
});
export type BulkPace = z.infer<typeof BulkPace>;

export const BulkPreviewRequest = z.strictObject({
  action: BulkAction,
  selection: BulkSelection,
  /** Also VPSs in maintenance; they are refused otherwise. */
  include_maintenance: z.boolean().default(false),
});
export type BulkPreviewRequest = z.infer<typeof BulkPreviewRequest>;

export const BulkCreate = BulkPreviewRequest.extend({
  pace: BulkPace.prefault({}),
  /** For people: what this run is for. */
  note: z.string().trim().min(1).max(200).nullable().default(null),
  /** Of a preview: exactly what it showed, or 409. Needed where data is lost. */
  approval: Approval.optional(),
});
export type BulkCreate = z.infer<typeof BulkCreate>;

export const BulkPreview = z.strictObject({
  action: BulkAction,
  /** Send it with the create to have exactly this selection done, or 409. */
  approval: z.string(),
  /** True where the create needs the approval. */
  approval_required: z.boolean(),
  matched: z.int(),
  /** It would be done to so many. */
  ready: z.int(),
  /** Of those: they have an operation under way, and are waited for. */
  busy: z.int(),
  refused: z.int(),
  refused_by: z.array(z.strictObject({ code: z.string(), reason: z.string(), count: z.int() })),
  /** The first of them. */
  refusals: z.array(z.strictObject({ vps_id: VpsId, label: z.string(), code: z.string(), reason: z.string() })),
  /** Sums of the provider’s prices, one per currency; empty where the action changes no price. */
  price: z.array(z.strictObject({ currency: z.string(), servers: z.int(), before: z.string(), after: z.string(), difference: z.string() })),
  /** Their price is not in the sums: the catalogue does not tell. */
  price_unknown: z.int(),
  data_loss: z.boolean(),
});
export type BulkPreview = z.infer<typeof BulkPreview>;

const Counts = z.strictObject({
  total: z.int(),
  pending: z.int(),
  ordered: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  refused: z.int(),
  skipped: z.int(),
});
export const BulkRun = z.strictObject({
  id: z.uuid(),
  /** null: over all organizations. */
  organization_id: OrganizationId.nullable(),
  status: BulkStatus,
  note: z.string().nullable(),
  action: BulkAction,
  /** How the items were found when the run began; they do not change. */
  selection: z.union([ByFilter, z.strictObject({ ids_count: z.int() })]),
  pace: BulkPace,
  include_maintenance: z.boolean(),
  counts: Counts,
  /** none: not asked for. running: the first ones are under way. soaking: until `soak_until`. passed: it goes on. */
  canary: z.enum(['none', 'running', 'soaking', 'passed']),
  soak_until: Timestamp.nullable(),
  /** Why it is paused or was cancelled. */
  reason: z.string().nullable(),
  /** Why a running one orders nothing now: a switch, the pace, a soak. */
  waiting: z.string().nullable(),
  started_by: z.string(),
  /** In whose name it orders: who started or last resumed it. */
  actor: z.string(),
  created_at: Timestamp,
  finished_at: Timestamp.nullable(),
});
export type BulkRun = z.infer<typeof BulkRun>;

export const BulkItem = z.strictObject({
  position: z.int(),
  vps_id: VpsId,
  label: z.string(),
  vps_status: VpsStatus,
  status: BulkItemStatus,
  /** It was one of the first. */
  canary: z.boolean(),
  /** How often it was ordered. */
  attempts: z.int(),
  /** null before the order, and where the action needs no operation. */
  operation_id: OperationId.nullable(),
  fault: Fault.nullable(),
  /** Why its turn was put off. */
  waiting: z.string().nullable(),
  ordered_at: Timestamp.nullable(),
  finished_at: Timestamp.nullable(),
});
export type BulkItem = z.infer<typeof BulkItem>;

export const BulkParams = z.strictObject({ id: z.uuid('a bulk run’s id is a UUID') });
export const BulkAnswer = z.strictObject({ run: BulkRun });
export const BulkQuery = z.strictObject({ cursor: Cursor.optional(), limit: Limit, status: BulkStatus.optional() });
export const BulkPage = z.strictObject({ runs: z.array(BulkRun), next: z.string().nullable() });
export const BulkItemQuery = z.strictObject({ cursor: Cursor.optional(), limit: Limit, status: BulkItemStatus.optional() });
export const BulkItemPage = z.strictObject({ items: z.array(BulkItem), next: z.string().nullable() });
export const BulkStop = z.strictObject({ reason: Reason.optional() });
export const BulkRetry = z.strictObject({
  /** Also those that were refused; what refused them may be gone. */
  include_refused: z.boolean().default(false),
});
