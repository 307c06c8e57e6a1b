-- What is measured of a product's servers, and for how much.
CREATE TABLE "product_meter" (
    "productId" TEXT NOT NULL,
    "meter" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "unitPrice" DECIMAL(19,8) NOT NULL,
    "included" DECIMAL(19,4) NOT NULL DEFAULT 0,
    "cap" BIGINT,
    CONSTRAINT "product_meter_pkey" PRIMARY KEY ("productId", "meter", "currency"),
    CONSTRAINT "product_meter_meter" CHECK ("meter" IN ('traffic', 'snapshot', 'hours')),
    CONSTRAINT "product_meter_numbers" CHECK ("unitPrice" >= 0 AND "included" >= 0 AND ("cap" IS NULL OR "cap" >= 0)),
    CONSTRAINT "product_meter_productId_fkey" FOREIGN KEY ("productId") REFERENCES "product" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- What was used in a period, and the invoice that asks for it.
CREATE TABLE "usage_record" (
    "subscriptionId" TEXT NOT NULL,
    "meter" TEXT NOT NULL,
    "periodIndex" INTEGER NOT NULL,
    "quantity" DECIMAL(19,4) NOT NULL,
    "amount" BIGINT,
    "measuredAt" TIMESTAMPTZ(3) NOT NULL,
    "ratedAt" TIMESTAMPTZ(3),
    "invoiceId" TEXT,
    CONSTRAINT "usage_record_pkey" PRIMARY KEY ("subscriptionId", "meter", "periodIndex"),
    CONSTRAINT "usage_record_quantity" CHECK ("quantity" >= 0),
    CONSTRAINT "usage_record_subscriptionId_fkey" FOREIGN KEY ("subscriptionId") REFERENCES "subscription" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
ALTER TABLE "invoice" DROP CONSTRAINT "invoice_kind", ADD CONSTRAINT "invoice_kind"
    CHECK ("kind" IN ('order', 'renewal', 'change', 'usage', 'manual', 'topup', 'debt'));

-- Whose unpaid invoices go another way than the default one.
ALTER TABLE "organization" ADD COLUMN "dunningPolicyId" TEXT
    CONSTRAINT "organization_dunningPolicyId_fkey" REFERENCES "dunning_policy" ("id") ON DELETE RESTRICT ON UPDATE CASCADE;
CREATE UNIQUE INDEX "dunning_policy_default" ON "dunning_policy" ("isDefault") WHERE "isDefault";
