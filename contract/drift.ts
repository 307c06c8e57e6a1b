/** Sweeps, drift, inventory, alerts and the automation switches on the wire. */
import { z } from 'zod';
import { Reason } from './fields.ts';
import { AccountId, OperationId, Timestamp, VpsId } from './ids.ts';

export const Sweep = z.strictObject({
  name: z.string(),
  running: z.boolean(),
  /** A run was asked for and has not begun. */
  requested: z.boolean(),
  /** null: runs on request only. */
  next_run_at: Timestamp.nullable(),
  runs: z.int(),
  last: z
    .strictObject({
      started_at: Timestamp,
      finished_at: Timestamp.nullable(),
      duration_ms: z.int().nullable(),
      /** ok, partial (some of it could not be read and stayed as it was), failed, stopped. */
      outcome: z.string().nullable(),
      message: z.string().nullable(),
      result: z.json().nullable(),
    })
    .nullable(),
});
export const SweepList = z.strictObject({ sweeps: z.array(Sweep) });
export const SweepAnswer = z.strictObject({ sweep: Sweep });
export const SweepParams = z.strictObject({ name: z.string().regex(/^[a-z-]{1,50}$/) });

export const DRIFT_POLICIES = ['none', 'accept', 'repair'] as const;
export const DriftPolicy = z.enum(DRIFT_POLICIES);
export type DriftPolicy = z.infer<typeof DriftPolicy>;

export const KillSwitchChange = z
  .strictObject({
    /** Absent: all of Plinth. */
    account_id: AccountId.optional(),
    stopped: z.boolean().optional(),
    reason: Reason.optional(),
    /** Of an account: what is done about drift without asking. A vanished server always waits for a person. */
    drift_policy: DriftPolicy.optional(),
    /** false lifts the hold on destructive work; true sets it. */
    destructive_hold: z.boolean().optional(),
  })
  .refine((body) => body.stopped !== undefined || body.drift_policy !== undefined || body.destructive_hold !== undefined, {
    message: 'change at least one of stopped, drift_policy, destructive_hold',
  })
  .refine((body) => (body.stopped !== true && body.destructive_hold !== true) || body.reason !== undefined, {
    message: 'a stop or hold needs a reason',
    path: ['reason'],
  })
  .refine((body) => body.drift_policy === undefined || body.account_id !== undefined, {
    message: 'a drift policy belongs to an account: name it with account_id',
    path: ['account_id'],
  })
  .refine((body) => body.destructive_hold === undefined || body.account_id === undefined, {
    message: 'the hold is global: leave account_id out',
    path: ['account_id'],
  });

const Switch = z.strictObject({ reason: z.string(), by: z.string(), at: Timestamp });
export const Alert = z.strictObject({
  id: z.uuid(),
  kind: z.string(),
  target: z.string(),
  message: z.string(),
  /** What is done about it; the whole is docs/runbooks.md under the kind's name. */
  remedy: z.string(),
  data: z.json(),
  raised_at: Timestamp,
  resolved_at: Timestamp.nullable(),
});
export const KillSwitches = z.strictObject({
  stopped: Switch.nullable(),
  /** While set, nothing is destroyed: the database looks restored from the past. */
  destructive_hold: Switch.nullable(),
  accounts: z.array(
    z.strictObject({
      account_id: AccountId,
      name: z.string(),
      stopped: z.boolean(),
      reason: z.string().nullable(),
      drift_policy: DriftPolicy,
    }),
  ),
  alerts: z.array(Alert),
});

/**
 * suspected: the list differs, the engine is asked. confirmed: so it is. unconfirmed: the engine sees no difference.
 * dismissed: left as it is until it changes. accepting, repairing: under way. resolved: settled.
 */
export const DRIFT_STATES = ['suspected', 'confirmed', 'unconfirmed', 'dismissed', 'accepting', 'repairing', 'resolved'] as const;
export const DriftState = z.enum(DRIFT_STATES);
export type DriftState = z.infer<typeof DriftState>;
export const DRIFT_KINDS = ['changed', 'vanished'] as const;
export const DriftKind = z.enum(DRIFT_KINDS);

export const Drift = z.strictObject({
  id: z.uuid(),
  vps_id: VpsId,
  label: z.string(),
  account_id: AccountId,
  kind: DriftKind,
  state: DriftState,
  differences: z.array(
    z.strictObject({
      object: z.enum(['instance', 'record']),
      name: z.string(),
      field: z.string(),
      recorded: z.string().nullable(),
      actual: z.string().nullable(),
      /** The same as one line for a person. */
      text: z.string(),
    }),
  ),
  /** What the engine's refresh would change, once it was asked. */
  engine: z.json().nullable(),
  message: z.string().nullable(),
  seen_count: z.int(),
  first_seen_at: Timestamp,
  last_seen_at: Timestamp,
  decided_by: z.string().nullable(),
  decided_at: Timestamp.nullable(),
  reason: z.string().nullable(),
  check_operation_id: OperationId.nullable(),
  action_operation_id: OperationId.nullable(),
  resolved_at: Timestamp.nullable(),
  /** gone, accepted, repaired, terminated. */
  resolution: z.string().nullable(),
});
export type Drift = z.infer<typeof Drift>;
/** The look that an answer is of. What it found is in the same answer: nothing found means so only when it was whole. */
export const Look = z.strictObject({
  /** Another one is asked for or under way. */
  looking: z.boolean(),
  /** When the last one ended; null: there was none yet. */
  finished_at: Timestamp.nullable(),
  /** ok, partial (some of it could not be read and stayed as it was), failed, stopped. */
  outcome: z.string().nullable(),
  message: z.string().nullable(),
});
export type Look = z.infer<typeof Look>;
export const DriftList = z.strictObject({ drifts: z.array(Drift), look: Look });
export const DriftAnswer = z.strictObject({ drift: Drift });
export const DriftQuery = z.strictObject({
  state: DriftState.optional(),
  kind: DriftKind.optional(),
  vps_id: VpsId.optional(),
  account_id: AccountId.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});
export const DriftParams = z.strictObject({ id: z.uuid() });
export const DriftDismiss = z.strictObject({ reason: Reason });
/** `confirm` is the VPS's label, needed when its server is gone: accept then forgets it, repair makes a new, empty one. */
export const DriftAct = z.strictObject({ confirm: z.string().max(63).optional() });

export const InventoryKind = z.enum(['orphan', 'unmanaged', 'record', 'leftover']);
export const InventoryItem = z.strictObject({
  id: z.uuid(),
  account_id: AccountId,
  /**
   * orphan: ours by its tag, and no record needs it. unmanaged: someone else's. record: a DNS record of ours that points
   * nowhere. leftover: a key, firewall, script or snapshot of a VPS that is no more.
   */
  kind: InventoryKind,
  reason: z.enum(['unknown_vps', 'terminated_vps', 'second_server', 'not_adopted', 'foreign']),
  object_id: z.string(),
  label: z.string(),
  detail: z.json(),
  vps_id: z.string().nullable(),
  monthly_cost: z.string().nullable(),
  currency: z.string().nullable(),
  age_days: z.number().nullable(),
  seen_count: z.int(),
  first_seen_at: Timestamp,
  last_seen_at: Timestamp,
  /** Two sightings, and safe by its reason. */
  deletable: z.boolean(),
  /** A server that can become a VPS. */
  importable: z.boolean(),
});
export const Inventory = z.strictObject({
  items: z.array(InventoryItem),
  look: Look,
  /** Sums of the orphans' monthly cost. */
  orphan_cost: z.array(z.strictObject({ currency: z.string(), monthly: z.string() })),
  /** VPSes whose server is gone. */
  missing: z.array(Drift),
});
export const InventoryQuery = z.strictObject({
  kind: InventoryKind.optional(),
  account_id: AccountId.optional(),
});
export const InventoryParams = z.strictObject({ id: z.uuid() });
/** The provider's id of the object, typed by the person who deletes it. */
export const InventoryDelete = z.strictObject({ object_id: z.string().min(1).max(200), reason: Reason });
export const InventoryAnswer = z.strictObject({ item: InventoryItem });
