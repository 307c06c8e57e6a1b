/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type {
  BulkAnswer,
  BulkCreate,
  BulkItemPage,
  BulkItemStatus,
  BulkPage,
  BulkPreview,
  BulkPreviewRequest,
  BulkRetry,
  BulkStatus,
  BulkStop,
} from './bulk.ts';
import type { ChangePage } from './changes.ts';
import type { DriftRuleChange, DriftRuleList } from './drift-policy.ts';
import type {
  Automation,
  AutomationChange,
  DriftAct,
  DriftAnswer,
  DriftDismiss,
  DriftList,
  DriftState,
  Inventory,
  InventoryAnswer,
  InventoryDelete,
  InventoryKind,
  SweepAnswer,
  SweepList,
} from './drift.ts';
import type { InventoryImport, InventoryImportPreview } from './import.ts';
import type {
  DeadLetterAnswer,
  DeadLetterDismiss,
  DeadLetterList,
  DeadLetterRetried,
  DeadLetterRetryMany,
  DeadLetterSource,
  DeadLettersRetried,
  QueueState,
} from './jobs.ts';
import type { PreviewRequest, VpsAction, VpsPatch } from './lifecycle.ts';
import type { MasterKeyRotated, MasterKeyState } from './master-key.ts';
import type { EventPage, Operation, OperationKind, OperationPage, OperationStatus } from './operation.ts';
import type { OrganizationAnswer, OrganizationCreate, OrganizationList, OwnerChange } from './organization.ts';
import type { Overview, Session } from './overview.ts';
import type { AccountAnswer, AccountCreate, AccountList, AccountPatch, AccountUsage, CatalogAnswer, KeyRotate } from './provider.ts';
import type {
  SimulatorChange,
  SimulatorFault,
  SimulatorFaultCreate,
  SimulatorInstances,
  SimulatorRecords,
  SimulatorRequests,
  SimulatorState,
  SimulatorStock,
} from './simulator.ts';
import type { SnapshotList, SnapshotPage } from './snapshot.ts';
import type { StackAnswer } from './stack.ts';
import type { StackExport, StackHistory, StackResources, StackRollback, StackRolledBack, StateVerified } from './state.ts';
import type { AuditPage, Token, TokenCreate, TokenCreated, TokenList } from './token.ts';
import type { Bandwidth, Metrics } from './usage.ts';
import type {
  RevealAnswer,
  RevealRequest,
  Vps,
  VpsAccepted,
  VpsCreate,
  VpsDetail,
  VpsEnding,
  VpsOutputs,
  VpsPage,
  VpsPreviewed,
  VpsStatus,
} from './vps.ts';

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
  updateVps: { request: { id: string; body: VpsPatch }; answer: { instance: Vps } };
  /** Check stacks’ state: integrity, secrets, leftovers. Role: admin. */
  verifyState: { request: { query?: { after?: string; limit?: number } }; answer: StateVerified };
}
