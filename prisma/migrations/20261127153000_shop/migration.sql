-- What is sold, orders, subscriptions. Amounts are in the currency's smallest unit.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE "product" (
    "id" TEXT NOT NULL,
    "number" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "kind" TEXT NOT NULL DEFAULT 'vps',
    "visibility" TEXT NOT NULL DEFAULT 'hidden',
    "sort" INTEGER NOT NULL DEFAULT 0,
    "features" JSONB NOT NULL DEFAULT '[]',
    "module" TEXT NOT NULL DEFAULT 'automatic',
    "maxPerOrganization" INTEGER,
    "oncePerReference" BOOLEAN NOT NULL DEFAULT false,
    "recommended" BOOLEAN NOT NULL DEFAULT false,
    "compat" JSONB,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "product_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "product_number_key" ON "product" ("number");
CREATE INDEX "product_createdAt_id_idx" ON "product" ("createdAt", "id");

CREATE TABLE "product_candidate" (
    "id" TEXT NOT NULL,
    "productId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "accountId" TEXT,
    "plan" TEXT NOT NULL,
    "regions" TEXT[] NOT NULL,
    "images" TEXT[] NOT NULL,
    "costAmount" BIGINT,
    "costCurrency" TEXT,
    "costSeenAt" TIMESTAMPTZ(3),
    "available" BOOLEAN NOT NULL DEFAULT true,
    "reason" TEXT,
    CONSTRAINT "product_candidate_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "product_candidate_productId_fkey" FOREIGN KEY ("productId") REFERENCES "product" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "product_candidate_productId_position_key" ON "product_candidate" ("productId", "position");
CREATE INDEX "product_candidate_accountId_idx" ON "product_candidate" ("accountId");

CREATE TABLE "product_price" (
    "id" TEXT NOT NULL,
    "productId" TEXT NOT NULL,
    "interval" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "setupFee" BIGINT NOT NULL DEFAULT 0,
    "taxBehavior" TEXT NOT NULL DEFAULT 'exclusive',
    "validFrom" TIMESTAMPTZ(3) NOT NULL,
    "validTo" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "product_price_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "product_price_productId_fkey" FOREIGN KEY ("productId") REFERENCES "product" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "product_price_productId_idx" ON "product_price" ("productId");

CREATE TABLE "price_rule" (
    "productId" TEXT NOT NULL,
    "percent" DECIMAL(9,4) NOT NULL,
    "plus" DECIMAL(19,4) NOT NULL,
    "currency" TEXT NOT NULL,
    "rounding" TEXT NOT NULL DEFAULT 'none',
    "minMarginPercent" DECIMAL(9,4) NOT NULL,
    CONSTRAINT "price_rule_pkey" PRIMARY KEY ("productId"),
    CONSTRAINT "price_rule_productId_fkey" FOREIGN KEY ("productId") REFERENCES "product" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);


CREATE TABLE "exchange_rate" (
    "base" TEXT NOT NULL,
    "quote" TEXT NOT NULL,
    "rate" DECIMAL(20,10) NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "source" TEXT NOT NULL,
    CONSTRAINT "exchange_rate_pkey" PRIMARY KEY ("base", "quote")
);


CREATE TABLE "stock_item" (
    "id" TEXT NOT NULL,
    "productId" TEXT NOT NULL,
    "total" INTEGER,
    "reserved" INTEGER NOT NULL DEFAULT 0,
    "sold" INTEGER NOT NULL DEFAULT 0,
    "accountId" TEXT,
    "externalKey" TEXT,
    "externalPid" TEXT,
    "externalName" TEXT,
    "available" BOOLEAN NOT NULL DEFAULT true,
    "lastSeenAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "stock_item_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "stock_item_productId_fkey" FOREIGN KEY ("productId") REFERENCES "product" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "stock_item_accountId_externalPid_externalName_key" ON "stock_item" ("accountId", "externalPid", "externalName");
CREATE INDEX "stock_item_productId_idx" ON "stock_item" ("productId");

CREATE TABLE "stock_reservation" (
    "id" TEXT NOT NULL,
    "stockItemId" TEXT NOT NULL,
    "orderItemId" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'held',
    "expiresAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "stock_reservation_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "stock_reservation_stockItemId_fkey" FOREIGN KEY ("stockItemId") REFERENCES "stock_item" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX "stock_reservation_state_expiresAt_idx" ON "stock_reservation" ("state", "expiresAt");

CREATE TABLE "quote" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "items" JSONB NOT NULL,
    "lines" JSONB NOT NULL,
    "total" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "quote_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "quote_organizationId_createdAt_idx" ON "quote" ("organizationId", "createdAt");

CREATE TABLE "order" (
    "id" TEXT NOT NULL,
    "number" SERIAL NOT NULL,
    "organizationId" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "total" BIGINT NOT NULL,
    "quoteId" TEXT NOT NULL,
    "invoiceId" TEXT,
    "placedBy" TEXT NOT NULL,
    "source" TEXT NOT NULL DEFAULT 'api',
    "externalReference" TEXT,
    "placedAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3),
    "paidAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),
    "reason" TEXT,
    "refundDue" BOOLEAN NOT NULL DEFAULT false,
    "refundedAt" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "order_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "order_number_key" ON "order" ("number");
CREATE INDEX "order_organizationId_createdAt_id_idx" ON "order" ("organizationId", "createdAt", "id");
CREATE INDEX "order_createdAt_id_idx" ON "order" ("createdAt", "id");
CREATE INDEX "order_status_expiresAt_idx" ON "order" ("status", "expiresAt");

CREATE TABLE "order_item" (
    "id" TEXT NOT NULL,
    "orderId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "organizationId" TEXT NOT NULL,
    "productId" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "interval" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "setupFee" BIGINT NOT NULL,
    "taxBehavior" TEXT NOT NULL,
    "options" JSONB NOT NULL,
    "candidateId" TEXT,
    "candidateIndex" INTEGER NOT NULL DEFAULT 0,
    "tried" JSONB NOT NULL DEFAULT '[]',
    "subscriptionId" TEXT,
    "vpsId" TEXT,
    "externalReference" TEXT,
    "uniqueReference" TEXT,
    "failure" TEXT,
    "nextEventAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "order_item_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "order_item_orderId_fkey" FOREIGN KEY ("orderId") REFERENCES "order" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "order_item_orderId_position_key" ON "order_item" ("orderId", "position");
CREATE INDEX "order_item_vpsId_idx" ON "order_item" ("vpsId");
CREATE INDEX "order_item_organizationId_productId_idx" ON "order_item" ("organizationId", "productId");
CREATE INDEX "order_item_status_idx" ON "order_item" ("status");

CREATE TABLE "effect" (
    "key" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "effect_pkey" PRIMARY KEY ("key")
);


CREATE TABLE "test_clock" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "frozenAt" TIMESTAMPTZ(3) NOT NULL,
    "target" TIMESTAMPTZ(3),
    "status" TEXT NOT NULL DEFAULT 'ready',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "test_clock_pkey" PRIMARY KEY ("id")
);


CREATE TABLE "subscription" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "orderItemId" TEXT NOT NULL,
    "productId" TEXT NOT NULL,
    "vpsId" TEXT,
    "status" TEXT NOT NULL,
    "formerStatus" TEXT,
    "currency" TEXT NOT NULL,
    "interval" TEXT NOT NULL,
    "anchorDate" DATE,
    "anchorIndex" INTEGER NOT NULL DEFAULT 0,
    "billingZone" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "setupFee" BIGINT NOT NULL,
    "taxBehavior" TEXT NOT NULL,
    "nextIndex" INTEGER NOT NULL DEFAULT 0,
    "renewalInvoiceId" TEXT,
    "renewalIndex" INTEGER,
    "cancelAtEnd" BOOLEAN NOT NULL DEFAULT false,
    "endsAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),
    "endReason" TEXT,
    "pausedByStaff" BOOLEAN NOT NULL DEFAULT false,
    "nextEvent" TEXT,
    "nextEventAt" TIMESTAMPTZ(3),
    "problem" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "subscription_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "subscription_orderItemId_key" ON "subscription" ("orderItemId");
CREATE INDEX "subscription_organizationId_createdAt_id_idx" ON "subscription" ("organizationId", "createdAt", "id");
CREATE INDEX "subscription_createdAt_id_idx" ON "subscription" ("createdAt", "id");
CREATE INDEX "subscription_nextEventAt_idx" ON "subscription" ("nextEventAt");
CREATE INDEX "subscription_vpsId_idx" ON "subscription" ("vpsId");

CREATE TABLE "subscription_period" (
    "subscriptionId" TEXT NOT NULL,
    "index" INTEGER NOT NULL,
    "startDate" DATE NOT NULL,
    "endDate" DATE NOT NULL,
    "startAt" TIMESTAMPTZ(3) NOT NULL,
    "endAt" TIMESTAMPTZ(3) NOT NULL,
    "amount" BIGINT NOT NULL,
    "invoiceId" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "subscription_period_pkey" PRIMARY KEY ("subscriptionId", "index"),
    CONSTRAINT "subscription_period_subscriptionId_fkey" FOREIGN KEY ("subscriptionId") REFERENCES "subscription" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);


CREATE TABLE "subscription_segment" (
    "subscriptionId" TEXT NOT NULL,
    "periodIndex" INTEGER NOT NULL,
    "fromDate" DATE NOT NULL,
    "toDate" DATE NOT NULL,
    "productId" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "invoiceId" TEXT,
    CONSTRAINT "subscription_segment_pkey" PRIMARY KEY ("subscriptionId", "periodIndex", "fromDate"),
    CONSTRAINT "subscription_segment_subscriptionId_fkey" FOREIGN KEY ("subscriptionId") REFERENCES "subscription" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);


CREATE TABLE "subscription_event" (
    "subscriptionId" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "subscription_event_pkey" PRIMARY KEY ("subscriptionId", "seq"),
    CONSTRAINT "subscription_event_subscriptionId_fkey" FOREIGN KEY ("subscriptionId") REFERENCES "subscription" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);


CREATE TABLE "subscription_change" (
    "id" TEXT NOT NULL,
    "subscriptionId" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "effective" TEXT NOT NULL,
    "productId" TEXT NOT NULL,
    "interval" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "candidateId" TEXT,
    "plan" TEXT,
    "credit" BIGINT NOT NULL DEFAULT 0,
    "debit" BIGINT NOT NULL DEFAULT 0,
    "changeDate" DATE,
    "invoiceId" TEXT,
    "operationId" TEXT,
    "requestedBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),
    CONSTRAINT "subscription_change_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "subscription_change_subscriptionId_fkey" FOREIGN KEY ("subscriptionId") REFERENCES "subscription" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "subscription_change_subscriptionId_idx" ON "subscription_change" ("subscriptionId");

CREATE TABLE "dunning_event" (
    "invoiceId" TEXT NOT NULL,
    "stage" TEXT NOT NULL,
    "subscriptionId" TEXT,
    "outcome" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "dunning_event_pkey" PRIMARY KEY ("invoiceId", "stage")
);


CREATE TABLE "dunning_policy" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "stages" JSONB NOT NULL,
    "isDefault" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "dunning_policy_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "dunning_policy_name_key" ON "dunning_policy" ("name");

-- States are words that a row may have.
ALTER TABLE "product" ADD CONSTRAINT "product_kind" CHECK ("kind" IN ('vps', 'dedicated')),
    ADD CONSTRAINT "product_visibility" CHECK ("visibility" IN ('public', 'hidden', 'retired')),
    ADD CONSTRAINT "product_module" CHECK ("module" IN ('automatic', 'manual'));
ALTER TABLE "product_price" ADD CONSTRAINT "product_price_interval" CHECK ("interval" IN ('month', 'quarter', 'year')),
    ADD CONSTRAINT "product_price_amounts" CHECK ("amount" >= 0 AND "setupFee" >= 0),
    ADD CONSTRAINT "product_price_tax" CHECK ("taxBehavior" IN ('exclusive', 'inclusive')),
    ADD CONSTRAINT "product_price_times" CHECK ("validTo" IS NULL OR "validTo" > "validFrom"),
    ADD CONSTRAINT "product_price_one" EXCLUDE USING gist (
        "productId" WITH =, "interval" WITH =, "currency" WITH =, tstzrange("validFrom", "validTo") WITH &&);
ALTER TABLE "stock_item" ADD CONSTRAINT "stock_item_counts"
    CHECK ("reserved" >= 0 AND "sold" >= 0 AND ("total" IS NULL OR "reserved" + "sold" <= "total"));
-- What is sold of a kind of which there is no more telling which one: one row for it.
CREATE UNIQUE INDEX "stock_item_of_product" ON "stock_item" ("productId") WHERE "externalPid" IS NULL;
ALTER TABLE "stock_reservation" ADD CONSTRAINT "stock_reservation_state"
    CHECK ("state" IN ('held', 'consumed', 'released', 'expired'));
CREATE UNIQUE INDEX "stock_reservation_living" ON "stock_reservation" ("orderItemId") WHERE "state" IN ('held', 'consumed');
ALTER TABLE "order" ADD CONSTRAINT "order_status" CHECK ("status" IN
    ('draft', 'placed', 'paid', 'provisioning', 'fulfilled', 'failed', 'expired', 'cancelled')),
    ADD CONSTRAINT "order_total" CHECK ("total" >= 0);
CREATE UNIQUE INDEX "order_quoteId_key" ON "order" ("quoteId");
ALTER TABLE "order_item" ADD CONSTRAINT "order_item_status" CHECK ("status" IN
    ('reserved', 'paid', 'provisioning', 'pending_provisioning', 'ready', 'failed', 'cancelled', 'released'));
CREATE UNIQUE INDEX "order_item_once" ON "order_item" ("organizationId", "productId", "uniqueReference")
    WHERE "uniqueReference" IS NOT NULL AND "status" NOT IN ('cancelled', 'released', 'failed');
ALTER TABLE "subscription" ADD CONSTRAINT "subscription_status" CHECK ("status" IN
    ('pending', 'active', 'past_due', 'suspended', 'cancelling', 'terminating', 'ended')),
    ADD CONSTRAINT "subscription_interval" CHECK ("interval" IN ('month', 'quarter', 'year')),
    ADD CONSTRAINT "subscription_anchor" CHECK (("anchorDate" IS NULL) = ("status" = 'pending') OR "status" = 'ended'),
    ADD CONSTRAINT "subscription_amount" CHECK ("amount" >= 0);
CREATE UNIQUE INDEX "subscription_vps" ON "subscription" ("vpsId") WHERE "vpsId" IS NOT NULL AND "status" <> 'ended';
ALTER TABLE "subscription_period" ADD CONSTRAINT "subscription_period_days" CHECK ("startDate" < "endDate"),
    ADD CONSTRAINT "subscription_period_apart" EXCLUDE USING gist (
        "subscriptionId" WITH =, daterange("startDate", "endDate") WITH &&);
ALTER TABLE "subscription_segment" ADD CONSTRAINT "subscription_segment_days" CHECK ("fromDate" < "toDate"),
    ADD CONSTRAINT "subscription_segment_apart" EXCLUDE USING gist (
        "subscriptionId" WITH =, "periodIndex" WITH =, daterange("fromDate", "toDate") WITH &&);
ALTER TABLE "subscription_change" ADD CONSTRAINT "subscription_change_status"
    CHECK ("status" IN ('open', 'applied', 'expired', 'withdrawn'));
CREATE UNIQUE INDEX "subscription_change_open" ON "subscription_change" ("subscriptionId") WHERE "status" = 'open';

-- What became of a subscription is never changed.
CREATE FUNCTION "subscription_event_stays"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'subscription_event is append-only';
END $$;
CREATE TRIGGER "subscription_event_stays" BEFORE UPDATE OR DELETE ON "subscription_event"
    FOR EACH ROW EXECUTE FUNCTION "subscription_event_stays"();

-- An organization that does not buy creates its servers itself; so does everyone who was here before.
ALTER TABLE "organization" ADD COLUMN "internal" BOOLEAN NOT NULL DEFAULT true, ADD COLUMN "testClockId" TEXT
    CONSTRAINT "organization_testClockId_fkey" REFERENCES "test_clock" ("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Plan, options and end of a VPS with a subscription change by that subscription.
ALTER TABLE "vps" ADD COLUMN "subscriptionId" TEXT;
CREATE INDEX "vps_subscriptionId_idx" ON "vps" ("subscriptionId");

-- Why a VPS is suspended: a set, each lifted by its own cause.
CREATE TABLE "vps_suspension" (
    "id" TEXT NOT NULL,
    "vpsId" TEXT NOT NULL,
    "reason" TEXT NOT NULL CONSTRAINT "vps_suspension_reason" CHECK ("reason" IN ('dunning', 'staff', 'abuse', 'customer')),
    "cause" TEXT NOT NULL,
    "words" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "liftedAt" TIMESTAMPTZ(3),
    CONSTRAINT "vps_suspension_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "vps_suspension_vpsId_fkey" FOREIGN KEY ("vpsId") REFERENCES "vps" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "vps_suspension_living" ON "vps_suspension" ("vpsId", "reason") WHERE "liftedAt" IS NULL;
