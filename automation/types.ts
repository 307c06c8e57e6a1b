/** The words of the engine driver: requests, events, faults, results. Pure types; see engine.ts. */
import type { VpsOutputs } from '../stacks/outputs.ts';
import type { VpsSpec } from '../stacks/spec.ts';
import type { Endpoint } from '../providers/provider.ts';

export type EngineOperation = 'up' | 'preview' | 'refresh' | 'refresh-preview' | 'destroy';

/** One account that the operation needs, credential decrypted; held in memory for the operation only. */
export interface AttachedAccount {
  readonly providerId: string;
  readonly accountId: string;
  readonly credential: Readonly<Record<string, string>>;
  readonly endpoint: Endpoint;
}

/** What people answered of the server, by field name; the values of the `secret` ones travel to the runner by IPC only. */
export interface EngineAnswers {
  readonly values: Readonly<Record<string, string>>;
  readonly secret: readonly string[];
}

export interface EngineRequest {
  readonly operation: EngineOperation;
  /** Stack name, `vps-<id>`. */
  readonly stack: string;
  readonly spec: VpsSpec;
  /** A password the caller brought instead of a generated one. Secret; travels to the runner by IPC only. */
  readonly rootPassword?: string;
  /** Where a person does what no API does. */
  readonly answers?: EngineAnswers;
  readonly accounts: readonly AttachedAccount[];
  /** Shown in the stack's history. */
  readonly message: string;
  /** An `up` looks first at what the provider has of what the stack recorded. */
  readonly refreshFirst?: boolean;
  /** Instance replacement or deletion is refused in previews and updates unless true (reinstall, terminate). */
  readonly allowInstanceReplacement: boolean;
  readonly onEvent: (event: EngineEvent) => void;
  /** First abort: graceful (the engine finishes the running call). `kill` after `cancelGraceMs`. */
  readonly signal?: AbortSignal;
  /** Called with the process group as soon as the engine runs, before it can call a provider. */
  readonly onProcess?: (process: EngineProcess) => Promise<void> | void;
}

/** Enough to prove later, on the same host, whether this very process still lives. */
export interface EngineProcess {
  readonly host: string;
  readonly pid: number;
  /** Kernel start time of the process (field 22 of /proc/<pid>/stat), or null where there is no /proc. */
  readonly startTime: string | null;
}

export type StepOp =
  | 'same'
  | 'create'
  | 'update'
  | 'delete'
  | 'replace'
  | 'create-replacement'
  | 'delete-replaced'
  | 'read'
  | 'refresh'
  | 'import'
  | 'discard';

export type EngineEvent =
  | { readonly type: 'started'; readonly at: string }
  | {
      readonly type: 'step-started';
      readonly at: string;
      readonly op: StepOp;
      readonly urn: string;
      readonly resourceType: string;
      readonly name: string;
      readonly planned: boolean;
    }
  | {
      readonly type: 'step-finished';
      readonly at: string;
      readonly op: StepOp;
      readonly urn: string;
      readonly resourceType: string;
      readonly name: string;
      readonly planned: boolean;
      readonly changed: readonly PropertyChange[];
    }
  | {
      readonly type: 'step-failed';
      readonly at: string;
      readonly op: StepOp;
      readonly urn: string;
      readonly resourceType: string;
      readonly name: string;
    }
  | { readonly type: 'progress'; readonly at: string; readonly urn: string | null; readonly message: string }
  | {
      readonly type: 'diagnostic';
      readonly at: string;
      readonly severity: 'info' | 'warning' | 'error';
      readonly urn: string | null;
      readonly message: string;
    }
  | {
      readonly type: 'finished';
      readonly at: string;
      readonly changes: Readonly<Partial<Record<StepOp, number>>>;
      readonly durationMs: number;
    };

/** Values are redacted where the engine says secret. */
export interface PropertyChange {
  readonly path: string;
  readonly kind: 'add' | 'delete' | 'update';
  readonly replaces: boolean;
  readonly before?: unknown;
  readonly after?: unknown;
}

export const FAULT_KINDS = [
  'credentials',
  'forbidden',
  'quota',
  'out_of_stock',
  'invalid',
  'conflict',
  'rate_limited',
  'provider_down',
  'unknown_outcome',
  'malformed',
  'timeout',
  'cancelled',
  'not_found',
  'needs_person', // somebody must look or decide before it is tried again
  'locked', // another operation holds the stack
  'pending_operations', // a create is unresolved in the state
  'replacement_refused', // the plan would replace or delete the customer's instance
  'program_error',
  'engine_crashed',
  'engine_missing',
  'state_unavailable',
  'initialization',
  'leaked', // destroyed, but the provider still has something of it
  'unexpected',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface EngineFault {
  readonly kind: FaultKind;
  /** The sentence a person needs. No secret. */
  readonly message: string;
  readonly provider?: string;
  readonly urn?: string;
  /** Worth another try without a person. */
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
}

export interface EngineResult {
  readonly ok: boolean;
  readonly fault?: EngineFault;
  /** Of a successful `up` (and a refresh of a stack that has outputs). Holds the password: never log it. */
  readonly outputs?: VpsOutputs;
  readonly changes: Readonly<Partial<Record<StepOp, number>>>;
  /** Non-`same` steps, in order. */
  readonly steps: readonly { op: StepOp; urn: string; resourceType: string; name: string; changed: readonly PropertyChange[] }[];
  readonly durationMs: number;
}

export interface StackHistoryEntry {
  readonly version: number;
  readonly kind: string;
  readonly result: string;
  readonly message: string;
  readonly startTime: string;
  readonly endTime: string;
  readonly changes: Readonly<Record<string, number>>;
}

export interface Engine {
  /** Runs one operation; never throws for an operation's failure (see `fault`), throws on misuse. */
  run(request: EngineRequest): Promise<EngineResult>;
  /** Checkpoint as `pulumi stack export` gives it (version 3 deployment); secrets stay ciphertext. null = no such stack. */
  export(stack: string): Promise<unknown | null>;
  import(stack: string, deployment: unknown): Promise<void>;
  history(stack: string, limit: number): Promise<StackHistoryEntry[]>;
  /** Frees the lock of a stack whose owner is proven dead, and drops pending creates that find-or-create will adopt. */
  recover(stack: string): Promise<{ clearedLock: boolean; clearedPending: number }>;
  /** Forgets an empty stack. Refused while it holds resources. */
  remove(stack: string): Promise<void>;
  /** Decrypts and returns the outputs of the last update, or null. */
  outputs(stack: string): Promise<VpsOutputs | null>;
  /** Stops runners and hosts after running operations end. */
  close(): Promise<void>;
}

/**
 * Where stacks' state is. Nothing but the implementation knows which protocol the CLI speaks to it.
 */
export interface StateBackend {
  /** Environment for one CLI process on this stack: backend URL and what authorises it; creates the stack when missing. */
  open(
    stack: string,
    operation: EngineOperation | 'export' | 'import',
  ): Promise<{ env: Readonly<Record<string, string>>; release(): Promise<void> }>;
  export(stack: string): Promise<unknown | null>;
  import(stack: string, deployment: unknown): Promise<void>;
  history(stack: string, limit: number): Promise<StackHistoryEntry[]>;
  recover(stack: string): Promise<{ clearedLock: boolean; clearedPending: number }>;
  remove(stack: string): Promise<void>;
  outputs(stack: string): Promise<VpsOutputs | null>;
}
