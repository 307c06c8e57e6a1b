CREATE TABLE "coupon" (
    "id" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "percent" DECIMAL(7,4),
    "amount" BIGINT,
    "currency" TEXT,
    "applies" TEXT NOT NULL DEFAULT 'recurring',
    "productIds" TEXT[] NOT NULL DEFAULT '{}',
    "periods" INTEGER,
    "maxRedemptions" INTEGER,
    "perOrganization" INTEGER,
    "newCustomersOnly" BOOLEAN NOT NULL DEFAULT false,
    "redeemed" INTEGER NOT NULL DEFAULT 0,
    "validFrom" TIMESTAMPTZ(3) NOT NULL,
    "validTo" TIMESTAMPTZ(3),
    "disabledAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "coupon_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "coupon_discount" CHECK (
        ("percent" IS NOT NULL AND "percent" > 0 AND "percent" <= 100 AND "amount" IS NULL AND "currency" IS NULL)
        OR ("percent" IS NULL AND "amount" > 0 AND "currency" IS NOT NULL)),
    CONSTRAINT "coupon_applies" CHECK ("applies" IN ('recurring', 'setup', 'all')),
    CONSTRAINT "coupon_periods" CHECK ("periods" IS NULL OR "periods" > 0),
    CONSTRAINT "coupon_redeemed" CHECK ("redeemed" >= 0 AND ("maxRedemptions" IS NULL OR "redeemed" <= "maxRedemptions"))
);
CREATE UNIQUE INDEX "coupon_code_key" ON "coupon" ("code");
CREATE INDEX "coupon_createdAt_id_idx" ON "coupon" ("createdAt", "id");

-- One for each order item that it takes something off. It lives until its order comes to nothing.
CREATE TABLE "coupon_redemption" (
    "id" TEXT NOT NULL,
    "couponId" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "orderItemId" TEXT NOT NULL,
    "share" BIGINT,
    "releasedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "coupon_redemption_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "coupon_redemption_couponId_fkey" FOREIGN KEY ("couponId") REFERENCES "coupon" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "coupon_redemption_orderItemId_key" ON "coupon_redemption" ("orderItemId");
CREATE INDEX "coupon_redemption_couponId_idx" ON "coupon_redemption" ("couponId");
CREATE INDEX "coupon_redemption_organizationId_idx" ON "coupon_redemption" ("organizationId");

-- The periods that it was used for, each by its invoice; gone when that is void.
CREATE TABLE "coupon_use" (
    "redemptionId" TEXT NOT NULL,
    "periodIndex" INTEGER NOT NULL,
    "invoiceId" TEXT NOT NULL,
    CONSTRAINT "coupon_use_pkey" PRIMARY KEY ("redemptionId", "periodIndex"),
    CONSTRAINT "coupon_use_redemptionId_fkey" FOREIGN KEY ("redemptionId") REFERENCES "coupon_redemption" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "coupon_use_invoiceId_idx" ON "coupon_use" ("invoiceId");

-- What can be added to a product, with its prices.
CREATE TABLE "product_option" (
    "id" TEXT NOT NULL,
    "productId" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "min" INTEGER NOT NULL DEFAULT 0,
    "max" INTEGER NOT NULL DEFAULT 1,
    "step" INTEGER NOT NULL DEFAULT 1,
    "images" TEXT[] NOT NULL DEFAULT '{}',
    "position" INTEGER NOT NULL,
    CONSTRAINT "product_option_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "product_option_kind" CHECK ("kind" IN ('image', 'backups', 'storage', 'ips')),
    CONSTRAINT "product_option_count" CHECK ("min" >= 0 AND "max" >= "min" AND "step" >= 1),
    CONSTRAINT "product_option_productId_fkey" FOREIGN KEY ("productId") REFERENCES "product" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "product_option_productId_key_key" ON "product_option" ("productId", "key");
CREATE TABLE "option_price" (
    "optionId" TEXT NOT NULL,
    "interval" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    CONSTRAINT "option_price_pkey" PRIMARY KEY ("optionId", "interval", "currency"),
    CONSTRAINT "option_price_amount" CHECK ("amount" >= 0),
    CONSTRAINT "option_price_optionId_fkey" FOREIGN KEY ("optionId") REFERENCES "product_option" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- Days before the first period that cost nothing, and months for which it is bought at least.
ALTER TABLE "product" ADD COLUMN "trialDays" INTEGER, ADD COLUMN "termMonths" INTEGER,
    ADD CONSTRAINT "product_trial" CHECK ("trialDays" IS NULL OR "trialDays" > 0),
    ADD CONSTRAINT "product_term" CHECK ("termMonths" IS NULL OR "termMonths" > 0);

-- A price that subscriptions will have from a day on, told ahead.
CREATE TABLE "price_change" (
    "id" TEXT NOT NULL,
    "productId" TEXT NOT NULL,
    "interval" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "effectiveOn" DATE NOT NULL,
    "announcedBy" TEXT NOT NULL,
    "announcedAt" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "price_change_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "price_change_amount" CHECK ("amount" >= 0),
    CONSTRAINT "price_change_productId_fkey" FOREIGN KEY ("productId") REFERENCES "product" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "price_change_productId_idx" ON "price_change" ("productId");

ALTER TABLE "subscription" ADD COLUMN "options" JSONB NOT NULL DEFAULT '[]',
    ADD COLUMN "trialDays" INTEGER, ADD COLUMN "termMonths" INTEGER, ADD COLUMN "termEndsOn" DATE,
    ADD COLUMN "startedAt" TIMESTAMPTZ(3), ADD COLUMN "announcedAmount" BIGINT, ADD COLUMN "announcedFrom" DATE;
