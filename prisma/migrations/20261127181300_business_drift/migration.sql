-- Where what is sold, what runs and what is paid for differ. Open until it is found no more.
CREATE TABLE "business_drift" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "organizationId" TEXT,
    "subscriptionId" TEXT,
    "vpsId" TEXT,
    "productId" TEXT,
    "accountId" TEXT,
    "amount" BIGINT,
    "currency" TEXT,
    "message" TEXT NOT NULL,
    "foundAt" TIMESTAMPTZ(3) NOT NULL,
    "lastSeenAt" TIMESTAMPTZ(3) NOT NULL,
    "resolvedAt" TIMESTAMPTZ(3),
    CONSTRAINT "business_drift_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "business_drift_open" ON "business_drift" ("kind", "subject") WHERE "resolvedAt" IS NULL;
CREATE INDEX "business_drift_foundAt_idx" ON "business_drift" ("foundAt");

-- Lines of providers' own bills, each explained by what Plinth knows.
CREATE TABLE "provider_charge" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "externalId" TEXT NOT NULL,
    "month" TEXT NOT NULL,
    "objectId" TEXT,
    "description" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "importedAt" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "provider_charge_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "provider_charge_month" CHECK ("month" ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    CONSTRAINT "provider_charge_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "account" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "provider_charge_accountId_externalId_key" ON "provider_charge" ("accountId", "externalId");
CREATE INDEX "provider_charge_month_idx" ON "provider_charge" ("month");
