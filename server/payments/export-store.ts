/** What a bookkeeper needs of a time: documents by tax rate, and money. */
import type { Db } from '../kernel/database.ts';

export interface ExportRow {
  readonly at: Date;
  readonly type: string;
  readonly number: string;
  readonly organization: string;
  readonly customer: string;
  readonly country: string;
  readonly taxId: string;
  readonly currency: string;
  /** Smallest units; money rows have no tax. */
  readonly net: bigint | null;
  readonly taxCategory: string;
  readonly taxPercent: string;
  readonly tax: bigint | null;
  readonly gross: bigint;
  readonly reference: string;
}

/** In order of time. A void invoice is there twice: as it was issued, and taken back when it was voided. */
export async function exportRows(db: Db, from: Date, to: Date): Promise<ExportRow[]> {
  return await db.$queryRaw<ExportRow[]>`
    WITH parts AS (
      SELECT t."invoiceId", t."category", t."percent"::text AS "percent", t."base" AS "net", t."amount" AS "tax" FROM "invoice_tax" t
      UNION ALL
      SELECT l."invoiceId", 'O', '', sum(l."amount"), 0 FROM "invoice_line" l WHERE l."taxCategory" = 'O' GROUP BY l."invoiceId"),
    note_parts AS (
      SELECT t."creditNoteId", t."category", t."percent"::text AS "percent", t."base" AS "net", t."amount" AS "tax" FROM "credit_note_tax" t
      UNION ALL
      SELECT l."creditNoteId", 'O', '', sum(l."amount"), 0 FROM "credit_note_line" l WHERE l."taxCategory" = 'O' GROUP BY l."creditNoteId"),
    issued AS (
      SELECT i."issuedAt" AS "at", 'invoice' AS "type", 1 AS "sign", i.* FROM "invoice" i WHERE i."issuedAt" >= ${from} AND i."issuedAt" < ${to}
      UNION ALL
      SELECT i."voidedAt", 'invoice voided', -1, i.* FROM "invoice" i WHERE i."number" IS NOT NULL AND i."voidedAt" >= ${from} AND i."voidedAt" < ${to})
    SELECT i."at", i."type", i."number", i."organizationId" AS "organization", i."buyer"->>'name' AS "customer", i."buyer"->>'country' AS "country",
      COALESCE(i."buyer"->>'tax_id', '') AS "taxId", i."currency", (i."sign" * p."net")::bigint AS "net", p."category" AS "taxCategory", p."percent" AS "taxPercent",
      (i."sign" * p."tax")::bigint AS "tax", (i."sign" * (p."net" + p."tax"))::bigint AS "gross", i."kind" AS "reference"
    FROM issued i JOIN parts p ON p."invoiceId" = i."id"
    UNION ALL
    SELECT n."issuedAt", 'credit note', n."number", n."organizationId", n."buyer"->>'name', n."buyer"->>'country', COALESCE(n."buyer"->>'tax_id', ''), n."currency",
      (-p."net")::bigint, p."category", p."percent", (-p."tax")::bigint, (-(p."net" + p."tax"))::bigint, i."number"
    FROM "credit_note" n JOIN note_parts p ON p."creditNoteId" = n."id" JOIN "invoice" i ON i."id" = n."invoiceId"
    WHERE n."issuedAt" >= ${from} AND n."issuedAt" < ${to}
    UNION ALL
    SELECT p."receivedAt", 'payment', COALESCE(i."number", ''), p."organizationId", COALESCE(i."buyer"->>'name', ''), COALESCE(i."buyer"->>'country', ''), '', p."currency",
      NULL, '', '', NULL, p."amount", p."provider" || ' ' || p."providerPaymentId"
    FROM "payment" p LEFT JOIN "invoice" i ON i."id" = p."invoiceId" WHERE p."receivedAt" >= ${from} AND p."receivedAt" < ${to}
    UNION ALL
    SELECT r."createdAt", 'refund', COALESCE(i."number", ''), r."organizationId", COALESCE(i."buyer"->>'name', ''), COALESCE(i."buyer"->>'country', ''), '', r."currency",
      NULL, '', '', NULL, -r."amount", r."provider" || ' ' || COALESCE(r."providerId", r."id")
    FROM "refund" r LEFT JOIN "invoice" i ON i."id" = r."invoiceId" WHERE r."status" <> 'failed' AND r."createdAt" >= ${from} AND r."createdAt" < ${to}
    UNION ALL
    SELECT d."closedAt", 'dispute lost', COALESCE(i."number", ''), d."organizationId", COALESCE(i."buyer"->>'name', ''), COALESCE(i."buyer"->>'country', ''), '', d."currency",
      NULL, '', '', NULL, -d."amount", d."provider" || ' ' || d."providerId"
    FROM "dispute" d JOIN "payment" p ON p."id" = d."paymentId" LEFT JOIN "invoice" i ON i."id" = p."invoiceId"
    WHERE d."status" = 'lost' AND d."closedAt" >= ${from} AND d."closedAt" < ${to}
    ORDER BY 1, 2, 3`;
}
