/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { EventKind } from './events.ts';

export type WebhookAnswer = { endpoint: WebhookEndpoint };
export type WebhookAttempt = {
  number: number;
  at: string;
  duration_ms: number;
  status_code: number | null;
  error: string | null;
  response: string | null;
};
export type WebhookCreate = { url: string; kinds?: EventKind[]; description?: string; organization_id?: string };
export type WebhookEndpoint = {
  id: string;
  organization_id: string | null;
  url: string;
  description: string | null;
  kinds: string[];
  paused_at: string | null;
  pause_reason: 'by_person' | 'failing' | 'gone' | null;
  failing_since: string | null;
  rotating_until: string | null;
  created_at: string;
};
export type WebhookList = { endpoints: WebhookEndpoint[] };
export type WebhookMessage = {
  id: string;
  kind: string;
  status: 'waiting' | 'delivered' | 'failed';
  attempts: number;
  next_attempt_at: string | null;
  created_at: string;
};
export type WebhookMessageAnswer = { message: WebhookMessage; payload: unknown; log: WebhookAttempt[] };
export type WebhookMessagePage = { messages: WebhookMessage[]; next: string | null };
export type WebhookPatch = { url?: string; kinds?: EventKind[]; description?: string | null; paused?: boolean };
export type WebhookSecretAnswer = { endpoint: WebhookEndpoint; secret: string };
