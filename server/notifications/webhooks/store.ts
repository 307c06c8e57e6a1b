/** Endpoints, their messages, and the log of attempts. */
import type { WebhookAttempt, WebhookEndpoint, WebhookMessage } from '../../../prisma/generated/client.ts';
import type { Db, Json } from '../../kernel/database.ts';
import { behind, type Place, type Scope, scoped } from '../../kernel/listing.ts';

export type { WebhookAttempt, WebhookEndpoint, WebhookMessage };

export async function insertEndpoint(
  db: Db,
  endpoint: Pick<WebhookEndpoint, 'id' | 'organizationId' | 'url' | 'description' | 'kinds' | 'secret'>,
): Promise<WebhookEndpoint> {
  return await db.webhookEndpoint.create({ data: endpoint });
}

export async function listEndpoints(db: Db, scope: Scope): Promise<WebhookEndpoint[]> {
  return await db.webhookEndpoint.findMany({ where: scoped(scope), orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
}

export async function countEndpoints(db: Db, organizationId: string | null): Promise<number> {
  return await db.webhookEndpoint.count({ where: { organizationId } });
}

export async function endpointById(db: Db, scope: Scope, id: string): Promise<WebhookEndpoint | null> {
  return await db.webhookEndpoint.findFirst({ where: { id, ...scoped(scope) } });
}

/** Holds the row until the transaction ends. */
export async function lockEndpoint(tx: Db, scope: Scope, id: string): Promise<WebhookEndpoint | null> {
  await tx.$queryRaw`SELECT 1 FROM "webhook_endpoint" WHERE "id" = ${id} FOR UPDATE`;
  return await endpointById(tx, scope, id);
}

export type EndpointChange = Partial<
  Pick<
    WebhookEndpoint,
    'url' | 'description' | 'kinds' | 'secret' | 'formerSecret' | 'formerUntil' | 'pausedAt' | 'pauseReason' | 'failingSince'
  >
>;

export async function updateEndpoint(db: Db, id: string, change: EndpointChange): Promise<WebhookEndpoint> {
  return await db.webhookEndpoint.update({ where: { id }, data: change });
}

export async function deleteEndpoint(db: Db, id: string): Promise<void> {
  await db.webhookEndpoint.delete({ where: { id } });
}

/** One message for each endpoint that wants the event, once however often it is asked for. `shared`: an organization may see it. */
export async function insertMessages(
  tx: Db,
  event: { id: string; kind: string; organizationId: string | null; at: string; shared: boolean; payload: Json },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "webhook_message" ("id", "endpointId", "eventId", "kind", "payload")
    SELECT 'msg_' || gen_random_uuid(), e."id", ${event.id}, ${event.kind}, ${JSON.stringify(event.payload)}::jsonb
    FROM "webhook_endpoint" e
    WHERE e."pausedAt" IS NULL AND e."createdAt" <= ${event.at}::text::timestamptz
      AND (e."organizationId" IS NULL OR (${event.shared} AND e."organizationId" = ${event.organizationId}::text))
      AND (cardinality(e."kinds") = 0 OR ${event.kind} = ANY(e."kinds"))
    ON CONFLICT ("endpointId", "eventId") DO NOTHING`;
}

export async function listMessages(
  db: Db,
  endpointId: string,
  { status, limit, after }: { status?: string; limit: number; after?: Place },
): Promise<WebhookMessage[]> {
  return await db.webhookMessage.findMany({
    where: { endpointId, ...(status === undefined ? {} : { status }), ...behind(after) },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  });
}

export async function messageById(db: Db, endpointId: string, id: string): Promise<(WebhookMessage & { log: WebhookAttempt[] }) | null> {
  return await db.webhookMessage.findFirst({ where: { id, endpointId }, include: { log: { orderBy: { number: 'asc' } } } });
}

export interface DueMessage {
  readonly id: string;
  readonly endpointId: string;
  readonly payload: Json;
  readonly attempts: number;
  readonly tries: number;
}

/** Takes messages that are due, for so long; none of `busy` endpoints. A process that dies with one leaves it to the next. */
export async function claimMessages(db: Db, busy: readonly string[], limit: number, leaseMs: number): Promise<DueMessage[]> {
  return await db.$queryRaw<DueMessage[]>`
    UPDATE "webhook_message" m SET "leaseUntil" = clock_timestamp() + ${leaseMs} * interval '1 ms'
    WHERE m."id" IN (
      SELECT d."id" FROM "webhook_message" d JOIN "webhook_endpoint" e ON e."id" = d."endpointId"
      WHERE d."status" = 'waiting' AND d."nextAt" <= clock_timestamp() AND (d."leaseUntil" IS NULL OR d."leaseUntil" < clock_timestamp())
        AND e."pausedAt" IS NULL AND NOT d."endpointId" = ANY(${[...busy]}::text[])
      ORDER BY d."nextAt" LIMIT ${limit} FOR UPDATE OF d SKIP LOCKED)
    RETURNING m."id", m."endpointId", m."payload", m."attempts", m."tries"`;
}

/** What came of an attempt. `nextInMs` null: it has ended. */
export async function recordAttempt(
  tx: Db,
  message: DueMessage,
  attempt: Omit<WebhookAttempt, 'messageId' | 'number'>,
  end: { status: 'waiting' | 'delivered' | 'failed'; nextInMs: number | null },
): Promise<void> {
  const number = message.attempts + 1;
  await tx.webhookAttempt.createMany({ data: { messageId: message.id, number, ...attempt }, skipDuplicates: true });
  await tx.$executeRaw`
    UPDATE "webhook_message" SET "status" = ${end.status}, "attempts" = GREATEST("attempts", ${number}::int), "tries" = ${message.tries + 1}::int,
      "leaseUntil" = NULL, "nextAt" = clock_timestamp() + ${end.nextInMs ?? 0} * interval '1 ms',
      "endedAt" = CASE WHEN ${end.status} = 'waiting' THEN NULL ELSE clock_timestamp() END
    WHERE "id" = ${message.id}`;
}

/** Due at once, with the whole schedule before it. */
export async function restartMessage(db: Db, id: string): Promise<void> {
  await db.$executeRaw`
    UPDATE "webhook_message" SET "status" = 'waiting', "tries" = 0, "endedAt" = NULL, "nextAt" = clock_timestamp() WHERE "id" = ${id}`;
}

/** Since when every attempt failed: now, where the last one did not. */
export async function noteOutcome(tx: Db, endpointId: string, failed: boolean, at: Date): Promise<Date | null> {
  if (!failed) {
    await tx.webhookEndpoint.updateMany({ where: { id: endpointId, failingSince: { not: null } }, data: { failingSince: null } });
    return null;
  }
  await tx.webhookEndpoint.updateMany({ where: { id: endpointId, failingSince: null }, data: { failingSince: at } });
  return (await tx.webhookEndpoint.findUnique({ where: { id: endpointId } }))?.failingSince ?? null;
}

/** Ended messages older than this are forgotten, with their log. */
export async function pruneMessages(db: Db, before: Date): Promise<number> {
  return (await db.webhookMessage.deleteMany({ where: { status: { not: 'waiting' }, endedAt: { lt: before } } })).count;
}
