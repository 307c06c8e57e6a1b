/** Secrets of endpoints: kept sealed, shown once, two of them while one takes the other's place. */
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { SecretBox } from '../../kernel/secrets.ts';
import type { WebhookEndpoint } from './store.ts';

const BYTES = 32;
const placeOf = (id: string, column: 'secret' | 'formerSecret') => ({ table: 'webhook_endpoint', column, id });

/** `whsec_` and base64, the form that receivers' libraries take. */
export function newSecret(): string {
  return `whsec_${randomBytes(BYTES).toString('base64')}`;
}

export function sealSecret(secrets: SecretBox, id: string, secret: string): string {
  return secrets.seal(placeOf(id, 'secret'), secret);
}

/** The present one, sealed again for its place as the former. */
export function sealFormer(secrets: SecretBox, endpoint: WebhookEndpoint): string {
  return secrets.seal(placeOf(endpoint.id, 'formerSecret'), secrets.open(placeOf(endpoint.id, 'secret'), endpoint.secret));
}

/** The headers of one attempt: the message's id, this time, and a signature by each secret that holds. */
export function signedHeaders(
  secrets: SecretBox,
  endpoint: WebhookEndpoint,
  messageId: string,
  body: string,
  now: Date,
): Record<string, string> {
  const valid = [secrets.open(placeOf(endpoint.id, 'secret'), endpoint.secret)];
  if (endpoint.formerSecret !== null && endpoint.formerUntil !== null && endpoint.formerUntil > now)
    valid.push(secrets.open(placeOf(endpoint.id, 'formerSecret'), endpoint.formerSecret));
  return {
    'webhook-id': messageId,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': valid.map((secret) => new Webhook(secret).sign(messageId, now, body)).join(' '),
  };
}
