/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { Operation, OperationKind } from './operation.ts';

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
export type GivenUpDecided = { processor: string; position: string };
export type GivenUpEvent = {
  processor: string;
  position: string;
  event_id: string;
  kind: string;
  subject: string;
  attempts: number;
  error: string | null;
  at: string;
};
export type GivenUpEvents = { events: GivenUpEvent[] };
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
