/** Steps that wait for a person, on the wire. */
import { z } from 'zod';
import { Cursor, Limit, OperationId, Timestamp, VpsId } from './ids.ts';
import { Operation, OperationKind } from './operation.ts';

/** waiting: nobody has answered. withdrawn: its operation was cancelled before. */
export const PERSON_TASK_STATUSES = ['waiting', 'answered', 'withdrawn'] as const;

export const PersonTaskField = z.strictObject({
  name: z.string(),
  label: z.string(),
  help: z.string(),
  /** What is `secret` is sealed and never shown again. */
  type: z.enum(['text', 'long-text', 'secret', 'ipv4', 'ipv6', 'integer', 'date', 'choice']),
  required: z.boolean(),
  choices: z.array(z.strictObject({ value: z.string(), label: z.string() })).optional(),
});

export const PersonTask = z.strictObject({
  id: z.uuid(),
  status: z.enum(PERSON_TASK_STATUSES),
  operation_id: OperationId,
  kind: OperationKind,
  vps_id: VpsId,
  vps_label: z.string(),
  title: z.string(),
  /** What to do. */
  text: z.string(),
  form: z.array(PersonTaskField),
  asked_at: Timestamp,
  answered_at: Timestamp.nullable(),
  answered_by: z.string().nullable(),
});
export type PersonTask = z.infer<typeof PersonTask>;

export const PersonTaskParams = z.strictObject({ id: z.uuid('a task’s id is a UUID') });
export const PersonTaskQuery = z.strictObject({
  cursor: Cursor.optional(),
  limit: Limit,
  status: z.enum(PERSON_TASK_STATUSES).optional(),
  vps_id: VpsId.optional(),
});
export const PersonTaskPage = z.strictObject({ tasks: z.array(PersonTask), next: z.string().nullable() });
export const PersonTaskShown = z.strictObject({ task: PersonTask });
export const PersonTaskAnswer = z.strictObject({
  /** Values of its form by field name, all as text. */
  answers: z.record(z.string().max(100), z.string().max(10_000)).meta({ examples: [{ ipv4: '203.0.113.7' }] }),
});
/** Its operation goes on. */
export const PersonTaskAnswered = z.strictObject({ task: PersonTask, operation: Operation });
