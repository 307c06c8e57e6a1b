/** What people do with endpoints. */
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { type EventKind, EVENT_KINDS, topicOf, TOPICS } from '../../../contract/events.ts';
import { PLATFORM_ONLY } from '../../../contract/permissions.ts';
import type { WebhookCreate, WebhookPatch } from '../../../contract/webhook.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { timeIn, timeNow } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';
import type { Wall } from '../../kernel/http/safe-fetch.ts';
import { resolveAlert } from '../../kernel/kill-switches/store.ts';
import { notFound, Refusal, refuseField } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { organizationById } from '../../kernel/settings.ts';
import { newSecret, sealFormer, sealSecret } from './secret.ts';
import * as store from './store.ts';

const MOST = 20;
/** How long the former secret signs beside the new one. */
const ROTATION_MS = 24 * 3_600_000;

/** Before the transaction: the name service may take its time. @throws Refusal that names the field */
export async function assertReachable(wall: Wall, url: string | undefined): Promise<void> {
  const objection = url === undefined ? null : await wall.objection(url);
  if (objection === null) return;
  throw refuseField('url', objection, 'Give a public https:// address on port 443 or 8443, as in https://example.com/plinth.');
}

function assertVisible(organizationId: string | null, kinds: readonly EventKind[] | undefined): void {
  if (organizationId === null) return;
  const index = kinds?.findIndex((kind) => PLATFORM_ONLY.has(TOPICS[topicOf(kind)])) ?? -1;
  if (index < 0) return;
  const own = EVENT_KINDS.filter((kind) => !PLATFORM_ONLY.has(TOPICS[topicOf(kind)]));
  throw refuseField(`kinds.${index}`, 'is told to the seller only', `Take some of: ${own.join(', ')}.`);
}

async function note(
  tx: Db,
  principal: Principal,
  endpoint: store.WebhookEndpoint,
  verb: string,
  data: Record<string, string> = {},
): Promise<void> {
  const { id, organizationId } = endpoint;
  await appendAudit(tx, { actor: principal.name, action: `webhook.${verb}`, target: id, organizationId, data });
}

export async function mustEndpoint(db: Db, principal: Principal, id: string): Promise<store.WebhookEndpoint> {
  const endpoint = await store.endpointById(db, principal.organizationId, id);
  if (!endpoint) throw notFound('webhook endpoint', id);
  return endpoint;
}

async function mustLock(tx: Db, principal: Principal, id: string): Promise<store.WebhookEndpoint> {
  const endpoint = await store.lockEndpoint(tx, principal.organizationId, id);
  if (!endpoint) throw notFound('webhook endpoint', id);
  return endpoint;
}

export interface WithSecret {
  readonly endpoint: store.WebhookEndpoint;
  readonly secret: string;
}

export async function addEndpoint(
  { secrets }: Services,
  tx: Db,
  principal: Principal,
  wish: z.output<typeof WebhookCreate>,
): Promise<WithSecret> {
  const organizationId = principal.organizationId ?? wish.organization_id ?? null;
  if (wish.organization_id !== undefined && (wish.organization_id !== organizationId || !(await organizationById(tx, organizationId))))
    throw refuseField('organization_id', 'no such organization', 'Leave it out.');
  assertVisible(organizationId, wish.kinds);
  if ((await store.countEndpoints(tx, organizationId)) >= MOST)
    throw new Refusal(409, 'too_many_webhooks', `There are ${MOST} endpoints already. Remove one, or let one be told of more kinds.`);
  const id = `ep_${randomUUID()}`;
  const secret = newSecret();
  const { url, kinds, description = null } = wish;
  const endpoint = await store.insertEndpoint(tx, { id, organizationId, url, kinds, description, secret: sealSecret(secrets, id, secret) });
  await note(tx, principal, endpoint, 'created', { url });
  return { endpoint, secret };
}

export async function changeEndpoint(
  tx: Db,
  principal: Principal,
  id: string,
  wish: z.output<typeof WebhookPatch>,
): Promise<store.WebhookEndpoint> {
  const endpoint = await mustLock(tx, principal, id);
  assertVisible(endpoint.organizationId, wish.kinds);
  const { paused, url, kinds, description } = wish;
  const pause =
    paused === undefined || paused === (endpoint.pausedAt !== null)
      ? {}
      : { pausedAt: paused ? timeNow() : null, pauseReason: paused ? 'by_person' : null, failingSince: null };
  const changed = await store.updateEndpoint(tx, id, {
    ...pause,
    ...(url === undefined ? {} : { url }),
    ...(kinds === undefined ? {} : { kinds }),
    ...(description === undefined ? {} : { description }),
  });
  if (paused === false) await resolveAlert(tx, 'webhook-paused', id);
  await note(tx, principal, changed, 'changed', { fields: Object.keys(wish).join(', ') });
  return changed;
}

export async function rotateSecret({ secrets }: Services, tx: Db, principal: Principal, id: string): Promise<WithSecret> {
  const endpoint = await mustLock(tx, principal, id);
  const secret = newSecret();
  const changed = await store.updateEndpoint(tx, id, {
    secret: sealSecret(secrets, id, secret),
    formerSecret: sealFormer(secrets, endpoint),
    formerUntil: timeIn(ROTATION_MS),
  });
  await note(tx, principal, changed, 'secret-rotated');
  return { endpoint: changed, secret };
}

export async function removeEndpoint(tx: Db, principal: Principal, id: string): Promise<store.WebhookEndpoint> {
  const endpoint = await mustLock(tx, principal, id);
  await note(tx, principal, endpoint, 'removed', { url: endpoint.url });
  await resolveAlert(tx, 'webhook-paused', id);
  await store.deleteEndpoint(tx, id);
  return endpoint;
}

export async function mustMessage(db: Db, principal: Principal, endpointId: string, id: string) {
  await mustEndpoint(db, principal, endpointId);
  const message = await store.messageById(db, endpointId, id);
  if (!message) throw notFound('webhook message', id);
  return message;
}

/** The same message with the same id, again, from the first attempt on. */
export async function redeliver(tx: Db, principal: Principal, endpointId: string, id: string) {
  const endpoint = await mustLock(tx, principal, endpointId);
  await mustMessage(tx, principal, endpointId, id);
  if (endpoint.pausedAt !== null)
    throw new Refusal(409, 'webhook_paused', 'This endpoint is paused. Set `paused` to false first, then ask again.');
  await store.restartMessage(tx, id);
  await note(tx, principal, endpoint, 'redelivered', { message: id });
  return await mustMessage(tx, principal, endpointId, id);
}
