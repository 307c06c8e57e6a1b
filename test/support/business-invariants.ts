/** What must hold of stock, orders and subscriptions at any time, read from the rows alone. Each has its number and its words. */
import type { Db } from '../../server/kernel/database.ts';
import { addDays, instantOf, periodOf } from '../../server/billing/calendar.ts';
import { anchorOf } from '../../server/billing/subscriptions/life.ts';
import { dateText } from '../../server/billing/subscriptions/store.ts';

type Rule = (db: Db) => Promise<string[]>;
const sql =
  (query: string): Rule =>
  async (db) =>
    (await db.$queryRawUnsafe<{ what: string }[]>(query)).map(({ what }) => what);

export const INVARIANTS: Record<string, Rule> = {
  '1 reserved and sold are the reservations, within the total': sql(`
    SELECT s."id" || ' has ' || s."reserved" || '/' || s."sold" AS "what" FROM "stock_item" s
    WHERE s."reserved" <> (SELECT count(*) FROM "stock_reservation" r WHERE r."stockItemId" = s."id" AND r."state" = 'held')
      OR s."sold" <> (SELECT count(*) FROM "stock_reservation" r WHERE r."stockItemId" = s."id" AND r."state" = 'consumed')
      OR s."reserved" + s."sold" > s."total"`),
  '2 an item has one living VPS at most': sql(`
    SELECT i."id" AS "what" FROM "order_item" i JOIN "subscription" s ON s."orderItemId" = i."id"
      JOIN "vps" v ON v."subscriptionId" = s."id" WHERE v."deletedAt" IS NULL GROUP BY i."id" HAVING count(*) > 1`),
  '3 a sold VPS that lives has one subscription that is not ended, and the other way round': sql(`
    SELECT v."id" AS "what" FROM "vps" v WHERE v."subscriptionId" IS NOT NULL AND v."status" = 'active'
      AND (SELECT count(*) FROM "subscription" s WHERE s."vpsId" = v."id" AND s."status" <> 'ended') <> 1
    UNION ALL SELECT s."id" FROM "subscription" s JOIN "vps" v ON v."id" = s."vpsId" WHERE s."status" IN ('active', 'past_due') AND v."status" = 'terminated'`),
  // What staff gives, and what expires, is no money from outside; what was taken back is asked for by a debt.
  '4 what came from outside is what stands towards invoices and what is held as credit': sql(`
    SELECT o."id" || ' ' || c."currency" || ': ' || c."received" || ' <> ' || c."held" AS "what" FROM "organization" o CROSS JOIN LATERAL (
      SELECT x."currency",
        (SELECT COALESCE(sum("amount" - "refunded" - "disputed" - "reversed"), 0) FROM "payment" WHERE "organizationId" = o."id" AND "currency" = x."currency"
          AND "invoiceId" IS NOT NULL)
        + (SELECT COALESCE(sum("total"), 0) FROM "invoice" WHERE "organizationId" = o."id" AND "currency" = x."currency" AND "kind" = 'debt' AND "status" <> 'void') AS "received",
        (SELECT COALESCE(sum("amountPaid"), 0) FROM "invoice" WHERE "organizationId" = o."id" AND "currency" = x."currency" AND "kind" <> 'topup')
        + (SELECT COALESCE(sum("amount"), 0) FROM "credit_balance" WHERE "organizationId" = o."id" AND "currency" = x."currency")
        - (SELECT COALESCE(sum("amount"), 0) FROM "credit_entry" WHERE "organizationId" = o."id" AND "currency" = x."currency" AND "kind" IN ('goodwill', 'expired')) AS "held"
      FROM (SELECT DISTINCT "currency" FROM "invoice" WHERE "organizationId" = o."id") x) c
    WHERE c."received" <> c."held"`),
  '5 a balance is the sum of its entries': sql(`
    SELECT b."organizationId" AS "what" FROM "credit_balance" b WHERE b."amount" <> (SELECT COALESCE(sum(e."amount"), 0) FROM "credit_entry" e
      WHERE e."organizationId" = b."organizationId" AND e."currency" = b."currency") OR b."amount" < 0`),
  '6 an invoice comes to its lines and taxes': sql(`
    SELECT i."id" AS "what" FROM "invoice" i
    WHERE i."total" <> i."subtotal" - i."discount" + i."tax"
      OR i."total" <> (SELECT COALESCE(sum("amount"), 0) FROM "invoice_line" WHERE "invoiceId" = i."id")
        + (SELECT COALESCE(sum("amount"), 0) FROM "invoice_tax" WHERE "invoiceId" = i."id" AND NOT "inclusive")`),
  '7 paid is what has nothing left to pay, and stays paid': sql(`
    SELECT i."id" AS "what" FROM "invoice" i WHERE i."status" = 'paid' AND i."amountPaid" + i."amountCredited" <> i."total"
    UNION ALL SELECT i."id" FROM "invoice" i WHERE i."status" <> 'paid' AND EXISTS (
      SELECT 1 FROM "audit_event" a WHERE a."action" = 'invoice.paid' AND a."target" = i."id")`),
  '8 credit notes come to what is credited, and never to more than the invoice': sql(`
    SELECT i."id" AS "what" FROM "invoice" i JOIN "credit_note" c ON c."invoiceId" = i."id"
    GROUP BY i."id" HAVING sum(c."amount") > i."total" OR sum(c."amount") <> i."amountCredited"`),
  '9 the numbers of a series have no gap': sql(`
    SELECT n."series" AS "what" FROM (
      SELECT left("number", -7) AS "series", right("number", 6)::int AS "place" FROM "invoice" WHERE "number" IS NOT NULL
      UNION ALL SELECT left("number", -7), right("number", 6)::int FROM "credit_note") n
    GROUP BY n."series" HAVING count(*) <> max(n."place") OR count(DISTINCT n."place") <> count(*) OR min(n."place") <> 1`),
  '10 periods follow each other from the anchor': periods,
  '11 segments cover their period': sql(`
    SELECT p."subscriptionId" || '/' || p."index" AS "what" FROM "subscription_period" p
    WHERE (SELECT sum(g."toDate" - g."fromDate") FROM "subscription_segment" g WHERE g."subscriptionId" = p."subscriptionId" AND g."periodIndex" = p."index")
      IS DISTINCT FROM p."endDate" - p."startDate"
      OR EXISTS (SELECT 1 FROM "subscription_segment" g WHERE g."subscriptionId" = p."subscriptionId" AND g."periodIndex" = p."index"
        AND (g."fromDate" < p."startDate" OR g."toDate" > p."endDate"))`),
  // The draft of another interval waits beside the renewal that its payment will drop.
  '12 a period is asked for once': sql(`
    SELECT l."subscriptionId" || '/' || l."periodIndex" AS "what" FROM "invoice_line" l JOIN "invoice" n ON n."id" = l."invoiceId"
    WHERE l."kind" = 'recurring' AND l."subscriptionId" IS NOT NULL AND n."status" <> 'void' AND n."amountCredited" < n."total"
      AND NOT (n."kind" = 'change' AND n."status" = 'draft')
    GROUP BY l."subscriptionId", l."periodIndex" HAVING count(*) > 1`),
  '13 nothing is asked for after the end': sql(`
    SELECT s."id" AS "what" FROM "subscription" s JOIN "invoice_line" l ON l."subscriptionId" = s."id" JOIN "invoice" n ON n."id" = l."invoiceId"
    WHERE s."status" = 'ended' AND l."kind" = 'recurring' AND l."periodStart" >= s."endedAt"::date AND n."status" NOT IN ('void')
      AND n."amountCredited" < n."total"`),
  '17 what pays an invoice is money of its own currency, and as much as it asks for': sql(`
    SELECT i."id" AS "what" FROM "invoice" i WHERE i."amountPaid" <> (SELECT COALESCE(sum(a."amount"), 0) FROM "allocation" a WHERE a."invoiceId" = i."id")
    UNION ALL SELECT a."invoiceId" FROM "allocation" a JOIN "invoice" i ON i."id" = a."invoiceId"
      LEFT JOIN "payment" p ON p."id" = a."paymentId" LEFT JOIN "credit_entry" c ON c."id" = a."creditEntryId"
      WHERE p."currency" <> i."currency" OR c."currency" <> i."currency"`),
  '18 suspended for non-payment is only what is not paid and past its grace': suspended,
  '19 nothing is dunned in the first period': sql(`
    SELECT e."subscriptionId" || ' ' || e."kind" AS "what" FROM "subscription_event" e
      JOIN "subscription_period" p ON p."subscriptionId" = e."subscriptionId" AND p."index" = 0
    WHERE e."kind" IN ('suspend', 'terminate', 'destroy', 'overdue', 'past-due') AND e."at" < p."endAt"`),
  '20 who got nothing of a paid order got all of it back': sql(`
    SELECT o."id" AS "what" FROM "order" o JOIN "invoice" i ON i."id" = o."invoiceId"
    WHERE o."status" = 'cancelled' AND o."paidAt" IS NOT NULL AND o."total" > 0
      AND (i."amountPaid" <> 0 OR i."amountCredited" <> i."total" OR (o."refundedAt" IS NULL AND NOT o."refundDue"))`),
  '22 a coupon is used as often as it may, and by what lives': sql(`
    SELECT c."code" AS "what" FROM "coupon" c
    WHERE c."redeemed" <> (SELECT count(*) FROM "coupon_redemption" r WHERE r."couponId" = c."id" AND r."releasedAt" IS NULL)
      OR c."redeemed" > c."maxRedemptions"
    UNION ALL SELECT r."id" FROM "coupon_redemption" r JOIN "order_item" i ON i."id" = r."orderItemId"
      WHERE r."releasedAt" IS NULL AND i."status" IN ('cancelled', 'released')
    UNION ALL SELECT r."id" FROM "coupon_redemption" r JOIN "coupon" c ON c."id" = r."couponId"
      JOIN "coupon_use" u ON u."redemptionId" = r."id" GROUP BY r."id", c."periods" HAVING count(*) > c."periods"`),
  '23 a downgrade takes no money': sql(
    `SELECT "id" AS "what" FROM "subscription_change" WHERE "kind" = 'downgrade' AND "debit" > "credit"`,
  ),
  '24 no subscription mixes currencies': sql(`
    SELECT s."id" AS "what" FROM "subscription" s JOIN "invoice" n ON n."subscriptionId" = s."id" WHERE n."currency" <> s."currency"`),
  '28 what changed of money has its one entry in the trail': sql(`
    SELECT c."action" || ' ' || c."id" AS "what" FROM (
      SELECT 'invoice.paid' AS "action", "id" FROM "invoice" WHERE "paidAt" IS NOT NULL
      UNION ALL SELECT 'invoice.voided', "id" FROM "invoice" WHERE "status" = 'void'
      UNION ALL SELECT 'payment.recorded', "id" FROM "payment"
      UNION ALL SELECT 'credit-note.issued', "id" FROM "credit_note"
      UNION ALL SELECT 'order.paid', "id" FROM "order" WHERE "paidAt" IS NOT NULL) c
    WHERE (SELECT count(*) FROM "audit_event" a WHERE a."action" = c."action" AND a."target" = c."id") <> 1`),
  '31 a stage is told once': sql(`
    SELECT "subscriptionId" || ' ' || "kind" || ' ' || ("data"->>'invoice') AS "what" FROM "subscription_event"
    WHERE "data" ? 'outcome' GROUP BY "subscriptionId", "kind", "data"->>'invoice' HAVING count(*) > 1`),
};

/** Every one that is broken, with what breaks it. */
export async function violations(db: Db): Promise<string[]> {
  const found: string[] = [];
  for (const [name, rule] of Object.entries(INVARIANTS)) for (const what of await rule(db)) found.push(`${name}: ${what}`);
  return found;
}

async function periods(db: Db): Promise<string[]> {
  const wrong: string[] = [];
  for (const subscription of await db.subscription.findMany({ where: { anchorDate: { not: null } } })) {
    const rows = await db.subscriptionPeriod.findMany({ where: { subscriptionId: subscription.id }, orderBy: { index: 'asc' } });
    const anchor = anchorOf(subscription);
    for (const [place, row] of rows.entries()) {
      const [start, end] = [dateText(row.startDate), dateText(row.endDate)];
      const next = rows[place + 1];
      if (row.index !== place || (next && dateText(next.startDate) !== end)) wrong.push(`${subscription.id}/${row.index} is not followed`);
      if (row.startAt.getTime() !== instantOf(start, subscription.billingZone).getTime())
        wrong.push(`${subscription.id}/${row.index} begins elsewhen`);
      const own = periodOf(anchor, row.index);
      if (row.index >= anchor.index && (own.start !== start || own.end !== end))
        wrong.push(`${subscription.id}/${row.index} is ${start} to ${end}`);
    }
  }
  return wrong;
}

async function suspended(db: Db): Promise<string[]> {
  const wrong: string[] = [];
  for (const each of await db.subscription.findMany({ where: { status: 'suspended' } })) {
    const invoice = each.renewalInvoiceId ? await db.invoice.findUnique({ where: { id: each.renewalInvoiceId } }) : null;
    const reached = await db.dunningEvent.findFirst({ where: { invoiceId: each.renewalInvoiceId ?? '', stage: 'suspend' } });
    const due = invoice && addDays(invoice.dueAt.toISOString().slice(0, 10), 2);
    if (invoice?.status !== 'open' || !reached || dateText(reached.at) < due!) wrong.push(each.id);
  }
  return wrong;
}
