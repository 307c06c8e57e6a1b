/** What a mail about money names. */
import type { Db } from '../kernel/database.ts';

export async function invoiceTold(db: Db, id: string) {
  return await db.invoice.findUnique({
    where: { id },
    select: {
      id: true,
      number: true,
      status: true,
      kind: true,
      currency: true,
      total: true,
      amountPaid: true,
      amountCredited: true,
      dueAt: true,
      timeZone: true,
      subscriptionId: true,
    },
  });
}

/** Whether money stands towards it, rather than credit alone. */
export async function isPaidByMoney(db: Db, invoiceId: string): Promise<boolean> {
  return (
    (await db.allocation.findFirst({ where: { invoiceId, paymentId: { not: null }, amount: { gt: 0 } }, select: { id: true } })) !== null
  );
}

export async function paymentTold(db: Db, id: string) {
  return await db.payment.findUnique({ where: { id }, select: { amount: true, currency: true, invoiceId: true, source: true } });
}

export async function attemptTold(db: Db, id: string) {
  return await db.paymentAttempt.findUnique({
    where: { id },
    select: { amount: true, currency: true, url: true, failureMessage: true, status: true },
  });
}

export async function refundTold(db: Db, id: string) {
  return await db.refund.findUnique({ where: { id }, select: { amount: true, currency: true, source: true } });
}

export async function disputeTold(db: Db, id: string) {
  return await db.dispute.findUnique({ where: { id }, select: { amount: true, currency: true, status: true, suspendsAt: true } });
}

export async function orderTold(db: Db, id: string) {
  return await db.order.findUnique({ where: { id }, select: { number: true, status: true, reason: true, paidAt: true, reviewRule: true } });
}

export async function subscriptionTold(db: Db, id: string) {
  const found = await db.subscription.findUnique({
    where: { id },
    select: { productId: true, vpsId: true, currency: true, billingZone: true, cancelAtEnd: true, orderItemId: true },
  });
  if (!found) return null;
  const product = await db.product.findUnique({ where: { id: found.productId }, select: { name: true } });
  const item = await db.orderItem.findUnique({ where: { id: found.orderItemId }, select: { label: true } });
  const period = await db.subscriptionPeriod.findFirst({
    where: { subscriptionId: id },
    orderBy: { index: 'desc' },
    select: { endAt: true },
  });
  return { ...found, name: [product?.name, item?.label].filter(Boolean).join(' '), periodEndsAt: period?.endAt ?? null };
}

/** What a subscription's history says of the newest event of that kind, of that invoice where there is one. */
export async function historyOf(db: Db, subscriptionId: string, kind: string, invoiceId: string | null): Promise<Record<string, string>> {
  const [row] = await db.$queryRaw<{ data: Record<string, string> }[]>`
    SELECT "data" FROM "subscription_event" WHERE "subscriptionId" = ${subscriptionId} AND "kind" = ${kind}
      AND (${invoiceId}::text IS NULL OR "data"->>'invoice' = ${invoiceId}) ORDER BY "seq" DESC LIMIT 1`;
  return row?.data ?? {};
}

/** Of the organization's invoices: the address that they go to, where it is none of its members'. */
export async function billingAddress(db: Db, organizationId: string): Promise<{ email: string; name: string; locale: string } | null> {
  const profile = await db.billingProfile.findUnique({ where: { organizationId }, select: { email: true, name: true, locale: true } });
  return profile?.email ? { ...profile, email: profile.email } : null;
}

export async function hasDefaultMethod(db: Db, organizationId: string): Promise<boolean> {
  return (
    (await db.paymentMethod.findFirst({ where: { organizationId, isDefault: true, detachedAt: null }, select: { id: true } })) !== null
  );
}
