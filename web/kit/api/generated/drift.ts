/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type Alert = {
  id: string;
  kind: string;
  target: string;
  message: string;
  remedy: string;
  data: unknown;
  raised_at: string;
  resolved_at: string | null;
};
export type Drift = {
  id: string;
  vps_id: string;
  label: string;
  account_id: string;
  kind: 'changed' | 'vanished';
  state: DriftState;
  differences: {
    object: 'instance' | 'record';
    name: string;
    field: string;
    recorded: string | null;
    actual: string | null;
    text: string;
  }[];
  engine: unknown | null;
  message: string | null;
  seen_count: number;
  first_seen_at: string;
  last_seen_at: string;
  decided_by: string | null;
  decided_at: string | null;
  reason: string | null;
  check_operation_id: string | null;
  action_operation_id: string | null;
  resolved_at: string | null;
  resolution: string | null;
};
export type DriftAct = { confirm?: string };
export type DriftAnswer = { drift: Drift };
export type DriftDismiss = { reason: string };
export type DriftList = { drifts: Drift[]; look: Look };
export type DriftPolicy = 'none' | 'accept' | 'repair';
export type DriftState = 'suspected' | 'confirmed' | 'unconfirmed' | 'dismissed' | 'accepting' | 'repairing' | 'resolved';
export type Inventory = { items: InventoryItem[]; look: Look; orphan_cost: { currency: string; monthly: string }[]; missing: Drift[] };
export type InventoryAnswer = { item: InventoryItem };
export type InventoryDelete = { object_id: string; reason: string };
export type InventoryItem = {
  id: string;
  account_id: string;
  kind: InventoryKind;
  reason: 'unknown_vps' | 'terminated_vps' | 'second_server' | 'not_adopted' | 'foreign';
  object_id: string;
  label: string;
  detail: unknown;
  vps_id: string | null;
  monthly_cost: string | null;
  currency: string | null;
  age_days: number | null;
  seen_count: number;
  first_seen_at: string;
  last_seen_at: string;
  deletable: boolean;
  importable: boolean;
};
export type InventoryKind = 'orphan' | 'unmanaged' | 'record' | 'leftover';
export type KillSwitchChange = {
  account_id?: string;
  stopped?: boolean;
  reason?: string;
  drift_policy?: DriftPolicy;
  destructive_hold?: boolean;
};
export type KillSwitches = {
  stopped: { reason: string; by: string; at: string } | null;
  destructive_hold: { reason: string; by: string; at: string } | null;
  accounts: { account_id: string; name: string; stopped: boolean; reason: string | null; drift_policy: DriftPolicy }[];
  alerts: Alert[];
};
export type Look = { looking: boolean; finished_at: string | null; outcome: string | null; message: string | null };
export type Sweep = {
  name: string;
  running: boolean;
  requested: boolean;
  next_run_at: string | null;
  runs: number;
  last: {
    started_at: string;
    finished_at: string | null;
    duration_ms: number | null;
    outcome: string | null;
    message: string | null;
    result: unknown | null;
  } | null;
};
export type SweepAnswer = { sweep: Sweep };
export type SweepList = { sweeps: Sweep[] };
