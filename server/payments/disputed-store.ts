/** Disputes whose time has come, and the servers that a disputed payment was for. */
import type { Dispute } from '../../prisma/generated/client.ts';
import { timeNow } from '../kernel/clock.ts';
import type { Db } from '../kernel/database.ts';

/** Ids, the one that waits longest first. */
export async function dueDisputes(db: Db, limit: number): Promise<string[]> {
  const rows = await db.dispute.findMany({
    where: { status: 'open', suspendsAt: { lte: timeNow() } },
    orderBy: { suspendsAt: 'asc' },
    take: limit,
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

/** Null: another has done it, or it is closed. */
export async function takeDueDispute(tx: Db, id: string): Promise<Dispute | null> {
  await tx.$queryRaw`SELECT 1 FROM "dispute" WHERE "id" = ${id} FOR UPDATE`;
  return await tx.dispute.findFirst({ where: { id, status: 'open', suspendsAt: { lte: timeNow() } } });
}

export async function disputeByDebt(db: Db, debtInvoiceId: string): Promise<Dispute | null> {
  return await db.dispute.findFirst({ where: { debtInvoiceId } });
}

/** Open ones of the organization are looked at again at once. */
export async function lookAgain(db: Db, organizationId: string, at: Date): Promise<void> {
  await db.dispute.updateMany({ where: { organizationId, status: 'open', suspendsAt: null }, data: { suspendsAt: at } });
}

/** Of the subscriptions that the payment's invoice was for, in one order for all who lock them. */
export async function serversOf(db: Db, paymentId: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ vpsId: string }[]>`
    SELECT DISTINCT s."vpsId" FROM "payment" p JOIN "invoice" i ON i."id" = p."invoiceId"
      JOIN "subscription" s ON s."id" = i."subscriptionId"
        OR s."id" IN (SELECT oi."subscriptionId" FROM "order_item" oi WHERE oi."orderId" = i."orderId")
    WHERE p."id" = ${paymentId} AND s."vpsId" IS NOT NULL AND s."status" <> 'ended'
    ORDER BY s."vpsId"`;
  return rows.map(({ vpsId }) => vpsId);
}
