/** The audit trail on the wire. */
import { z } from 'zod';
import { InstantText } from './fields.ts';
import { OrganizationId, Timestamp } from './ids.ts';

export const ACTOR_KINDS = ['user', 'token', 'service_account', 'system'] as const;
export const ActorKind = z.enum(ACTOR_KINDS);

export const AuditEvent = z.strictObject({
  seq: z.string(),
  at: Timestamp,
  /** Its name, or a pseudonym where a person was erased. */
  actor: z.string(),
  /** null in rows of the first release, as are the fields below. */
  actor_kind: ActorKind.nullable(),
  actor_id: z.string().nullable(),
  on_behalf_of: z.strictObject({ kind: z.enum(['user', 'organization']), id: z.string(), name: z.string() }).nullable(),
  /** The organization in which it acted; null: on the platform. */
  scope: z.string().nullable(),
  address: z.string().nullable(),
  user_agent: z.string().nullable(),
  request_id: z.string().nullable(),
  action: z.string(),
  target: z.string(),
  organization_id: z.string().nullable(),
  data: z.json(),
  before: z.json().nullable(),
  after: z.json().nullable(),
  /** How the row is hashed. */
  form: z.int(),
  previous_hash: z.string(),
  hash: z.string(),
});
export type AuditEvent = z.infer<typeof AuditEvent>;

const filters = {
  /** Only what was done to this: a VPS, an account, a token, by its id. */
  target: z.string().min(1).max(200).optional(),
  /** Only what this one did, by its id or its name. */
  actor: z.string().min(1).max(200).optional(),
  actor_kind: ActorKind.optional(),
  /** A noun and a verb, or the noun alone: `vps.password-revealed`, `vps`. */
  action: z
    .string()
    .regex(/^[a-z0-9.-]{1,80}$/)
    .optional(),
  /** Only this organization's; for callers that act on the platform. */
  organization_id: OrganizationId.optional(),
  since: InstantText.optional(),
  until: InstantText.optional(),
  /** In names, actions, targets and details. */
  q: z.string().trim().min(2).max(100).optional(),
};

export const AuditQuery = z.strictObject({
  before: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional(),
  ...filters,
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export const AuditPage = z.strictObject({ events: z.array(AuditEvent), next: z.string().nullable(), chain_intact: z.boolean() });

/** Oldest first, a JSON object or a CSV row a line. */
export const AuditExportQuery = z.strictObject({ ...filters, format: z.enum(['jsonl', 'csv']).default('jsonl') });

/** The whole chain, row by row, and against the anchors that were written outside the database. */
export const AuditVerified = z.strictObject({
  intact: z.boolean(),
  rows: z.int(),
  anchors: z.int(),
  head: z.strictObject({ at: Timestamp, seq: z.string(), hash: z.string() }).nullable(),
  /** The first thing that is wrong. */
  broken: z.strictObject({ seq: z.string(), reason: z.string() }).nullable(),
});
