-- The servers of a disputed payment are switched off three days after the dispute was opened, and by it alone.
ALTER TABLE "vps_suspension" DROP CONSTRAINT "vps_suspension_reason",
    ADD CONSTRAINT "vps_suspension_reason" CHECK ("reason" IN ('dunning', 'staff', 'abuse', 'customer', 'dispute'));
-- When that is to happen; NULL: it has happened, or will not.
ALTER TABLE "dispute" ADD COLUMN "suspendsAt" TIMESTAMPTZ(3);
CREATE INDEX "dispute_due" ON "dispute" ("suspendsAt") WHERE "suspendsAt" IS NOT NULL;
UPDATE "dispute" SET "suspendsAt" = "openedAt" + INTERVAL '72 hours' WHERE "status" = 'open';
