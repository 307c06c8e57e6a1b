/** Refunds and disputes. */
import { randomUUID } from 'node:crypto';
import type { Dispute, Refund } from '../../prisma/generated/client.ts';
import { timeIn, timeNow } from '../kernel/clock.ts';
import type { Db } from '../kernel/database.ts';
import { behind, type Place, type Scope, scoped } from '../kernel/listing.ts';

export type { Dispute, Refund };

export async function insertRefund(
  db: Db,
  refund: Omit<Refund, 'id' | 'createdAt' | 'updatedAt' | 'failure' | 'polls'> & { readonly id?: string },
): Promise<Refund> {
  return await db.refund.create({ data: { id: randomUUID(), ...refund, createdAt: timeNow() } });
}

export async function refundById(db: Db, scope: Scope, id: string): Promise<Refund | null> {
  return await db.refund.findFirst({ where: { id, ...scoped(scope) } });
}

export async function refundByProvider(db: Db, provider: string, providerId: string): Promise<Refund | null> {
  return await db.refund.findUnique({ where: { provider_providerId: { provider, providerId } } });
}

export async function lockRefund(db: Db, id: string): Promise<Refund> {
  await db.$queryRaw`SELECT 1 FROM "refund" WHERE "id" = ${id} FOR UPDATE`;
  return await db.refund.findUniqueOrThrow({ where: { id } });
}

export async function changeRefund(db: Db, id: string, change: Partial<Omit<Refund, 'id'>>): Promise<Refund> {
  return await db.refund.update({ where: { id }, data: change });
}

/** Of an invoice, how many are under way. */
export async function pendingRefunds(db: Db, invoiceId: string): Promise<number> {
  return await db.refund.count({ where: { invoiceId, status: 'pending' } });
}

/** The payments that stand towards an invoice now, with how much each, the first first. */
export async function paymentsTowards(db: Db, invoiceId: string): Promise<{ readonly id: string; readonly amount: bigint }[]> {
  return await db.$queryRaw`
    SELECT p."id", sum(a."amount")::bigint AS "amount" FROM "allocation" a JOIN "payment" p ON p."id" = a."paymentId"
    WHERE a."invoiceId" = ${invoiceId} GROUP BY p."id", p."receivedAt" HAVING sum(a."amount") > 0 ORDER BY p."receivedAt", p."id"`;
}

/** Payments that came for an invoice and are not given back: one that came for a void one lies as credit. */
export async function paymentsFor(db: Db, invoiceId: string): Promise<{ readonly id: string; readonly amount: bigint }[]> {
  const rows = await db.payment.findMany({ where: { invoiceId }, orderBy: [{ receivedAt: 'asc' }, { id: 'asc' }] });
  return rows
    .map(({ id, amount, refunded, disputed, reversed }) => ({ id, amount: amount - refunded - disputed - reversed }))
    .filter(({ amount }) => amount > 0n);
}

export async function takeDueRefunds(db: Db, limit: number, leaseMs: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    UPDATE "refund" SET "nextPollAt" = ${timeIn(leaseMs)}, "polls" = "polls" + 1 WHERE "id" IN (
      SELECT "id" FROM "refund" WHERE "status" = 'pending' AND "nextPollAt" <= ${timeNow()} ORDER BY "nextPollAt" LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING "id"`;
  return rows.map(({ id }) => id);
}

export async function listRefunds(
  db: Db,
  scope: Scope,
  filter: { readonly organizationId?: string | undefined; readonly paymentId?: string | undefined },
  after: Place | undefined,
  take: number,
): Promise<Refund[]> {
  return await db.refund.findMany({
    where: { AND: [scoped(scope), filter, behind(after)] },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take,
  });
}

export async function disputeByProvider(db: Db, provider: string, providerId: string): Promise<Dispute | null> {
  return await db.dispute.findUnique({ where: { provider_providerId: { provider, providerId } } });
}

export async function insertDispute(
  db: Db,
  dispute: Omit<Dispute, 'id' | 'createdAt' | 'closedAt' | 'debtInvoiceId' | 'status'>,
): Promise<Dispute> {
  return await db.dispute.create({ data: { id: randomUUID(), ...dispute, createdAt: timeNow() } });
}

export async function changeDispute(
  db: Db,
  id: string,
  change: Partial<Pick<Dispute, 'status' | 'closedAt' | 'debtInvoiceId' | 'amount' | 'suspendsAt'>>,
): Promise<void> {
  await db.dispute.update({ where: { id }, data: change });
}

export async function listDisputes(
  db: Db,
  scope: Scope,
  filter: { readonly organizationId?: string | undefined; readonly status?: string | undefined },
  after: Place | undefined,
  take: number,
): Promise<Dispute[]> {
  return await db.dispute.findMany({
    where: { AND: [scoped(scope), filter, behind(after)] },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take,
  });
}
