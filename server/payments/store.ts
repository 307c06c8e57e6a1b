/** Attempts and payments. A payment is one row however often it is told; an attempt's state only moves forward. */
import { randomUUID } from 'node:crypto';
import type { Payment, PaymentAttempt } from '../../prisma/generated/client.ts';
import { timeIn, timeNow } from '../kernel/clock.ts';
import type { Db } from '../kernel/database.ts';
import { behind, type Place, type Scope, scoped } from '../kernel/listing.ts';

export type { Payment, PaymentAttempt };

const RANKS: Readonly<Record<string, number>> = {
  created: 0,
  pending: 1,
  processing: 2,
  failed: 3,
  cancelled: 3,
  expired: 3,
  succeeded: 4,
};

/** Whether an event may move an attempt there. */
export function mayMove(from: string, to: string): boolean {
  return (RANKS[to] ?? -1) > (RANKS[from] ?? 9);
}

export async function attemptById(db: Db, scope: Scope, id: string): Promise<PaymentAttempt | null> {
  return await db.paymentAttempt.findFirst({ where: { id, ...scoped(scope) } });
}

export async function attemptByPayment(db: Db, provider: string, providerPayment: string): Promise<PaymentAttempt | null> {
  return await db.paymentAttempt.findUnique({ where: { provider_providerPayment: { provider, providerPayment } } });
}

export async function attemptBySession(db: Db, provider: string, providerSession: string): Promise<PaymentAttempt | null> {
  return await db.paymentAttempt.findUnique({ where: { provider_providerSession: { provider, providerSession } } });
}

/** The attempt, locked until the transaction ends. Its invoice is locked before it. */
export async function lockAttempt(db: Db, id: string): Promise<PaymentAttempt> {
  await db.$queryRaw`SELECT 1 FROM "payment_attempt" WHERE "id" = ${id} FOR UPDATE`;
  return await db.paymentAttempt.findUniqueOrThrow({ where: { id } });
}

export async function attemptsOf(db: Db, invoiceId: string): Promise<PaymentAttempt[]> {
  return await db.paymentAttempt.findMany({ where: { invoiceId }, orderBy: { number: 'asc' } });
}

export async function changeAttempt(db: Db, id: string, change: Partial<Omit<PaymentAttempt, 'id'>>): Promise<PaymentAttempt> {
  return await db.paymentAttempt.update({ where: { id }, data: change });
}

/** Attempts to look at now, taken for `leaseMs`: another worker sees them only after that. */
export async function takeDueAttempts(db: Db, limit: number, leaseMs: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    UPDATE "payment_attempt" SET "nextPollAt" = ${timeIn(leaseMs)}, "polls" = "polls" + 1 WHERE "id" IN (
      SELECT "id" FROM "payment_attempt" WHERE "nextPollAt" <= ${timeNow()} ORDER BY "nextPollAt" LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING "id"`;
  return rows.map(({ id }) => id);
}

/** Null when the provider's payment is known already. */
export async function insertPayment(
  db: Db,
  payment: Omit<Payment, 'id' | 'createdAt' | 'updatedAt' | 'refunded' | 'disputed' | 'reversed'>,
): Promise<Payment | null> {
  const id = randomUUID();
  const at = timeNow();
  const inserted = await db.$executeRaw`
    INSERT INTO "payment" ("id", "organizationId", "invoiceId", "attemptId", "provider", "providerPaymentId", "amount", "currency", "receivedAt",
      "source", "label", "actor", "createdAt", "updatedAt")
    VALUES (${id}, ${payment.organizationId}, ${payment.invoiceId}, ${payment.attemptId}, ${payment.provider}, ${payment.providerPaymentId},
      ${payment.amount}, ${payment.currency}, ${payment.receivedAt}, ${payment.source}, ${payment.label}, ${payment.actor}, ${at}, ${at})
    ON CONFLICT ("provider", "providerPaymentId") DO NOTHING`;
  return inserted === 1 ? await db.payment.findUniqueOrThrow({ where: { id } }) : null;
}

export async function paymentById(db: Db, scope: Scope, id: string): Promise<Payment | null> {
  return await db.payment.findFirst({ where: { id, ...scoped(scope) } });
}

export async function paymentByProvider(db: Db, provider: string, providerPaymentId: string): Promise<Payment | null> {
  return await db.payment.findUnique({ where: { provider_providerPaymentId: { provider, providerPaymentId } } });
}

export async function lockPayment(db: Db, id: string): Promise<Payment> {
  await db.$queryRaw`SELECT 1 FROM "payment" WHERE "id" = ${id} FOR UPDATE`;
  return await db.payment.findUniqueOrThrow({ where: { id } });
}

export async function changePayment(
  db: Db,
  id: string,
  change: Partial<Pick<Payment, 'refunded' | 'disputed' | 'reversed' | 'invoiceId'>>,
): Promise<Payment> {
  return await db.payment.update({ where: { id }, data: change });
}

export async function listPayments(
  db: Db,
  scope: Scope,
  filter: { readonly organizationId?: string | undefined; readonly invoiceId?: string | undefined },
  after: Place | undefined,
  take: number,
): Promise<Payment[]> {
  return await db.payment.findMany({
    where: { AND: [scoped(scope), filter, behind(after)] },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take,
  });
}

/** When the newest payment was booked before that moment; null: there is none. */
export async function newestPaymentBefore(db: Db, at: Date): Promise<Date | null> {
  const row = await db.payment.findFirst({ where: { createdAt: { lt: at } }, orderBy: { createdAt: 'desc' }, select: { createdAt: true } });
  return row?.createdAt ?? null;
}

/** Of an attempt that was just made and belongs to nobody else yet; null when the provider's payment is another attempt's. */
export async function linkPayment(db: Db, attempt: PaymentAttempt, providerPayment: string): Promise<PaymentAttempt | null> {
  if (attempt.providerPayment === providerPayment) return attempt;
  if (attempt.providerPayment !== null) return null;
  const count = await db.$executeRaw`
    UPDATE "payment_attempt" SET "providerPayment" = ${providerPayment} WHERE "id" = ${attempt.id} AND "providerPayment" IS NULL
      AND NOT EXISTS (SELECT 1 FROM "payment_attempt" o WHERE o."provider" = ${attempt.provider} AND o."providerPayment" = ${providerPayment})`;
  return count === 1 ? await db.paymentAttempt.findUniqueOrThrow({ where: { id: attempt.id } }) : null;
}
