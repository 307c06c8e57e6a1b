/** Subscriptions with their periods, the prices within them, and what became of them. */
import { randomUUID } from 'node:crypto';
import type { Db, Json, Prisma, Subscription, SubscriptionChange, SubscriptionPeriod, SubscriptionSegment } from '../../kernel/database.ts';
import { emit } from '../../kernel/events/emit.ts';
import { behind, type Place, type Scope, scoped } from '../../kernel/listing.ts';
import type { Period } from '../calendar.ts';
import type { PricedOption } from './period-lines.ts';

export type { Subscription, SubscriptionChange, SubscriptionPeriod, SubscriptionSegment };

/** A date of a row as a text. */
export const dateText = (date: Date): string => date.toISOString().slice(0, 10);
/** A date as a row has it. */
export const dateOf = (text: string): Date => new Date(`${text}T00:00:00Z`);

export async function insertSubscription(
  db: Db,
  data: Pick<
    Subscription,
    | 'organizationId'
    | 'orderItemId'
    | 'productId'
    | 'vpsId'
    | 'currency'
    | 'interval'
    | 'billingZone'
    | 'amount'
    | 'setupFee'
    | 'taxBehavior'
    | 'trialDays'
    | 'termMonths'
  > & { readonly id?: string; readonly options: Json },
): Promise<Subscription> {
  return await db.subscription.create({ data: { id: randomUUID(), status: 'pending', ...data } });
}

export async function subscriptionById(db: Db, scope: Scope, id: string): Promise<Subscription | null> {
  return await db.subscription.findFirst({ where: { id, ...scoped(scope) } });
}

/** Holds the row until the transaction ends. */
export async function lockSubscription(db: Db, scope: Scope, id: string): Promise<Subscription | null> {
  const [row] = await db.$queryRaw<Subscription[]>`SELECT * FROM "subscription" WHERE "id" = ${id} FOR UPDATE`;
  return row && (scope === null || row.organizationId === scope) ? row : null;
}

export async function changeSubscription(
  db: Db,
  id: string,
  data: Omit<Prisma.SubscriptionUncheckedUpdateInput, 'id' | 'organizationId' | 'currency'>,
): Promise<Subscription> {
  return await db.subscription.update({ where: { id }, data: { ...data, version: { increment: 1 } } });
}

export async function listSubscriptions(
  db: Db,
  scope: Scope,
  filter: { readonly status?: string; readonly vpsId?: string },
  after: Place | undefined,
  limit: number,
): Promise<Subscription[]> {
  return await db.subscription.findMany({
    where: { AND: [scoped(scope), filter, behind(after)] },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  });
}

/** What became of it; the caller has locked the subscription. */
export async function tell(db: Db, id: string, kind: string, cause: string, data: Record<string, Json>, at: Date): Promise<void> {
  const [row] = await db.$queryRaw<{ organizationId: string; status: string }[]>`
    WITH of AS (SELECT "id", "organizationId", "status" FROM "subscription" WHERE "id" = ${id}), told AS (
      INSERT INTO "subscription_event" ("subscriptionId", "seq", "kind", "cause", "data", "at")
      SELECT "id", (SELECT count(*) + 1 FROM "subscription_event" WHERE "subscriptionId" = ${id}), ${kind}::text, ${cause}::text,
        ${JSON.stringify(data)}::jsonb, ${at}::timestamptz FROM of)
    SELECT "organizationId", "status" FROM of`;
  const { organizationId, status } = row!;
  const invoice = typeof data['invoice'] === 'string' ? data['invoice'] : null;
  await emit(db, { kind: 'subscription.changed', organizationId, data: { subscription_id: id, what: kind, status, invoice_id: invoice } });
}

export async function eventsOf(db: Db, subscriptionId: string) {
  return await db.subscriptionEvent.findMany({ where: { subscriptionId }, orderBy: { seq: 'asc' } });
}

export async function insertPeriod(
  db: Db,
  subscriptionId: string,
  { index, start, end }: Period,
  more: Pick<SubscriptionPeriod, 'startAt' | 'endAt' | 'amount' | 'invoiceId'>,
): Promise<SubscriptionPeriod> {
  return await db.subscriptionPeriod.create({
    data: { subscriptionId, index, startDate: dateOf(start), endDate: dateOf(end), ...more },
  });
}

export async function changePeriod(
  db: Db,
  subscriptionId: string,
  index: number,
  data: Partial<Pick<SubscriptionPeriod, 'endDate' | 'endAt' | 'invoiceId'>>,
): Promise<void> {
  await db.subscriptionPeriod.update({ where: { subscriptionId_index: { subscriptionId, index } }, data });
}

export async function periodsOf(db: Db, subscriptionId: string): Promise<SubscriptionPeriod[]> {
  return await db.subscriptionPeriod.findMany({ where: { subscriptionId }, orderBy: { index: 'asc' } });
}

/** The last one that was opened. */
export async function lastPeriod(db: Db, subscriptionId: string): Promise<SubscriptionPeriod | null> {
  return await db.subscriptionPeriod.findFirst({ where: { subscriptionId }, orderBy: { index: 'desc' } });
}

/** The last one of each, in one question. */
export async function lastPeriods(db: Db, ids: readonly string[]): Promise<Map<string, SubscriptionPeriod>> {
  const rows = await db.subscriptionPeriod.findMany({
    where: { subscriptionId: { in: [...ids] } },
    distinct: ['subscriptionId'],
    orderBy: [{ subscriptionId: 'asc' }, { index: 'desc' }],
  });
  return new Map(rows.map((row) => [row.subscriptionId, row]));
}

export async function segmentsOf(db: Db, subscriptionId: string, periodIndex: number): Promise<SubscriptionSegment[]> {
  return await db.subscriptionSegment.findMany({ where: { subscriptionId, periodIndex }, orderBy: { fromDate: 'asc' } });
}

export async function replaceSegments(
  db: Db,
  subscriptionId: string,
  periodIndex: number,
  segments: readonly Omit<SubscriptionSegment, 'subscriptionId' | 'periodIndex'>[],
): Promise<void> {
  await db.subscriptionSegment.deleteMany({ where: { subscriptionId, periodIndex } });
  await insertSegments(db, subscriptionId, periodIndex, segments);
}

/** Of a period that has none yet. */
export async function insertSegments(
  db: Db,
  subscriptionId: string,
  periodIndex: number,
  segments: readonly Omit<SubscriptionSegment, 'subscriptionId' | 'periodIndex'>[],
): Promise<void> {
  await db.subscriptionSegment.createMany({ data: segments.map((each) => ({ ...each, subscriptionId, periodIndex })) });
}

/** By order item, the order. */
export async function ordersOf(db: Db, itemIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.orderItem.findMany({ where: { id: { in: [...itemIds] } }, select: { id: true, orderId: true } });
  return new Map(rows.map(({ id, orderId }) => [id, orderId]));
}

export type NewChange = Omit<SubscriptionChange, 'endedAt' | 'operationId' | 'id' | 'status' | 'options'> & {
  readonly options: readonly PricedOption[] | null;
};

export async function insertChange(db: Db, { options, ...data }: NewChange & { readonly id: string }): Promise<SubscriptionChange> {
  const added = options === null ? {} : { options: options as unknown as Prisma.InputJsonValue };
  return await db.subscriptionChange.create({ data: { status: 'open', ...data, ...added } });
}

export async function openChange(db: Db, subscriptionId: string): Promise<SubscriptionChange | null> {
  return await db.subscriptionChange.findFirst({ where: { subscriptionId, status: 'open' } });
}

export async function changeOfInvoice(db: Db, invoiceId: string): Promise<SubscriptionChange | null> {
  return await db.subscriptionChange.findFirst({ where: { invoiceId } });
}

export async function endChange(
  db: Db,
  id: string,
  data: Pick<SubscriptionChange, 'status' | 'endedAt'> & Partial<Pick<SubscriptionChange, 'invoiceId' | 'operationId'>>,
): Promise<SubscriptionChange> {
  return await db.subscriptionChange.update({ where: { id }, data });
}

export async function changesOf(db: Db, subscriptionId: string): Promise<SubscriptionChange[]> {
  return await db.subscriptionChange.findMany({ where: { subscriptionId }, orderBy: { createdAt: 'asc' } });
}

/** Open ones whose time to be paid is over, by their own clock. */
export async function expiredChanges(db: Db, now: Date, limit: number): Promise<{ id: string; subscriptionId: string; at: Date }[]> {
  return await db.$queryRaw`
    SELECT x."id", x."subscriptionId", x."expiresAt" AS "at" FROM "subscription_change" x
      JOIN "organization" g ON g."id" = x."organizationId" LEFT JOIN "test_clock" c ON c."id" = g."testClockId"
    WHERE x."status" = 'open' AND x."expiresAt" <= COALESCE(c."frozenAt", ${now}) ORDER BY x."expiresAt" LIMIT ${limit}`;
}

export const daysOf = ({ startDate, endDate }: Pick<SubscriptionPeriod, 'startDate' | 'endDate'>) => ({
  start: dateText(startDate),
  end: dateText(endDate),
});
