/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type EventPage = { events: OperationEvent[]; last: number; ended: boolean };
export type Fault = { kind: string; message: string; provider?: string; urn?: string; retryable: boolean; retryAfterMs?: number };
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
export type OperationAnswer = { operation: Operation };
export type OperationEvent = { operation_id: string; seq: number; type: string; data: unknown; at: string };
export type OperationKind =
  | 'configure'
  | 'delete-snapshot'
  | 'destroy'
  | 'drift-check'
  | 'drift-repair'
  | 'hand-destroy'
  | 'hand-refresh'
  | 'hand-update'
  | 'import'
  | 'power-cycle'
  | 'preview'
  | 'provision'
  | 'reboot'
  | 'refresh'
  | 'reinstall'
  | 'rename'
  | 'rescue'
  | 'reset-password'
  | 'resize'
  | 'restore-snapshot'
  | 'snapshot'
  | 'start'
  | 'stop'
  | 'suspend'
  | 'undo-end'
  | 'unrescue'
  | 'unsuspend';
export type OperationPage = { operations: Operation[]; next: string | null };
export type OperationStatus = 'queued' | 'running' | 'waiting_for_person' | 'succeeded' | 'failed' | 'cancelled' | 'stalled';
