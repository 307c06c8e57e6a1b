-- What can happen to a VPS after it exists: power, suspension, maintenance, protection, termination with grace and proof.
ALTER TABLE "vps"
    ADD COLUMN "powerState" TEXT,
    ADD COLUMN "notes" TEXT,
    ADD COLUMN "deleteProtection" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "maintenanceReason" TEXT,
    ADD COLUMN "suspendReason" TEXT,
    ADD COLUMN "suspendedAt" TIMESTAMPTZ(3),
    ADD COLUMN "suspendedPower" TEXT,
    ADD COLUMN "terminateDueAt" TIMESTAMPTZ(3),
    ADD COLUMN "formerStatus" TEXT,
    ADD COLUMN "evidence" JSONB,
    ADD COLUMN "nextPassword" TEXT;

CREATE INDEX "vps_terminateDueAt_idx" ON "vps"("terminateDueAt");

ALTER TABLE "operation" ADD COLUMN "progress" JSONB;
