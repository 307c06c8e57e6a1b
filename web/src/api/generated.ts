/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type Problem = {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  request_id: string;
  errors: { field: string; rule: string; remedy: string }[];
};
export type Account = {
  id: string;
  name: string;
  type: string;
  endpoint: 'real' | 'simulator';
  simulated: boolean;
  status: 'ok' | 'refused' | 'unreachable' | 'unchecked';
  check_message: string | null;
  last_checked_at: string | null;
  key_fingerprint: string;
  key_last4: string;
  key_version: number;
  configuration: Record<string, unknown>;
  created_at: string;
  updated_at: string;
};
export type AccountAnswer = { provider: Account };
export type AccountCreate = {
  name: string;
  type: string;
  api_key: string | Record<string, string>;
  configuration?: Record<string, unknown>;
  endpoint?: 'real' | 'simulator';
};
export type AccountList = {
  providers: Account[];
  available: {
    type: string;
    name: string;
    roles: string[];
    credential_fields: { name: string; label: string; help: string }[];
    docs_url: string;
    features: Record<'snapshots' | 'backups' | 'rescue' | 'bandwidth' | 'metrics' | 'firewall' | 'reverse_dns', ActionCapability>;
  }[];
};
export type AccountPatch = { name?: string; configuration?: Record<string, unknown> };
export type AccountUsage = {
  provider_id: string;
  simulated: boolean;
  account_name: string;
  account_status: 'active' | 'warning' | 'locked' | 'unknown';
  instances: { used: number; ours: number; limit: number | null } | null;
  balance: { amount: string; currency: string } | null;
  rate: { left: number; requests: number; per_ms: number; paused_ms: number };
  at: string;
};
export type ActionCapability = { allowed: boolean; code?: string; reason?: string };
export type Alert = {
  id: string;
  kind: string;
  target: string;
  message: string;
  data: unknown;
  raised_at: string;
  resolved_at: string | null;
};
export type AuditEvent = {
  seq: string;
  at: string;
  actor: string;
  action: string;
  target: string;
  organization_id: string | null;
  data: unknown;
  previous_hash: string;
  hash: string;
};
export type AuditPage = { events: AuditEvent[]; next: string | null; chain_intact: boolean };
export type Automation = {
  stopped: { reason: string; by: string; at: string } | null;
  destructive_hold: { reason: string; by: string; at: string } | null;
  accounts: { account_id: string; name: string; stopped: boolean; reason: string | null; drift_policy: DriftPolicy }[];
  alerts: Alert[];
};
export type AutomationChange = {
  account_id?: string;
  stopped?: boolean;
  reason?: string;
  drift_policy?: DriftPolicy;
  destructive_hold?: boolean;
};
export type Bandwidth = {
  days: { date: string; incoming_bytes: number; outgoing_bytes: number }[];
  month: { from: string; incoming_bytes: number; outgoing_bytes: number; included_bytes: number | null; used_share: number | null };
  simulated: boolean;
  fetched_at: string;
};
export type BulkAction =
  | { action: 'start' | 'stop' | 'reboot' | 'power-cycle' }
  | { action: 'refresh' }
  | { action: 'suspend'; reason: string }
  | { action: 'unsuspend' }
  | { action: 'resize'; plan: string }
  | { action: 'reinstall'; image?: string }
  | { action: 'reset-password' }
  | { action: 'configure'; tags?: string[]; ssh_keys?: string[]; firewall?: FirewallRules | null; reverse_dns?: boolean; backups?: boolean }
  | { action: 'snapshot'; name: string; note?: string }
  | { action: 'rescue' | 'unrescue' }
  | { action: 'drift-repair' }
  | { action: 'destroy'; grace_hours?: number; final_snapshot?: boolean }
  | { action: 'restore' };
export type BulkActionInput =
  | { action: 'start' | 'stop' | 'reboot' | 'power-cycle' }
  | { action: 'refresh' }
  | { action: 'suspend'; reason: string }
  | { action: 'unsuspend' }
  | { action: 'resize'; plan: string }
  | { action: 'reinstall'; image?: string }
  | { action: 'reset-password' }
  | {
      action: 'configure';
      tags?: string[];
      ssh_keys?: string[];
      firewall?: FirewallRulesInput | null;
      reverse_dns?: boolean;
      backups?: boolean;
    }
  | { action: 'snapshot'; name: string; note?: string }
  | { action: 'rescue' | 'unrescue' }
  | { action: 'drift-repair' }
  | { action: 'destroy'; grace_hours?: number; final_snapshot?: boolean }
  | { action: 'restore' };
export type BulkAnswer = { run: BulkRun };
export type BulkCreate = {
  action: BulkActionInput;
  selection: { filter: { status?: VpsStatus; provider?: string; region?: string; q?: string } } | { ids: string[] };
  include_maintenance?: boolean;
  pace?: {
    canary?: { count: number; at_once?: boolean; soak_seconds?: number } | null;
    max_parallel?: number;
    max_per_minute?: number | null;
    max_failures?: number | string;
  };
  note?: string | null;
  approval?: string;
};
export type BulkItem = {
  position: number;
  vps_id: string;
  label: string;
  vps_status: VpsStatus;
  status: BulkItemStatus;
  canary: boolean;
  attempts: number;
  operation_id: string | null;
  fault: Fault | null;
  waiting: string | null;
  ordered_at: string | null;
  finished_at: string | null;
};
export type BulkItemPage = { items: BulkItem[]; next: string | null };
export type BulkItemStatus = 'pending' | 'ordered' | 'succeeded' | 'failed' | 'refused' | 'skipped';
export type BulkPace = {
  canary: { count: number; at_once: boolean; soak_seconds: number } | null;
  max_parallel: number;
  max_per_minute: number | null;
  max_failures: number | string;
};
export type BulkPage = { runs: BulkRun[]; next: string | null };
export type BulkPreview = {
  action: BulkAction;
  approval: string;
  approval_required: boolean;
  matched: number;
  ready: number;
  busy: number;
  refused: number;
  refused_by: { code: string; reason: string; count: number }[];
  refusals: { vps_id: string; label: string; code: string; reason: string }[];
  price: { currency: string; servers: number; before: string; after: string; difference: string }[];
  price_unknown: number;
  data_loss: boolean;
};
export type BulkPreviewRequest = {
  action: BulkActionInput;
  selection: { filter: { status?: VpsStatus; provider?: string; region?: string; q?: string } } | { ids: string[] };
  include_maintenance?: boolean;
};
export type BulkRetry = { include_refused?: boolean };
export type BulkRun = {
  id: string;
  organization_id: string | null;
  status: BulkStatus;
  note: string | null;
  action: BulkAction;
  selection: { filter: { status?: VpsStatus; provider?: string; region?: string; q?: string } } | { ids_count: number };
  pace: BulkPace;
  include_maintenance: boolean;
  counts: { total: number; pending: number; ordered: number; succeeded: number; failed: number; refused: number; skipped: number };
  canary: 'none' | 'running' | 'soaking' | 'passed';
  soak_until: string | null;
  reason: string | null;
  waiting: string | null;
  started_by: string;
  actor: string;
  created_at: string;
  finished_at: string | null;
};
export type BulkStatus = 'running' | 'paused' | 'cancelled' | 'finished';
export type BulkStop = { reason?: string };
export type CatalogAnswer = { provider: string; provider_id: string; simulated: boolean; fetched_at: string; items: unknown[] };
export type Change = { id: string; vps_id: string; operation_id: string | null; status: string; at: string };
export type ChangePage = { changes: Change[]; last: string; reset: boolean };
export type ChangePreview = {
  action: VpsActionName;
  approval: string;
  resources: { name: string; effect: 'create' | 'update' | 'replace' | 'delete' | 'reinstall' | 'restore' }[];
  replaces_instance: boolean;
  data_loss: boolean;
  interruption: boolean;
  new_address: boolean;
  price_before: { monthly: string; currency: string } | null;
  price_after: { monthly: string; currency: string } | null;
  price_difference: string | null;
  notes: string[];
};
export type DeadLetter = {
  id: string;
  source: DeadLetterSource;
  what: string;
  fault: string;
  message: string;
  remedy: string;
  attempts: number;
  vps_id: string | null;
  vps_label: string | null;
  operation_id: string | null;
  happened_at: string;
  dismissed: { by: string; reason: string; at: string } | null;
};
export type DeadLetterAnswer = { letter: DeadLetter };
export type DeadLetterDismiss = { reason: string };
export type DeadLetterList = { letters: DeadLetter[]; classes: { source: DeadLetterSource; fault: string; count: number }[] };
export type DeadLetterRetried = { letter: DeadLetter; operation: Operation | null };
export type DeadLetterRetryMany = { source?: DeadLetterSource; fault: string; limit?: number };
export type DeadLetterSource = 'operation' | 'sweep' | 'job';
export type DeadLettersRetried = {
  retried: { id: string; operation_id: string | null }[];
  refused: { id: string; code: string; detail: string }[];
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
export type DriftField = 'power' | 'plan' | 'label' | 'region' | 'addresses' | 'identity' | 'records';
export type DriftList = { drifts: Drift[] };
export type DriftPolicy = 'none' | 'accept' | 'repair';
export type DriftRule = {
  account_id: string;
  plan: string | null;
  field: DriftField | null;
  policy: DriftPolicy;
  changed_by: string;
  changed_at: string;
};
export type DriftRuleChange = { account_id: string; plan?: string | null; fields?: DriftField[]; policy: DriftPolicy | null };
export type DriftRuleList = { rules: DriftRule[] };
export type DriftState = 'suspected' | 'confirmed' | 'unconfirmed' | 'dismissed' | 'accepting' | 'repairing' | 'resolved';
export type EventPage = { events: OperationEvent[]; last: number; ended: boolean };
export type Evidence = {
  clean: boolean;
  at: string;
  checks: { what: string; result: 'gone' | 'found' | 'unread'; detail: string; at: string }[];
  monthly_cost: { monthly: string; currency: string } | null;
};
export type Fault = { kind: string; message: string; provider?: string; urn?: string; retryable: boolean; retryAfterMs?: number };
export type FirewallRules = { protocol: 'tcp' | 'udp' | 'icmp'; ports: string | null; sources: string[] }[];
export type FirewallRulesInput = { protocol: 'tcp' | 'udp' | 'icmp'; ports?: string | null; sources: string[] }[];
export type Inventory = { items: InventoryItem[]; orphan_cost: { currency: string; monthly: string }[]; missing: Drift[] };
export type InventoryAnswer = { item: InventoryItem };
export type InventoryDelete = { object_id: string; reason: string };
export type InventoryImport = {
  label: string;
  hostname?: string;
  organization_id?: string;
  dns?: { zone?: string; name?: string; proxied?: boolean; reverse?: boolean };
  root_pass?: string;
};
export type InventoryImportPreview = {
  item_id: string;
  object_id: string;
  record: {
    label: string;
    hostname: string;
    region: string;
    plan: string;
    image: string | null;
    ipv4: string | null;
    ipv6: string | null;
    backups: boolean;
    tags: string[];
    dns_name: string | null;
    password_known: boolean;
  };
  changes: string[];
  not_taken_over: string[];
};
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
export type KeyRotate = { api_key: string | Record<string, string> };
export type MasterKeyRotated = {
  key_id: string;
  keys: { key_id: string; values: number; loaded: boolean }[];
  rewrapped: number;
  unreadable: { table: string; column: string; id: string; reason: string }[];
  done: boolean;
};
export type MasterKeyState = { key_id: string; keys: { key_id: string; values: number; loaded: boolean }[] };
export type Metrics = {
  from: string;
  to: string;
  series: { metric: 'cpu' | 'network-in' | 'network-out'; unit: 'percent' | 'bytes_per_second'; points: { at: string; value: number }[] }[];
  simulated: boolean;
  fetched_at: string;
};
export type Operation = {
  id: string;
  kind: OperationKind;
  status: OperationStatus;
  vps_id: string;
  vps_label: string;
  attempt: number;
  max_attempts: number;
  cancel_requested: boolean;
  actor: string;
  fault: Fault | null;
  result: unknown | null;
  next_attempt_at: string | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
};
export type OperationEvent = { operation_id: string; seq: number; type: string; data: unknown; at: string };
export type OperationKind =
  | 'provision'
  | 'import'
  | 'refresh'
  | 'preview'
  | 'destroy'
  | 'start'
  | 'stop'
  | 'reboot'
  | 'power-cycle'
  | 'rename'
  | 'resize'
  | 'reinstall'
  | 'reset-password'
  | 'configure'
  | 'suspend'
  | 'unsuspend'
  | 'snapshot'
  | 'restore-snapshot'
  | 'delete-snapshot'
  | 'rescue'
  | 'unrescue'
  | 'drift-check'
  | 'drift-repair'
  | 'hand-update'
  | 'hand-refresh'
  | 'hand-destroy';
export type OperationPage = { operations: Operation[]; next: string | null };
export type OperationStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'stalled';
export type Organization = { id: string; name: string; vps_count: number; created_at: string };
export type OrganizationAnswer = { organization: Organization };
export type OrganizationCreate = { name: string };
export type OrganizationList = { organizations: Organization[] };
export type Overview = {
  total: number;
  by_status: { status: VpsStatus; count: number }[];
  by_region: { provider: string; region: string; count: number }[];
  operations: { status: OperationStatus; count: number }[];
  durations: { kind: OperationKind; count: number; median_ms: number; p95_ms: number }[];
  at: string;
};
export type OwnerChange = { organization_id: string; reason: string };
export type PreviewRequest = { change?: VpsChange };
export type QueueState = {
  waiting: number;
  active: number;
  scheduled: number;
  oldest_at: string | null;
  next_retry_at: string | null;
  kinds: { kind: OperationKind; waiting: number; active: number; scheduled: number; oldest_at: string | null }[];
  queues: { name: string; waiting: number; active: number; scheduled: number; failed: number; oldest_at: string | null }[];
  dead_letters: number;
  at: string;
};
export type RevealAnswer = { username: string; password: string; reveal_count: number; simulated: boolean };
export type RevealRequest = { reason: string; again?: boolean };
export type Role = 'viewer' | 'operator' | 'admin';
export type Session = {
  name: string;
  role: Role;
  organization_id: string | null;
  mode: 'development' | 'production';
  version: string;
  simulator_url: string | null;
  client_address: string | null;
};
export type SimulatorChange =
  | { change: 'remove' }
  | { change: 'power'; power: 'on' | 'off' }
  | { change: 'rename'; label: string }
  | { change: 'resize'; plan: string };
export type SimulatorFault = {
  id: string;
  provider: string;
  kind: string;
  method: string | null;
  path: string | null;
  times: number | null;
  hits: number;
  detail: string;
};
export type SimulatorFaultCreate = {
  provider: string;
  kind: 'status' | 'timeout' | 'cut' | 'malformed' | 'lost-answer' | 'delay' | 'vanish' | 'hold' | 'flag';
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path?: string;
  times?: number | null;
  status?: number;
  ms?: number;
  when?: 'before' | 'after';
  flag?: string;
  match?: string;
};
export type SimulatorInstances = {
  instances: {
    provider: string;
    id: string;
    label: string;
    status: string;
    region: string;
    plan: string;
    image: string;
    ipv4: string;
    tags: string[];
  }[];
};
export type SimulatorRecords = {
  records: { provider: string; zone: string; name: string; type: string; content: string; comment: string | null }[];
};
export type SimulatorRequests = {
  requests: { at: string; provider: string; method: string; path: string; status: number; ms: number; fault: string | null }[];
};
export type SimulatorState = {
  speed: number;
  providers: { id: string; instances: number; records: number; accounts: number }[];
  faults: SimulatorFault[];
};
export type SimulatorStock = { provider: string; plan: string; region: string; available: boolean };
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
export type SnapshotPage = { snapshots: Snapshot[]; next: string | null };
export type SnapshotStatus = 'pending' | 'available' | 'failed' | 'deleting' | 'deleted' | 'missing';
export type StackAnswer = { organization: string; project: string; stack: string; config: Record<string, { secure: string } | unknown> };
export type StackExport = { stack: string; version: number; deployment: { version: number; deployment: unknown } };
export type StackHistory = { stack: string; version: number; updates: StackUpdate[] };
export type StackResource = {
  urn: string;
  type: string;
  name: string;
  parent: string | null;
  provider_id: string | null;
  protect: boolean;
  dependencies: string[];
};
export type StackResources = { version: number | null; resources: StackResource[] };
export type StackRollback = { version: number; reason: string };
export type StackRolledBack = { stack: string; from: number; to: number; version: number };
export type StackUpdate = {
  version: number;
  kind: string;
  status: string;
  actor: string;
  message: string;
  changes: Record<string, number>;
  started_at: string | null;
  ended_at: string | null;
  kept: boolean;
};
export type StateVerified = { checked: number; problems: { stack: string; rule: string; remedy: string }[]; next: string | null };
export type Sweep = {
  name: string;
  running: boolean;
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
export type Token = {
  id: string;
  name: string;
  prefix: string;
  role: Role;
  organization_id: string | null;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
  created_at: string;
};
export type TokenCreate = { name: string; role: Role; organization_id?: string; expires_at?: string };
export type TokenCreated = { token: Token; secret: string };
export type TokenList = { tokens: Token[] };
export type Vps = {
  id: string;
  organization_id: string;
  label: string;
  hostname: string;
  status: VpsStatus;
  provider: string;
  provider_id: string;
  simulated: boolean;
  region: string;
  plan: string;
  image: string;
  ipv4: string | null;
  ipv6: string | null;
  instance_id: string | null;
  dns_name: string | null;
  reverse_dns: boolean;
  backups: boolean;
  firewall: FirewallRules | null;
  generation: number;
  tags: string[];
  password_available: boolean;
  password_revealed: boolean;
  external_reference: string | null;
  power_state: 'running' | 'stopped' | null;
  notes: string | null;
  delete_protection: boolean;
  maintenance: string | null;
  suspension: { reason: string; since: string } | null;
  terminate_due_at: string | null;
  final_snapshot: boolean;
  rescue_since: string | null;
  created_at: string;
  updated_at: string;
  deleted_at: string | null;
};
export type VpsAccepted = { instance: Vps; operation: Operation };
export type VpsAction =
  | { action: 'start' | 'stop' | 'reboot' | 'power-cycle' }
  | { action: 'rename'; label?: string; hostname?: string; approval?: string }
  | { action: 'resize'; plan: string; approval?: string }
  | { action: 'reinstall'; image?: string; root_pass?: string; approval?: string }
  | { action: 'reset-password'; root_pass?: string; approval?: string }
  | {
      action: 'configure';
      tags?: string[];
      ssh_keys?: string[];
      firewall?: FirewallRulesInput | null;
      reverse_dns?: boolean;
      backups?: boolean;
      approval?: string;
    }
  | { action: 'suspend'; reason: string }
  | { action: 'unsuspend' }
  | { action: 'snapshot'; name: string; note?: string }
  | { action: 'restore-snapshot'; snapshot: string; approval?: string }
  | { action: 'delete-snapshot'; snapshot: string }
  | { action: 'rescue' | 'unrescue' };
export type VpsActionName =
  | 'start'
  | 'stop'
  | 'reboot'
  | 'power-cycle'
  | 'rename'
  | 'resize'
  | 'reinstall'
  | 'reset-password'
  | 'configure'
  | 'suspend'
  | 'unsuspend'
  | 'snapshot'
  | 'restore-snapshot'
  | 'delete-snapshot'
  | 'rescue'
  | 'unrescue'
  | 'destroy'
  | 'restore';
export type VpsCapabilities = Record<VpsActionName, ActionCapability>;
export type VpsChange =
  | { action: 'rename'; label?: string; hostname?: string; approval?: string }
  | { action: 'resize'; plan: string; approval?: string }
  | { action: 'reinstall'; image?: string; root_pass?: string; approval?: string }
  | { action: 'reset-password'; root_pass?: string; approval?: string }
  | {
      action: 'configure';
      tags?: string[];
      ssh_keys?: string[];
      firewall?: FirewallRulesInput | null;
      reverse_dns?: boolean;
      backups?: boolean;
      approval?: string;
    }
  | { action: 'restore-snapshot'; snapshot: string; approval?: string }
  | { action: 'destroy'; final_snapshot?: boolean };
export type VpsCreate = {
  label: string;
  type: string;
  region: string;
  image: string;
  root_pass?: string;
  ssh_keys?: string[];
  provider_id?: string;
  dns?: { enabled?: boolean; zone?: string; name?: string; proxied?: boolean; reverse?: boolean };
  hostname?: string;
  ipv6?: boolean;
  backups?: boolean;
  firewall?: FirewallRulesInput;
  cloud_init?: {
    packages?: string[];
    package_update?: boolean;
    package_upgrade?: boolean;
    users?: { name: string; sudo?: boolean; shell?: string; ssh_keys?: string[] }[];
    files?: { path: string; content: string; owner?: string; permissions?: string }[];
    services?: string[];
    timezone?: string;
  };
  tags?: string[];
  external_reference?: string;
  organization_id?: string;
};
export type VpsDetail = {
  id: string;
  organization_id: string;
  label: string;
  hostname: string;
  status: VpsStatus;
  provider: string;
  provider_id: string;
  simulated: boolean;
  region: string;
  plan: string;
  image: string;
  ipv4: string | null;
  ipv6: string | null;
  instance_id: string | null;
  dns_name: string | null;
  reverse_dns: boolean;
  backups: boolean;
  firewall: FirewallRules | null;
  generation: number;
  tags: string[];
  password_available: boolean;
  password_revealed: boolean;
  external_reference: string | null;
  power_state: 'running' | 'stopped' | null;
  notes: string | null;
  delete_protection: boolean;
  maintenance: string | null;
  suspension: { reason: string; since: string } | null;
  terminate_due_at: string | null;
  final_snapshot: boolean;
  rescue_since: string | null;
  created_at: string;
  updated_at: string;
  deleted_at: string | null;
  capabilities: VpsCapabilities;
  features: Record<'snapshots' | 'backups' | 'rescue' | 'bandwidth' | 'metrics' | 'firewall' | 'reverse_dns', ActionCapability>;
  evidence: Evidence | null;
};
export type VpsEnding = { instance: Vps; operation: Operation | null };
export type VpsOutputs = {
  outputs: { instanceId: string; ipv4: string; ipv6: string; hostname: string; dnsName: string | null; rootUser: string } | null;
  simulated: boolean;
};
export type VpsPage = { instances: Vps[]; next: string | null };
export type VpsPatch = { notes?: string | null; delete_protection?: boolean; maintenance?: string | null };
export type VpsPreviewed = { instance: Vps; operation: Operation | null; preview: ChangePreview | null };
export type VpsStatus = 'provisioning' | 'active' | 'suspended' | 'error' | 'terminating' | 'destroying' | 'leaked' | 'terminated';

/** What each route takes and answers. */
export interface Routes {
  /** Make the provider’s state the record. Role: admin. */
  acceptDrift: { request: { id: string; body?: DriftAct }; answer: DriftAnswer };
  /** Start, stop, rename, resize, reinstall, snapshot, restore, rescue, suspend and so on. Role: operator. */
  actOnVps: { request: { id: string; body: VpsAction }; answer: VpsAccepted };
  /** Skip what was not ordered yet; what is under way ends by itself. Role: operator. */
  cancelBulkRun: { request: { id: string; body?: BulkStop }; answer: BulkAnswer };
  /** Cancel an operation. Role: operator. */
  cancelOperation: { request: { id: string }; answer: { operation: Operation } };
  /** Delete, switch, rename or resize a simulated server behind Plinth’s back. Role: admin. */
  changeSimulatorInstance: { request: { provider: string; id: string; body: SimulatorChange }; answer: undefined };
  /** Try the key at the provider now. Role: admin. */
  checkAccount: { request: { id: string }; answer: AccountAnswer };
  /** Add an account; its key is tried at the provider first. Role: admin. */
  createAccount: { request: { body: AccountCreate }; answer: AccountAnswer };
  /** Do one action to many VPSes, first to a few, then at a chosen pace. Role: operator. */
  createBulkRun: { request: { body: BulkCreate }; answer: BulkAnswer };
  /** Add an organization. Role: admin. */
  createOrganization: { request: { body: OrganizationCreate }; answer: OrganizationAnswer };
  /** Switch a fault on. Role: admin. */
  createSimulatorFault: { request: { body: SimulatorFaultCreate }; answer: SimulatorFault };
  /** Make a token; its secret is in this answer only. Role: admin. */
  createToken: { request: { body: TokenCreate }; answer: TokenCreated };
  /** Create a VPS. Role: operator. */
  createVps: { request: { body: VpsCreate }; answer: VpsAccepted };
  /** Remove an account that nothing uses. Role: admin. */
  deleteAccount: { request: { id: string }; answer: undefined };
  /** Switch a fault off. Role: admin. */
  deleteSimulatorFault: { request: { id: string }; answer: undefined };
  /** Delete an orphan, a dangling record or a leftover at its provider, its id typed, after two sightings. Role: admin. */
  deleteStray: { request: { id: string; body: InventoryDelete }; answer: InventoryAnswer };
  /** Revoke a token at once. Role: admin. */
  deleteToken: { request: { id: string }; answer: { token: Token } };
  /** Terminate a VPS, now or after a grace in which it can be restored. Role: operator. */
  deleteVps: { request: { id: string; query?: { grace_hours?: number; final_snapshot?: boolean } }; answer: VpsEnding };
  /** Take one off the list until it happens again; the audit trail keeps why. Role: admin. */
  dismissDeadLetter: { request: { id: string; body: DeadLetterDismiss }; answer: DeadLetterAnswer };
  /** Leave it as it is until it changes again. Role: admin. */
  dismissDrift: { request: { id: string; body: DriftDismiss }; answer: DriftAnswer };
  /** One account. Role: admin. */
  getAccount: { request: { id: string }; answer: AccountAnswer };
  /** Servers used of the limit, balance, and calls left, asked at the provider now. Role: admin. */
  getAccountUsage: { request: { id: string }; answer: AccountUsage };
  /** What Plinth may do by itself, and what needs a person. Role: admin. */
  getAutomation: { request: {}; answer: Automation };
  /** One bulk run, with its items counted by status. Role: viewer. */
  getBulkRun: { request: { id: string }; answer: BulkAnswer };
  /** Plans, regions, images or zones of an account. Role: viewer. */
  getCatalog: {
    request: { kind: 'plans' | 'regions' | 'images' | 'zones'; query?: { provider?: string; providerId?: string; refresh?: boolean } };
    answer: CatalogAnswer;
  };
  /** One drift. Role: admin. */
  getDrift: { request: { id: string }; answer: DriftAnswer };
  /** Which master keys seal how much, by id. Role: admin. */
  getMasterKey: { request: {}; answer: MasterKeyState };
  /** One operation. Role: viewer. */
  getOperation: { request: { id: string }; answer: { operation: Operation } };
  /** VPSes by state and region, unfinished operations, usual times. Role: viewer. */
  getOverview: { request: {}; answer: Overview };
  /** The queue: what waits, runs and is tried again later, and since when. Role: admin. */
  getQueue: { request: {}; answer: QueueState };
  /** Who this token is, and what this Plinth is. Role: viewer. */
  getSession: { request: {}; answer: Session };
  /** The simulated providers, their counts, and the faults that are on. Role: admin. */
  getSimulator: { request: {}; answer: SimulatorState };
  /** One VPS, and what can be done with it now. Role: viewer. */
  getVps: { request: { id: string }; answer: { instance: VpsDetail } };
  /** Transfer by day, and of this month against the plan’s. Role: viewer. */
  getVpsBandwidth: { request: { id: string }; answer: Bandwidth };
  /** What its stack put out, without secrets. Role: viewer. */
  getVpsOutputs: { request: { id: string }; answer: VpsOutputs };
  /** Its stack, for work by hand with the pulumi command. Role: viewer. */
  getVpsStack: { request: { id: string }; answer: StackAnswer };
  /** Updates of its stack, newest first, and which versions are kept. Role: viewer. */
  getVpsStackHistory: { request: { id: string; query?: { limit?: number } }; answer: StackHistory };
  /** A kept version of its state, as Pulumi exports it. Role: operator. */
  getVpsStackVersion: { request: { id: string; version: number }; answer: StackExport };
  /** Take an existing server into a stack, as a VPS; the server gets a tag and is not changed otherwise. Role: admin. */
  importServer: { request: { id: string; body: InventoryImport }; answer: VpsAccepted };
  /** Provider accounts, and the providers there are. Role: admin. */
  listAccounts: { request: {}; answer: AccountList };
  /** The audit trail, newest first. Role: admin. */
  listAudit: { request: { query?: { before?: string; target?: string; limit?: number } }; answer: AuditPage };
  /** What became of each VPS of a bulk run. Role: viewer. */
  listBulkItems: { request: { id: string; query?: { cursor?: string; limit?: number; status?: BulkItemStatus } }; answer: BulkItemPage };
  /** List bulk runs, newest first. Role: viewer. */
  listBulkRuns: { request: { query?: { cursor?: string; limit?: number; status?: BulkStatus } }; answer: BulkPage };
  /** Every change of a VPS or operation; a stream with Accept: text/event-stream, resumable with Last-Event-ID. Role: viewer. */
  listChanges: { request: { query?: { after?: string; limit?: number } }; answer: ChangePage };
  /** What stands still and waits for a person, with what to do about it. Role: admin. */
  listDeadLetters: { request: { query?: { source?: DeadLetterSource; fault?: string; dismissed?: boolean } }; answer: DeadLetterList };
  /** Where providers differ from what stacks recorded; without `state`, what is not settled. Role: admin. */
  listDrift: {
    request: { query?: { state?: DriftState; kind?: 'changed' | 'vanished'; vps_id?: string; account_id?: string; limit?: number } };
    answer: DriftList;
  };
  /** The rules for drift of single plans and kinds of difference, beside each account’s own policy. Role: admin. */
  listDriftPolicies: { request: { query?: { account_id?: string } }; answer: DriftRuleList };
  /** What accounts hold that no record accounts for: orphans with their cost, unmanaged servers, dangling DNS records, leftovers. Role: admin. */
  listInventory: { request: { query?: { kind?: InventoryKind; account_id?: string } }; answer: Inventory };
  /** Events after a number; a stream with Accept: text/event-stream. Role: viewer. */
  listOperationEvents: { request: { id: string; query?: { after?: number; limit?: number } }; answer: EventPage };
  /** List operations, newest first. Role: viewer. */
  listOperations: {
    request: { query?: { cursor?: string; limit?: number; vps_id?: string; status?: OperationStatus; kind?: OperationKind } };
    answer: OperationPage;
  };
  /** List organizations, the customers. Role: admin. */
  listOrganizations: { request: {}; answer: OrganizationList };
  /** The simulated servers, whoever made them. Role: admin. */
  listSimulatorInstances: { request: {}; answer: SimulatorInstances };
  /** The simulated DNS records. Role: admin. */
  listSimulatorRecords: { request: {}; answer: SimulatorRecords };
  /** The last calls that reached the simulated providers. Role: admin. */
  listSimulatorRequests: { request: { query?: { limit?: number; provider?: string } }; answer: SimulatorRequests };
  /** Recorded snapshots of all VPSes, also of terminated ones, with what they cost. Role: viewer. */
  listSnapshots: { request: { query?: { cursor?: string; limit?: number; final?: boolean } }; answer: SnapshotPage };
  /** The reconcilers: when they ran, what came of it, when they run next. Role: admin. */
  listSweeps: { request: {}; answer: SweepList };
  /** List tokens, without their secrets. Role: admin. */
  listTokens: { request: {}; answer: TokenList };
  /** Processor and network over time, where the provider measures them. Role: viewer. */
  listVpsMetrics: { request: { id: string; query?: { from?: string; to?: string } }; answer: Metrics };
  /** What its stack holds, and what stands on what. Role: viewer. */
  listVpsResources: { request: { id: string }; answer: StackResources };
  /** Snapshots and backups of a VPS, as its provider has them now. Role: viewer. */
  listVpsSnapshots: { request: { id: string }; answer: SnapshotList };
  /** List VPSes. Role: viewer. */
  listVpses: {
    request: {
      query?: {
        cursor?: string;
        limit?: number;
        status?: VpsStatus;
        provider?: string;
        region?: string;
        q?: string;
        sort?: 'created_at' | '-created_at' | 'label' | '-label';
        include_deleted?: boolean;
      };
    };
    answer: VpsPage;
  };
  /** Order nothing more until it is resumed; what is under way ends by itself. Role: operator. */
  pauseBulkRun: { request: { id: string; body?: BulkStop }; answer: BulkAnswer };
  /** Dry run: how many VPSes match, which are refused and why, what it costs. Role: operator. */
  previewBulkRun: { request: { body: BulkPreviewRequest }; answer: BulkPreview };
  /** What an import would record, what it would change at the server, and what it cannot know. Role: admin. */
  previewImport: { request: { id: string; body: InventoryImport }; answer: InventoryImportPreview };
  /** Show what a change, or without one the next update, would do. Role: operator. */
  previewVps: { request: { id: string; body?: PreviewRequest }; answer: VpsPreviewed };
  /** Ask the provider what is there now. Role: operator. */
  refreshVps: { request: { id: string }; answer: VpsAccepted };
  /** Make the provider’s state what the record says. Role: admin. */
  repairDrift: { request: { id: string; body?: DriftAct }; answer: DriftAnswer };
  /** Undo a termination whose grace still runs. Role: operator. */
  restoreVps: { request: { id: string }; answer: { instance: Vps } };
  /** Go on with a paused run, in the name of who asks; failures until now count no more. Role: operator. */
  resumeBulkRun: { request: { id: string }; answer: BulkAnswer };
  /** Order again what failed, and go on. Role: operator. */
  retryBulkRun: { request: { id: string; body?: BulkRetry }; answer: BulkAnswer };
  /** Run one again. Role: admin. */
  retryDeadLetter: { request: { id: string }; answer: DeadLetterRetried };
  /** Run again everything that has one class of fault. Role: admin. */
  retryDeadLetters: { request: { body: DeadLetterRetryMany }; answer: DeadLettersRetried };
  /** Run the last failed operation again. Role: operator. */
  retryVps: { request: { id: string }; answer: VpsAccepted };
  /** Show the administrator password, once. Role: operator. */
  revealVpsPassword: { request: { id: string; body: RevealRequest }; answer: RevealAnswer };
  /** Put a kept version of its state in force; changes nothing at the provider. Role: admin. */
  rollbackVpsStack: { request: { id: string; body: StackRollback }; answer: StackRolledBack };
  /** Replace the key; the new one is tried first. Role: admin. */
  rotateAccountKey: { request: { id: string; body: KeyRotate }; answer: AccountAnswer };
  /** Move secrets from the previous master key to the present one. Role: admin. */
  rotateMasterKey: { request: {}; answer: MasterKeyRotated };
  /** Run a sweep now, also while automation is stopped. Role: admin. */
  runSweep: { request: { name: string }; answer: SweepAnswer };
  /** Stop or start automation, set an account’s drift policy, set or lift the hold on destructive work. Role: admin. */
  setAutomation: { request: { body?: AutomationChange }; answer: Automation };
  /** Set rules for drift of a plan, of kinds of difference or both; a policy of null takes them away. Role: admin. */
  setDriftPolicies: { request: { body: DriftRuleChange }; answer: DriftRuleList };
  /** Have a plan sold out in a region, or bring it back. Role: admin. */
  setSimulatorStock: { request: { body: SimulatorStock }; answer: undefined };
  /** Give a VPS to another organization. Role: admin. */
  setVpsOwner: { request: { id: string; body: OwnerChange }; answer: { instance: Vps } };
  /** Every change of a VPS or operation; a stream with Accept: text/event-stream, resumable with Last-Event-ID. Role: viewer. */
  streamChanges: { request: { query?: { after?: string; limit?: number } }; answer: ReadableStream<Uint8Array> };
  /** Events as server-sent events, resumable with Last-Event-ID. Role: viewer. */
  streamOperation: { request: { id: string; query?: { after?: number; limit?: number } }; answer: ReadableStream<Uint8Array> };
  /** Events after a number; a stream with Accept: text/event-stream. Role: viewer. */
  streamOperationEvents: { request: { id: string; query?: { after?: number; limit?: number } }; answer: ReadableStream<Uint8Array> };
  /** Change name or configuration. Role: admin. */
  updateAccount: { request: { id: string; body: AccountPatch }; answer: AccountAnswer };
  /** Set notes, delete protection or maintenance. Role: operator. */
  updateVps: { request: { id: string; body?: VpsPatch }; answer: { instance: Vps } };
  /** Check stacks’ state: integrity, secrets, leftovers. Role: admin. */
  verifyState: { request: { query?: { after?: string; limit?: number } }; answer: StateVerified };
}

/** Method and path of each; STREAM is a GET whose answer is read as it comes. */
export const PATHS: { readonly [Name in keyof Routes]: string } = {
  acceptDrift: 'POST /api/admin/drift/{id}/accept',
  actOnVps: 'POST /api/vps/{id}/actions',
  cancelBulkRun: 'POST /api/bulk/{id}/cancel',
  cancelOperation: 'POST /api/operations/{id}/cancel',
  changeSimulatorInstance: 'POST /api/simulator/instances/{provider}/{id}',
  checkAccount: 'POST /api/admin/providers/{id}/check',
  createAccount: 'POST /api/admin/providers',
  createBulkRun: 'POST /api/bulk',
  createOrganization: 'POST /api/admin/organizations',
  createSimulatorFault: 'POST /api/simulator/faults',
  createToken: 'POST /api/tokens',
  createVps: 'POST /api/vps',
  deleteAccount: 'DELETE /api/admin/providers/{id}',
  deleteSimulatorFault: 'DELETE /api/simulator/faults/{id}',
  deleteStray: 'POST /api/admin/inventory/{id}/delete',
  deleteToken: 'DELETE /api/tokens/{id}',
  deleteVps: 'DELETE /api/vps/{id}',
  dismissDeadLetter: 'POST /api/admin/dead-letters/{id}/dismiss',
  dismissDrift: 'POST /api/admin/drift/{id}/dismiss',
  getAccount: 'GET /api/admin/providers/{id}',
  getAccountUsage: 'GET /api/admin/providers/{id}/usage',
  getAutomation: 'GET /api/admin/automation',
  getBulkRun: 'GET /api/bulk/{id}',
  getCatalog: 'GET /api/admin/upstream/{kind}',
  getDrift: 'GET /api/admin/drift/{id}',
  getMasterKey: 'GET /api/admin/master-key',
  getOperation: 'GET /api/operations/{id}',
  getOverview: 'GET /api/overview',
  getQueue: 'GET /api/admin/jobs',
  getSession: 'GET /api/session',
  getSimulator: 'GET /api/simulator',
  getVps: 'GET /api/vps/{id}',
  getVpsBandwidth: 'GET /api/vps/{id}/bandwidth',
  getVpsOutputs: 'GET /api/vps/{id}/outputs',
  getVpsStack: 'GET /api/vps/{id}/stack',
  getVpsStackHistory: 'GET /api/vps/{id}/stack/history',
  getVpsStackVersion: 'GET /api/vps/{id}/stack/versions/{version}',
  importServer: 'POST /api/admin/inventory/{id}/import',
  listAccounts: 'GET /api/admin/providers',
  listAudit: 'GET /api/audit',
  listBulkItems: 'GET /api/bulk/{id}/items',
  listBulkRuns: 'GET /api/bulk',
  listChanges: 'GET /api/events',
  listDeadLetters: 'GET /api/admin/dead-letters',
  listDrift: 'GET /api/admin/drift',
  listDriftPolicies: 'GET /api/admin/drift-policies',
  listInventory: 'GET /api/admin/inventory',
  listOperationEvents: 'GET /api/operations/{id}/events',
  listOperations: 'GET /api/operations',
  listOrganizations: 'GET /api/admin/organizations',
  listSimulatorInstances: 'GET /api/simulator/instances',
  listSimulatorRecords: 'GET /api/simulator/records',
  listSimulatorRequests: 'GET /api/simulator/requests',
  listSnapshots: 'GET /api/snapshots',
  listSweeps: 'GET /api/admin/sweeps',
  listTokens: 'GET /api/tokens',
  listVpsMetrics: 'GET /api/vps/{id}/metrics',
  listVpsResources: 'GET /api/vps/{id}/resources',
  listVpsSnapshots: 'GET /api/vps/{id}/snapshots',
  listVpses: 'GET /api/vps',
  pauseBulkRun: 'POST /api/bulk/{id}/pause',
  previewBulkRun: 'POST /api/bulk/preview',
  previewImport: 'POST /api/admin/inventory/{id}/import/preview',
  previewVps: 'POST /api/vps/{id}/preview',
  refreshVps: 'POST /api/vps/{id}/refresh',
  repairDrift: 'POST /api/admin/drift/{id}/repair',
  restoreVps: 'POST /api/vps/{id}/restore',
  resumeBulkRun: 'POST /api/bulk/{id}/resume',
  retryBulkRun: 'POST /api/bulk/{id}/retry-failed',
  retryDeadLetter: 'POST /api/admin/dead-letters/{id}/retry',
  retryDeadLetters: 'POST /api/admin/dead-letters/retry',
  retryVps: 'POST /api/vps/{id}/retry',
  revealVpsPassword: 'POST /api/vps/{id}/reveal-password',
  rollbackVpsStack: 'POST /api/vps/{id}/stack/rollback',
  rotateAccountKey: 'POST /api/admin/providers/{id}/rotate-key',
  rotateMasterKey: 'POST /api/admin/master-key/rotate',
  runSweep: 'POST /api/admin/sweeps/{name}/run',
  setAutomation: 'PUT /api/admin/automation',
  setDriftPolicies: 'PUT /api/admin/drift-policies',
  setSimulatorStock: 'PUT /api/simulator/stock',
  setVpsOwner: 'PUT /api/vps/{id}/owner',
  streamChanges: 'STREAM /api/events',
  streamOperation: 'STREAM /api/operations/{id}/stream',
  streamOperationEvents: 'STREAM /api/operations/{id}/events',
  updateAccount: 'PATCH /api/admin/providers/{id}',
  updateVps: 'PATCH /api/vps/{id}',
  verifyState: 'GET /api/admin/state/verify',
};
