/** The queue and what waits for a person, on the wire. */
import { z } from 'zod';
import { Reason } from './fields.ts';
import { Flag, OperationId, Timestamp, VpsId } from './ids.ts';
import { Operation, OperationKind } from './operation.ts';

const Counts = {
  /** Could start now. */
  waiting: z.int(),
  active: z.int(),
  /** Will be tried again later by itself. */
  scheduled: z.int(),
  /** Since when the oldest of them all waits. */
  oldest_at: Timestamp.nullable(),
};

export const QueueState = z.strictObject({
  ...Counts,
  /** When the next scheduled attempt is due. */
  next_retry_at: Timestamp.nullable(),
  kinds: z.array(z.strictObject({ kind: OperationKind, ...Counts })),
  /** The queues of wake-ups behind it. A lost wake-up costs time, never an operation. */
  queues: z.array(
    z.strictObject({
      name: z.string(),
      waiting: z.int(),
      active: z.int(),
      scheduled: z.int(),
      failed: z.int(),
      oldest_at: Timestamp.nullable(),
    }),
  ),
  /** How many dead letters wait for a person. */
  dead_letters: z.int(),
  at: Timestamp,
});
export type QueueState = z.infer<typeof QueueState>;

/** `operation:…` stalled, its VPS waits. `sweep:…` failed. `job:…` a wake-up that nobody could take. */
export const DEAD_LETTER_SOURCES = ['operation', 'sweep', 'job'] as const;
export const DeadLetterSource = z.enum(DEAD_LETTER_SOURCES);
const DeadLetterId = z.string().regex(/^(operation|sweep|job):[a-z0-9-]{1,64}$/, 'use the `id` of a dead letter, unchanged');

export const DeadLetter = z.strictObject({
  id: DeadLetterId,
  source: DeadLetterSource,
  /** Which operation, sweep or queue. */
  what: z.string(),
  /** The class of fault. */
  fault: z.string(),
  message: z.string(),
  /** What a person should do. */
  remedy: z.string(),
  attempts: z.int(),
  vps_id: VpsId.nullable(),
  vps_label: z.string().nullable(),
  operation_id: OperationId.nullable(),
  happened_at: Timestamp,
  /** Dismissed until it happens again. */
  dismissed: z.strictObject({ by: z.string(), reason: z.string(), at: Timestamp }).nullable(),
});
export type DeadLetter = z.infer<typeof DeadLetter>;
export const DeadLetterList = z.strictObject({
  letters: z.array(DeadLetter),
  /** Of those that are not dismissed. */
  classes: z.array(z.strictObject({ source: DeadLetterSource, fault: z.string(), count: z.int() })),
});
export const DeadLetterQuery = z.strictObject({
  source: DeadLetterSource.optional(),
  fault: z.string().max(100).optional(),
  /** Also those that were dismissed. */
  dismissed: Flag.default(false),
});
export const DeadLetterParams = z.strictObject({ id: DeadLetterId });
export const DeadLetterAnswer = z.strictObject({ letter: DeadLetter });
/** `operation` is what runs again; null for a sweep, and for a wake-up whose operation has ended. */
export const DeadLetterRetried = z.strictObject({ letter: DeadLetter, operation: Operation.nullable() });
export const DeadLetterRetryMany = z.strictObject({
  source: DeadLetterSource.optional(),
  /** The class of fault, as the list names it. */
  fault: z.string().min(1).max(100),
  limit: z.int().min(1).max(500).default(100),
});
export const DeadLettersRetried = z.strictObject({
  retried: z.array(z.strictObject({ id: DeadLetterId, operation_id: OperationId.nullable() })),
  refused: z.array(z.strictObject({ id: DeadLetterId, code: z.string(), detail: z.string() })),
});
export const DeadLetterDismiss = z.strictObject({
  reason: Reason.meta({ examples: ['the customer is gone'] }),
});

/** An event that one of those who make something of it could not handle. */
export const GivenUpEvent = z.strictObject({
  /** Who could not. */
  processor: z.string(),
  position: z.string(),
  event_id: z.uuid(),
  kind: z.string(),
  subject: z.string(),
  attempts: z.int(),
  error: z.string().nullable(),
  at: Timestamp,
});
export type GivenUpEvent = z.infer<typeof GivenUpEvent>;
export const GivenUpEvents = z.strictObject({ events: z.array(GivenUpEvent) });
export const GivenUpParams = z.strictObject({
  processor: z.string().regex(/^[a-z0-9-]{1,60}$/, 'is a name of letters, digits and hyphens'),
  position: z.string().regex(/^\d{1,18}$/, 'is a number'),
});
export const GivenUpDecided = z.strictObject({ processor: z.string(), position: z.string() });
