/** Operations and their events on the wire. */
import { z } from 'zod';
import { Cursor, Limit, OperationId, Timestamp, VpsId } from './ids.ts';
import { OPERATION_KINDS } from './operations/bodies.ts';
import { OPERATION_STATUSES } from './words.ts';

export { OPERATION_KINDS } from './operations/bodies.ts';
export { ENDED, OPERATION_STATUSES } from './words.ts';

export const OperationStatus = z.enum(OPERATION_STATUSES);
export type OperationStatus = z.infer<typeof OperationStatus>;

export const OperationKind = z.enum(OPERATION_KINDS);
export type OperationKind = z.infer<typeof OperationKind>;

export const Fault = z.strictObject({
  kind: z.string(),
  message: z.string(),
  provider: z.string().optional(),
  urn: z.string().optional(),
  retryable: z.boolean(),
  retryAfterMs: z.number().optional(),
});

export const Operation = z.strictObject({
  id: OperationId,
  kind: OperationKind,
  status: OperationStatus,
  vps_id: VpsId,
  vps_label: z.string(),
  attempt: z.int(),
  max_attempts: z.int(),
  cancel_requested: z.boolean(),
  actor: z.string(),
  fault: Fault.nullable(),
  /** Changes and steps of the engine, once ended. */
  result: z.json().nullable(),
  next_attempt_at: Timestamp.nullable(),
  created_at: Timestamp,
  started_at: Timestamp.nullable(),
  finished_at: Timestamp.nullable(),
});
export type Operation = z.infer<typeof Operation>;

export const OperationEvent = z.strictObject({
  operation_id: OperationId,
  seq: z.int(),
  type: z.string(),
  data: z.json(),
  at: Timestamp,
});
export type OperationEvent = z.infer<typeof OperationEvent>;

export const OperationQuery = z.strictObject({
  cursor: Cursor.optional(),
  limit: Limit,
  vps_id: VpsId.optional(),
  status: OperationStatus.optional(),
  kind: OperationKind.optional(),
  /** Of those that match, only these. */
  ids: z
    .string()
    .regex(/^[0-9a-f-]{36}(,[0-9a-f-]{36}){0,99}$/, 'up to 100 operation ids, separated by commas')
    .optional(),
});
export const OperationPage = z.strictObject({ operations: z.array(Operation), next: z.string().nullable() });
export const OperationAnswer = z.strictObject({ operation: Operation });
export const OperationParams = z.strictObject({ id: OperationId });
export const EventQuery = z.strictObject({
  after: z.coerce.number().int().min(0).max(2_147_483_647).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(500),
});
export const EventPage = z.strictObject({ events: z.array(OperationEvent), last: z.int(), ended: z.boolean() });
