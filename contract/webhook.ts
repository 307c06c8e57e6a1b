/** Webhooks: addresses on the outside that are told of events, in the form of standardwebhooks.com. */
import { z } from 'zod';
import { EventKind } from './events.ts';
import { Cursor, Limit, OrganizationId, Timestamp } from './ids.ts';

export const WebhookEndpointId = z
  .string()
  .regex(/^ep_[0-9a-f-]{36}$/, 'an endpoint id begins with ep_')
  .brand<'WebhookEndpointId'>();
export const WebhookMessageId = z
  .string()
  .regex(/^msg_[0-9a-f-]{36}$/, 'a message id begins with msg_')
  .brand<'WebhookMessageId'>();

const Url = z.string().min(10).max(2_000);
const Kinds = z.array(EventKind).max(200);
const Description = z.string().max(200);

export const PAUSE_REASONS = ['by_person', 'failing', 'gone'] as const;
export const MESSAGE_STATUSES = ['waiting', 'delivered', 'failed'] as const;

export const WebhookEndpoint = z.strictObject({
  id: WebhookEndpointId,
  /** null: the seller's, which is told of everything. */
  organization_id: OrganizationId.nullable(),
  url: z.string(),
  description: z.string().nullable(),
  /** Empty: every kind that its owner may see. */
  kinds: z.array(z.string()),
  /** A paused one is told of nothing that happens meanwhile. */
  paused_at: Timestamp.nullable(),
  /** failing: nothing but failures for five days; gone: it answered 410. */
  pause_reason: z.enum(PAUSE_REASONS).nullable(),
  failing_since: Timestamp.nullable(),
  /** Until then messages carry the signature of the former secret as well. */
  rotating_until: Timestamp.nullable(),
  created_at: Timestamp,
});
export type WebhookEndpoint = z.infer<typeof WebhookEndpoint>;

export const WebhookCreate = z.strictObject({
  url: Url,
  kinds: Kinds.default([]),
  description: Description.optional(),
  /** For the seller only; left out: the seller's own endpoint. */
  organization_id: OrganizationId.optional(),
});
export const WebhookPatch = z.strictObject({
  url: Url.optional(),
  kinds: Kinds.optional(),
  description: Description.nullable().optional(),
  paused: z.boolean().optional(),
});
export const WebhookAnswer = z.strictObject({ endpoint: WebhookEndpoint });
export const WebhookParams = z.strictObject({ id: WebhookEndpointId });
/** The secret is shown this once. */
export const WebhookSecretAnswer = z.strictObject({ endpoint: WebhookEndpoint, secret: z.string() });
export const WebhookList = z.strictObject({ endpoints: z.array(WebhookEndpoint) });

export const WebhookMessage = z.strictObject({
  /** The `webhook-id` of every attempt. */
  id: WebhookMessageId,
  kind: z.string(),
  status: z.enum(MESSAGE_STATUSES),
  attempts: z.int(),
  /** null: it has ended. */
  next_attempt_at: Timestamp.nullable(),
  created_at: Timestamp,
});
export type WebhookMessage = z.infer<typeof WebhookMessage>;
export const WebhookMessageQuery = z.strictObject({ status: z.enum(MESSAGE_STATUSES).optional(), limit: Limit, cursor: Cursor.optional() });
export const WebhookMessageParams = z.strictObject({ id: WebhookEndpointId, message: WebhookMessageId });
export const WebhookMessagePage = z.strictObject({ messages: z.array(WebhookMessage), next: Cursor.nullable() });
export const WebhookAttempt = z.strictObject({
  number: z.int(),
  at: Timestamp,
  duration_ms: z.int(),
  /** null: there was no answer. */
  status_code: z.int().nullable(),
  error: z.string().nullable(),
  /** The beginning of the answer. */
  response: z.string().nullable(),
});
export const WebhookMessageAnswer = z.strictObject({
  message: WebhookMessage,
  payload: z.unknown(),
  log: z.array(WebhookAttempt),
});
