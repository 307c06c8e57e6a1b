/** Rows of webhooks to wire shapes. Secrets are never read here. */
import type { z } from 'zod';
import type { WebhookEndpoint as EndpointWire, WebhookMessage as MessageWire, WebhookMessageAnswer } from '../../../contract/webhook.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { WebhookAttempt, WebhookEndpoint, WebhookMessage } from './store.ts';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export function presentEndpoint(row: WebhookEndpoint): EndpointWire {
  return {
    id: row.id,
    organization_id: row.organizationId,
    url: row.url,
    description: row.description,
    kinds: row.kinds,
    paused_at: iso(row.pausedAt),
    pause_reason: row.pauseReason,
    failing_since: iso(row.failingSince),
    rotating_until: row.formerUntil !== null && row.formerUntil > timeNow() ? iso(row.formerUntil) : null,
    created_at: row.createdAt.toISOString(),
  } as EndpointWire;
}

export function presentMessage(row: WebhookMessage): MessageWire {
  const { id, kind, status, attempts } = row;
  const next = status === 'waiting' ? row.nextAt.toISOString() : null;
  return { id, kind, status, attempts, next_attempt_at: next, created_at: row.createdAt.toISOString() } as MessageWire;
}

export function presentWhole(row: WebhookMessage & { log: WebhookAttempt[] }): z.infer<typeof WebhookMessageAnswer> {
  const log = row.log.map(({ number, at, durationMs, statusCode, error, response }) => ({
    number,
    at: at.toISOString(),
    duration_ms: durationMs,
    status_code: statusCode,
    error,
    response,
  }));
  return { message: presentMessage(row), payload: row.payload, log };
}
