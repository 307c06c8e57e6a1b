-- Invoices, credit and payments. Amounts are in the smallest unit of the currency beside them.
CREATE TABLE "billing_profile" (
    "organizationId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "country" TEXT NOT NULL,
    "region" TEXT,
    "address" JSONB NOT NULL,
    "taxId" TEXT,
    "taxExempt" BOOLEAN NOT NULL DEFAULT false,
    "taxIdValid" BOOLEAN NOT NULL DEFAULT false,
    "email" TEXT,
    "locale" TEXT NOT NULL DEFAULT 'en',
    "timeZone" TEXT NOT NULL DEFAULT 'UTC',
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "billing_profile_pkey" PRIMARY KEY ("organizationId")
);

CREATE TABLE "tax_rate" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "country" TEXT NOT NULL,
    "region" TEXT NOT NULL DEFAULT '',
    "percent" DECIMAL(7,4) NOT NULL,
    "reverseCharge" TEXT NOT NULL DEFAULT 'none',
    "validFrom" DATE NOT NULL,
    "validTo" DATE,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tax_rate_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "tax_rate_country_region_validFrom_key" ON "tax_rate"("country", "region", "validFrom");

CREATE TABLE "vat_check" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "result" TEXT NOT NULL,
    "evidence" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "vat_check_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "vat_check_organizationId_at_idx" ON "vat_check"("organizationId", "at");

CREATE TABLE "number_series" (
    "name" TEXT NOT NULL,
    "year" INTEGER NOT NULL,
    "next" INTEGER NOT NULL DEFAULT 1,
    "lastIssuedAt" TIMESTAMPTZ(3),

    CONSTRAINT "number_series_pkey" PRIMARY KEY ("name", "year")
);

CREATE TABLE "invoice" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "number" TEXT,
    "kind" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'draft',
    "currency" TEXT NOT NULL,
    "issuedAt" TIMESTAMPTZ(3),
    "dueAt" TIMESTAMPTZ(3) NOT NULL,
    "subtotal" BIGINT NOT NULL,
    "discount" BIGINT NOT NULL,
    "tax" BIGINT NOT NULL,
    "total" BIGINT NOT NULL,
    "amountPaid" BIGINT NOT NULL DEFAULT 0,
    "amountCredited" BIGINT NOT NULL DEFAULT 0,
    "paidAt" TIMESTAMPTZ(3),
    "voidedAt" TIMESTAMPTZ(3),
    "seller" JSONB NOT NULL,
    "buyer" JSONB NOT NULL,
    "locale" TEXT NOT NULL,
    "timeZone" TEXT NOT NULL,
    "orderId" TEXT,
    "subscriptionId" TEXT,
    "causePaymentId" TEXT,
    "supersedes" TEXT,
    "collectionHoldUntil" TIMESTAMPTZ(3),
    "nextEvent" TEXT,
    "nextEventAt" TIMESTAMPTZ(3),
    "pdfSha256" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invoice_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "invoice_number_key" ON "invoice"("number");
CREATE INDEX "invoice_organizationId_createdAt_id_idx" ON "invoice"("organizationId", "createdAt", "id");
CREATE INDEX "invoice_createdAt_id_idx" ON "invoice"("createdAt", "id");
CREATE INDEX "invoice_orderId_idx" ON "invoice"("orderId");
CREATE INDEX "invoice_subscriptionId_idx" ON "invoice"("subscriptionId");

CREATE TABLE "invoice_line" (
    "id" TEXT NOT NULL,
    "invoiceId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "subscriptionId" TEXT,
    "orderItemId" TEXT,
    "periodIndex" INTEGER,
    "periodStart" DATE,
    "periodEnd" DATE,
    "quantity" INTEGER NOT NULL,
    "unitAmount" BIGINT NOT NULL,
    "amount" BIGINT NOT NULL,
    "taxRateId" TEXT,
    "taxPercent" DECIMAL(7,4),
    "taxCategory" TEXT NOT NULL,
    "taxInclusive" BOOLEAN NOT NULL DEFAULT false,
    "description" JSONB NOT NULL,

    CONSTRAINT "invoice_line_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "invoice_line_invoiceId_position_key" ON "invoice_line"("invoiceId", "position");
CREATE INDEX "invoice_line_subscriptionId_periodIndex_idx" ON "invoice_line"("subscriptionId", "periodIndex");

CREATE TABLE "invoice_tax" (
    "id" TEXT NOT NULL,
    "invoiceId" TEXT NOT NULL,
    "category" TEXT NOT NULL,
    "percent" DECIMAL(7,4) NOT NULL,
    "inclusive" BOOLEAN NOT NULL,
    "base" BIGINT NOT NULL,
    "amount" BIGINT NOT NULL,

    CONSTRAINT "invoice_tax_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "invoice_tax_invoiceId_percent_category_inclusive_key" ON "invoice_tax"("invoiceId", "percent", "category", "inclusive");

CREATE TABLE "allocation" (
    "id" TEXT NOT NULL,
    "invoiceId" TEXT NOT NULL,
    "paymentId" TEXT,
    "creditEntryId" TEXT,
    "amount" BIGINT NOT NULL,
    "causeKey" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "allocation_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "allocation_causeKey_key" ON "allocation"("causeKey");
CREATE INDEX "allocation_invoiceId_idx" ON "allocation"("invoiceId");
CREATE INDEX "allocation_paymentId_idx" ON "allocation"("paymentId");

CREATE TABLE "credit_note" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "invoiceId" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "net" BIGINT NOT NULL,
    "tax" BIGINT NOT NULL,
    "amount" BIGINT NOT NULL,
    "destination" TEXT NOT NULL,
    "refundId" TEXT,
    "causeKey" TEXT NOT NULL,
    "seller" JSONB NOT NULL,
    "buyer" JSONB NOT NULL,
    "locale" TEXT NOT NULL,
    "timeZone" TEXT NOT NULL,
    "issuedAt" TIMESTAMPTZ(3) NOT NULL,
    "pdfSha256" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credit_note_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "credit_note_number_key" ON "credit_note"("number");
CREATE UNIQUE INDEX "credit_note_causeKey_key" ON "credit_note"("causeKey");
CREATE INDEX "credit_note_organizationId_createdAt_id_idx" ON "credit_note"("organizationId", "createdAt", "id");
CREATE INDEX "credit_note_invoiceId_idx" ON "credit_note"("invoiceId");

CREATE TABLE "credit_note_line" (
    "id" TEXT NOT NULL,
    "creditNoteId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "invoiceLineId" TEXT,
    "amount" BIGINT NOT NULL,
    "taxPercent" DECIMAL(7,4),
    "taxCategory" TEXT NOT NULL,
    "taxInclusive" BOOLEAN NOT NULL,
    "description" JSONB NOT NULL,

    CONSTRAINT "credit_note_line_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "credit_note_line_creditNoteId_position_key" ON "credit_note_line"("creditNoteId", "position");

CREATE TABLE "credit_note_tax" (
    "id" TEXT NOT NULL,
    "creditNoteId" TEXT NOT NULL,
    "category" TEXT NOT NULL,
    "percent" DECIMAL(7,4) NOT NULL,
    "inclusive" BOOLEAN NOT NULL,
    "base" BIGINT NOT NULL,
    "amount" BIGINT NOT NULL,

    CONSTRAINT "credit_note_tax_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "credit_note_tax_creditNoteId_percent_category_inclusive_key" ON "credit_note_tax"("creditNoteId", "percent", "category", "inclusive");

CREATE TABLE "credit_entry" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "invoiceId" TEXT,
    "causeKey" TEXT NOT NULL,
    "note" TEXT,
    "actor" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credit_entry_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "credit_entry_causeKey_key" ON "credit_entry"("causeKey");
CREATE INDEX "credit_entry_organizationId_createdAt_id_idx" ON "credit_entry"("organizationId", "createdAt", "id");

CREATE TABLE "credit_balance" (
    "organizationId" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,

    CONSTRAINT "credit_balance_pkey" PRIMARY KEY ("organizationId", "currency")
);

CREATE TABLE "payment_account" (
    "provider" TEXT NOT NULL,
    "endpointKind" TEXT NOT NULL,
    "apiBase" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "secretKey" TEXT NOT NULL,
    "webhookSecrets" TEXT NOT NULL,
    "webhookEndpoint" TEXT,
    "externalId" TEXT,
    "disabledAt" TIMESTAMPTZ(3),
    "lastEventAt" TIMESTAMPTZ(3),
    "lastPollAt" TIMESTAMPTZ(3),
    "lastPollError" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "payment_account_pkey" PRIMARY KEY ("provider")
);

CREATE TABLE "payment_customer" (
    "organizationId" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "ref" TEXT NOT NULL,
    "refHash" TEXT NOT NULL,

    CONSTRAINT "payment_customer_pkey" PRIMARY KEY ("organizationId", "provider")
);
CREATE UNIQUE INDEX "payment_customer_provider_refHash_key" ON "payment_customer"("provider", "refHash");

CREATE TABLE "payment_method" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "providerRef" TEXT NOT NULL,
    "providerRefHash" TEXT NOT NULL,
    "brand" TEXT NOT NULL,
    "last4" TEXT NOT NULL,
    "expMonth" INTEGER,
    "expYear" INTEGER,
    "isDefault" BOOLEAN NOT NULL DEFAULT false,
    "detachedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "payment_method_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "payment_method_provider_providerRefHash_key" ON "payment_method"("provider", "providerRefHash");
CREATE INDEX "payment_method_organizationId_idx" ON "payment_method"("organizationId");

CREATE TABLE "payment_attempt" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "invoiceId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "provider" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'created',
    "providerSession" TEXT,
    "providerPayment" TEXT,
    "url" TEXT,
    "methodId" TEXT,
    "saveMethod" BOOLEAN NOT NULL DEFAULT false,
    "returnUrl" TEXT,
    "failureCode" TEXT,
    "failureMessage" TEXT,
    "retryable" BOOLEAN NOT NULL DEFAULT true,
    "requiresAction" BOOLEAN NOT NULL DEFAULT false,
    "cancelRequested" BOOLEAN NOT NULL DEFAULT false,
    "expiresAt" TIMESTAMPTZ(3),
    "nextPollAt" TIMESTAMPTZ(3),
    "polls" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "payment_attempt_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "payment_attempt_invoiceId_number_key" ON "payment_attempt"("invoiceId", "number");
CREATE UNIQUE INDEX "payment_attempt_provider_providerPayment_key" ON "payment_attempt"("provider", "providerPayment");
CREATE UNIQUE INDEX "payment_attempt_provider_providerSession_key" ON "payment_attempt"("provider", "providerSession");
CREATE INDEX "payment_attempt_nextPollAt_idx" ON "payment_attempt"("nextPollAt");
CREATE INDEX "payment_attempt_organizationId_createdAt_id_idx" ON "payment_attempt"("organizationId", "createdAt", "id");

CREATE TABLE "payment" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "invoiceId" TEXT,
    "attemptId" TEXT,
    "provider" TEXT NOT NULL,
    "providerPaymentId" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "receivedAt" TIMESTAMPTZ(3) NOT NULL,
    "source" TEXT NOT NULL,
    "label" TEXT,
    "refunded" BIGINT NOT NULL DEFAULT 0,
    "disputed" BIGINT NOT NULL DEFAULT 0,
    "reversed" BIGINT NOT NULL DEFAULT 0,
    "actor" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "payment_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "payment_provider_providerPaymentId_key" ON "payment"("provider", "providerPaymentId");
CREATE INDEX "payment_organizationId_createdAt_id_idx" ON "payment"("organizationId", "createdAt", "id");
CREATE INDEX "payment_createdAt_id_idx" ON "payment"("createdAt", "id");
CREATE INDEX "payment_invoiceId_idx" ON "payment"("invoiceId");

CREATE TABLE "payment_event" (
    "provider" TEXT NOT NULL,
    "eventId" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "objectId" TEXT NOT NULL,
    "createdProvider" TIMESTAMPTZ(3) NOT NULL,
    "receivedAt" TIMESTAMPTZ(3) NOT NULL,
    "payload" TEXT NOT NULL,

    CONSTRAINT "payment_event_pkey" PRIMARY KEY ("provider", "eventId")
);

CREATE TABLE "payment_event_outcome" (
    "provider" TEXT NOT NULL,
    "eventId" TEXT NOT NULL,
    "outcome" TEXT NOT NULL DEFAULT 'pending',
    "error" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "nextAt" TIMESTAMPTZ(3),
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payment_event_outcome_pkey" PRIMARY KEY ("provider", "eventId")
);

CREATE TABLE "refund" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "paymentId" TEXT NOT NULL,
    "invoiceId" TEXT,
    "creditNoteId" TEXT,
    "amount" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "provider" TEXT NOT NULL,
    "providerId" TEXT,
    "reason" TEXT NOT NULL,
    "failure" TEXT,
    "source" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "nextPollAt" TIMESTAMPTZ(3),
    "polls" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "refund_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "refund_provider_providerId_key" ON "refund"("provider", "providerId");
CREATE INDEX "refund_organizationId_createdAt_id_idx" ON "refund"("organizationId", "createdAt", "id");
CREATE INDEX "refund_createdAt_id_idx" ON "refund"("createdAt", "id");
CREATE INDEX "refund_paymentId_idx" ON "refund"("paymentId");

CREATE TABLE "dispute" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "paymentId" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'open',
    "provider" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "debtInvoiceId" TEXT,
    "openedAt" TIMESTAMPTZ(3) NOT NULL,
    "closedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "dispute_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "dispute_provider_providerId_key" ON "dispute"("provider", "providerId");
CREATE INDEX "dispute_organizationId_createdAt_id_idx" ON "dispute"("organizationId", "createdAt", "id");
CREATE INDEX "dispute_createdAt_id_idx" ON "dispute"("createdAt", "id");
CREATE INDEX "dispute_paymentId_idx" ON "dispute"("paymentId");


-- Who refers to whom.
ALTER TABLE "billing_profile" ADD CONSTRAINT "billing_profile_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "vat_check" ADD CONSTRAINT "vat_check_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "invoice" ADD CONSTRAINT "invoice_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "invoice_line" ADD CONSTRAINT "invoice_line_invoiceId_fkey" FOREIGN KEY ("invoiceId") REFERENCES "invoice"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "invoice_tax" ADD CONSTRAINT "invoice_tax_invoiceId_fkey" FOREIGN KEY ("invoiceId") REFERENCES "invoice"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "allocation" ADD CONSTRAINT "allocation_paymentId_fkey" FOREIGN KEY ("paymentId") REFERENCES "payment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "allocation" ADD CONSTRAINT "allocation_invoiceId_fkey" FOREIGN KEY ("invoiceId") REFERENCES "invoice"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "credit_note" ADD CONSTRAINT "credit_note_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "credit_note" ADD CONSTRAINT "credit_note_invoiceId_fkey" FOREIGN KEY ("invoiceId") REFERENCES "invoice"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "credit_note_line" ADD CONSTRAINT "credit_note_line_creditNoteId_fkey" FOREIGN KEY ("creditNoteId") REFERENCES "credit_note"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "credit_note_tax" ADD CONSTRAINT "credit_note_tax_creditNoteId_fkey" FOREIGN KEY ("creditNoteId") REFERENCES "credit_note"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "credit_entry" ADD CONSTRAINT "credit_entry_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "credit_balance" ADD CONSTRAINT "credit_balance_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "payment_customer" ADD CONSTRAINT "payment_customer_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "payment_method" ADD CONSTRAINT "payment_method_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "payment_attempt" ADD CONSTRAINT "payment_attempt_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "payment_attempt" ADD CONSTRAINT "payment_attempt_invoiceId_fkey" FOREIGN KEY ("invoiceId") REFERENCES "invoice"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "payment" ADD CONSTRAINT "payment_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "payment" ADD CONSTRAINT "payment_invoiceId_fkey" FOREIGN KEY ("invoiceId") REFERENCES "invoice"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "refund" ADD CONSTRAINT "refund_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "refund" ADD CONSTRAINT "refund_paymentId_fkey" FOREIGN KEY ("paymentId") REFERENCES "payment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "refund" ADD CONSTRAINT "refund_invoiceId_fkey" FOREIGN KEY ("invoiceId") REFERENCES "invoice"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "dispute" ADD CONSTRAINT "dispute_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "dispute" ADD CONSTRAINT "dispute_paymentId_fkey" FOREIGN KEY ("paymentId") REFERENCES "payment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What must hold whoever writes.
ALTER TABLE "billing_profile"
    ADD CONSTRAINT "billing_profile_currency" CHECK ("currency" ~ '^[A-Z]{3}$'),
    ADD CONSTRAINT "billing_profile_country" CHECK ("country" ~ '^[A-Z]{2}$');
ALTER TABLE "tax_rate"
    ADD CONSTRAINT "tax_rate_percent" CHECK ("percent" >= 0 AND "percent" < 100),
    ADD CONSTRAINT "tax_rate_time" CHECK ("validTo" IS NULL OR "validFrom" < "validTo"),
    ADD CONSTRAINT "tax_rate_reverse" CHECK ("reverseCharge" IN ('none', 'business_abroad'));
ALTER TABLE "number_series" ADD CONSTRAINT "number_series_next" CHECK ("next" >= 1);
ALTER TABLE "invoice"
    ADD CONSTRAINT "invoice_kind" CHECK ("kind" IN ('order', 'renewal', 'change', 'manual', 'topup', 'debt')),
    ADD CONSTRAINT "invoice_status" CHECK ("status" IN ('draft', 'open', 'paid', 'void', 'uncollectible')),
    ADD CONSTRAINT "invoice_currency" CHECK ("currency" ~ '^[A-Z]{3}$'),
    ADD CONSTRAINT "invoice_sum" CHECK ("total" = "subtotal" - "discount" + "tax"),
    ADD CONSTRAINT "invoice_total" CHECK ("total" >= 0 AND "discount" >= 0),
    ADD CONSTRAINT "invoice_paid" CHECK ("amountPaid" >= 0 AND "amountCredited" >= 0 AND "amountPaid" + "amountCredited" <= "total"),
    ADD CONSTRAINT "invoice_settled" CHECK ("status" <> 'paid' OR "amountPaid" + "amountCredited" = "total"),
    ADD CONSTRAINT "invoice_settled_in_full" CHECK ("status" NOT IN ('draft', 'open', 'uncollectible') OR "amountPaid" + "amountCredited" < "total" OR ("status" = 'draft' AND "total" = 0)),
    ADD CONSTRAINT "invoice_numbered" CHECK (("number" IS NULL) = ("issuedAt" IS NULL) AND ("status" = 'void' OR ("status" = 'draft') = ("number" IS NULL))),
    ADD CONSTRAINT "invoice_paid_at" CHECK (("status" = 'paid') = ("paidAt" IS NOT NULL)),
    ADD CONSTRAINT "invoice_voided_at" CHECK (("status" = 'void') = ("voidedAt" IS NOT NULL)),
    ADD CONSTRAINT "invoice_void_empty" CHECK ("status" <> 'void' OR "amountPaid" = 0);
ALTER TABLE "invoice_line"
    ADD CONSTRAINT "invoice_line_kind" CHECK ("kind" IN ('recurring', 'setup', 'option', 'proration_credit', 'proration_debit', 'discount', 'topup', 'usage', 'debt', 'manual')),
    ADD CONSTRAINT "invoice_line_amount" CHECK ("amount" = "quantity" * "unitAmount" AND "quantity" >= 1),
    ADD CONSTRAINT "invoice_line_period" CHECK ("periodStart" IS NULL OR "periodStart" < "periodEnd"),
    ADD CONSTRAINT "invoice_line_tax" CHECK (("taxPercent" IS NULL) = ("taxCategory" = 'O') AND "taxCategory" IN ('S', 'Z', 'E', 'AE', 'O'));
ALTER TABLE "credit_note"
    ADD CONSTRAINT "credit_note_sum" CHECK ("amount" = "net" + "tax" AND "amount" > 0),
    ADD CONSTRAINT "credit_note_destination" CHECK ("destination" IN ('balance', 'refund', 'none'));
ALTER TABLE "credit_entry"
    ADD CONSTRAINT "credit_entry_kind" CHECK ("kind" IN ('topup', 'downgrade', 'overpayment', 'goodwill', 'applied', 'refunded', 'expired', 'cancellation', 'void', 'unapplied')),
    ADD CONSTRAINT "credit_entry_amount" CHECK ("amount" <> 0);
ALTER TABLE "credit_balance" ADD CONSTRAINT "credit_balance_not_negative" CHECK ("amount" >= 0);
ALTER TABLE "payment_account"
    ADD CONSTRAINT "payment_account_endpoint" CHECK ("endpointKind" IN ('real', 'simulator')),
    ADD CONSTRAINT "payment_account_mode" CHECK ("mode" IN ('test', 'live'));
ALTER TABLE "payment_attempt"
    ADD CONSTRAINT "payment_attempt_amount" CHECK ("amount" > 0),
    ADD CONSTRAINT "payment_attempt_kind" CHECK ("kind" IN ('interactive', 'off_session', 'manual')),
    ADD CONSTRAINT "payment_attempt_status" CHECK ("status" IN ('created', 'pending', 'processing', 'succeeded', 'failed', 'cancelled', 'expired'));
ALTER TABLE "payment"
    ADD CONSTRAINT "payment_amount" CHECK ("amount" > 0),
    ADD CONSTRAINT "payment_source" CHECK ("source" IN ('webhook', 'poll', 'staff', 'restore')),
    ADD CONSTRAINT "payment_taken_back" CHECK ("refunded" >= 0 AND "disputed" >= 0 AND "reversed" >= 0 AND "refunded" + "disputed" + "reversed" <= "amount");
ALTER TABLE "refund"
    ADD CONSTRAINT "refund_amount" CHECK ("amount" > 0),
    ADD CONSTRAINT "refund_status" CHECK ("status" IN ('pending', 'succeeded', 'failed')),
    ADD CONSTRAINT "refund_source" CHECK ("source" IN ('staff', 'provider'));
ALTER TABLE "dispute"
    ADD CONSTRAINT "dispute_amount" CHECK ("amount" > 0),
    ADD CONSTRAINT "dispute_status" CHECK ("status" IN ('open', 'won', 'lost'));

-- One try at a time: what is under way is finished or given up first.
CREATE UNIQUE INDEX "payment_attempt_one_open" ON "payment_attempt"("invoiceId") WHERE "status" IN ('created', 'pending', 'processing');
CREATE UNIQUE INDEX "payment_method_one_default" ON "payment_method"("organizationId") WHERE "isDefault" AND "detachedAt" IS NULL;
-- What the worker looks at every moment stays small.
CREATE INDEX "payment_event_outcome_waiting" ON "payment_event_outcome"("nextAt") WHERE "outcome" = 'pending';
CREATE INDEX "refund_waiting" ON "refund"("nextPollAt") WHERE "status" = 'pending';

-- Ledgers only grow.
CREATE FUNCTION "billing_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused.', TG_TABLE_NAME, TG_OP;
END
$$;
CREATE TRIGGER "credit_entry_append_only" BEFORE UPDATE OR DELETE ON "credit_entry" FOR EACH ROW EXECUTE FUNCTION "billing_append_only"();
CREATE TRIGGER "credit_entry_no_truncate" BEFORE TRUNCATE ON "credit_entry" FOR EACH STATEMENT EXECUTE FUNCTION "billing_append_only"();
CREATE TRIGGER "allocation_append_only" BEFORE UPDATE OR DELETE ON "allocation" FOR EACH ROW EXECUTE FUNCTION "billing_append_only"();
CREATE TRIGGER "allocation_no_truncate" BEFORE TRUNCATE ON "allocation" FOR EACH STATEMENT EXECUTE FUNCTION "billing_append_only"();
CREATE TRIGGER "credit_note_line_append_only" BEFORE UPDATE OR DELETE ON "credit_note_line" FOR EACH ROW EXECUTE FUNCTION "billing_append_only"();
CREATE TRIGGER "credit_note_tax_append_only" BEFORE UPDATE OR DELETE ON "credit_note_tax" FOR EACH ROW EXECUTE FUNCTION "billing_append_only"();
CREATE TRIGGER "payment_event_no_truncate" BEFORE TRUNCATE ON "payment_event" FOR EACH STATEMENT EXECUTE FUNCTION "billing_append_only"();
CREATE TRIGGER "payment_event_no_delete" BEFORE DELETE ON "payment_event" FOR EACH ROW EXECUTE FUNCTION "billing_append_only"();

-- Of an event only the seal may change, when it moves to another master key.
CREATE FUNCTION "payment_event_only_seal"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'payload' IS DISTINCT FROM to_jsonb(OLD) - 'payload' THEN
        RAISE EXCEPTION 'payment_event is append-only: UPDATE is refused.';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER "payment_event_append_only" BEFORE UPDATE ON "payment_event" FOR EACH ROW EXECUTE FUNCTION "payment_event_only_seal"();

-- The balance is the sum of its entries, always.
CREATE FUNCTION "credit_entry_counts"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "credit_balance" ("organizationId", "currency", "amount") VALUES (NEW."organizationId", NEW."currency", 0) ON CONFLICT DO NOTHING;
    UPDATE "credit_balance" SET "amount" = "amount" + NEW."amount" WHERE "organizationId" = NEW."organizationId" AND "currency" = NEW."currency";
    RETURN NULL;
END
$$;
CREATE TRIGGER "credit_entry_counts" AFTER INSERT ON "credit_entry" FOR EACH ROW EXECUTE FUNCTION "credit_entry_counts"();

-- An invoice moves by its states only, and once issued nothing else of it changes.
CREATE FUNCTION "invoice_moves"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD."number" IS NOT NULL THEN RAISE EXCEPTION 'Invoice % was issued and stays.', OLD."number"; END IF;
        RETURN OLD;
    END IF;
    IF OLD."status" <> NEW."status" AND (OLD."status", NEW."status") NOT IN (('draft', 'open'), ('draft', 'paid'), ('draft', 'void'),
        ('open', 'paid'), ('open', 'void'), ('open', 'uncollectible'), ('uncollectible', 'paid')) THEN
        RAISE EXCEPTION 'An invoice does not go from % to %.', OLD."status", NEW."status";
    END IF;
    IF OLD."number" IS NOT NULL AND to_jsonb(NEW) - ARRAY['status', 'amountPaid', 'amountCredited', 'paidAt', 'voidedAt', 'collectionHoldUntil',
        'nextEvent', 'nextEventAt', 'version', 'updatedAt', 'pdfSha256'] IS DISTINCT FROM to_jsonb(OLD) - ARRAY['status', 'amountPaid',
        'amountCredited', 'paidAt', 'voidedAt', 'collectionHoldUntil', 'nextEvent', 'nextEventAt', 'version', 'updatedAt', 'pdfSha256'] THEN
        RAISE EXCEPTION 'Invoice % was issued: what it says does not change.', OLD."number";
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER "invoice_moves" BEFORE UPDATE OR DELETE ON "invoice" FOR EACH ROW EXECUTE FUNCTION "invoice_moves"();

CREATE FUNCTION "invoice_parts_stay"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_invoice TEXT := CASE WHEN TG_OP = 'INSERT' THEN NEW."invoiceId" ELSE OLD."invoiceId" END;
BEGIN
    IF EXISTS (SELECT 1 FROM "invoice" WHERE "id" = of_invoice AND "number" IS NOT NULL) THEN
        RAISE EXCEPTION 'Invoice % was issued: its lines do not change.', of_invoice;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER "invoice_line_stays" BEFORE INSERT OR UPDATE OR DELETE ON "invoice_line" FOR EACH ROW EXECUTE FUNCTION "invoice_parts_stay"();
CREATE TRIGGER "invoice_tax_stays" BEFORE INSERT OR UPDATE OR DELETE ON "invoice_tax" FOR EACH ROW EXECUTE FUNCTION "invoice_parts_stay"();

CREATE FUNCTION "credit_note_stays"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - ARRAY['pdfSha256', 'refundId'] IS DISTINCT FROM to_jsonb(OLD) - ARRAY['pdfSha256', 'refundId'] THEN
        RAISE EXCEPTION 'Credit note % was issued: it does not change.', OLD."number";
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER "credit_note_stays" BEFORE UPDATE OR DELETE ON "credit_note" FOR EACH ROW EXECUTE FUNCTION "credit_note_stays"();

-- At the end of each transaction: an invoice's total is its lines and exclusive taxes, and what it was paid is its allocations.
CREATE FUNCTION "invoice_adds_up"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row "invoice"%ROWTYPE;
    lines BIGINT;
    exclusive BIGINT;
    taxes BIGINT;
    given BIGINT;
    credited BIGINT;
BEGIN
    SELECT * INTO row FROM "invoice" WHERE "id" = NEW."id";
    IF NOT FOUND THEN RETURN NULL; END IF;
    SELECT COALESCE(sum("amount"), 0) INTO lines FROM "invoice_line" WHERE "invoiceId" = row."id";
    SELECT COALESCE(sum("amount"), 0), COALESCE(sum("amount") FILTER (WHERE NOT "inclusive"), 0) INTO taxes, exclusive
        FROM "invoice_tax" WHERE "invoiceId" = row."id";
    SELECT COALESCE(sum("amount"), 0) INTO given FROM "allocation" WHERE "invoiceId" = row."id";
    SELECT COALESCE(sum("amount"), 0) INTO credited FROM "credit_note" WHERE "invoiceId" = row."id";
    IF row."total" <> lines + exclusive OR row."tax" <> taxes OR row."amountPaid" <> given OR row."amountCredited" <> credited THEN
        RAISE EXCEPTION 'Invoice % does not add up: total %, lines %, taxes %, paid %, allocations %, credited %, credit notes %.',
            row."id", row."total", lines, taxes, row."amountPaid", given, row."amountCredited", credited;
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER "invoice_adds_up" AFTER INSERT OR UPDATE ON "invoice" DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION "invoice_adds_up"();

-- The currency of an organization is fixed by its first invoice.
CREATE FUNCTION "billing_currency_stays"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW."currency" <> OLD."currency"
        AND EXISTS (SELECT 1 FROM "invoice" WHERE "organizationId" = OLD."organizationId" AND "number" IS NOT NULL) THEN
        RAISE EXCEPTION 'The currency of an organization with invoices does not change.';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER "billing_currency_stays" BEFORE UPDATE ON "billing_profile" FOR EACH ROW EXECUTE FUNCTION "billing_currency_stays"();

-- States only move forward; success after a failure is believed, the reverse is not.
CREATE FUNCTION "payment_attempt_rank"("status" TEXT) RETURNS INTEGER LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE "status" WHEN 'created' THEN 0 WHEN 'pending' THEN 1 WHEN 'processing' THEN 2 WHEN 'succeeded' THEN 4 ELSE 3 END
$$;
CREATE FUNCTION "payment_attempt_moves"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD."status" <> NEW."status" AND "payment_attempt_rank"(NEW."status") <= "payment_attempt_rank"(OLD."status") THEN
        RAISE EXCEPTION 'A payment attempt does not go from % to %.', OLD."status", NEW."status";
    END IF;
    IF NEW."amount" <> OLD."amount" OR NEW."currency" <> OLD."currency" OR NEW."invoiceId" <> OLD."invoiceId" THEN
        RAISE EXCEPTION 'What a payment attempt asks for does not change.';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER "payment_attempt_moves" BEFORE UPDATE ON "payment_attempt" FOR EACH ROW EXECUTE FUNCTION "payment_attempt_moves"();
