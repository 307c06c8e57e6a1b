-- Which of the seller's rules asked for a look at it, and the version of the terms that it agreed to.
ALTER TABLE "order" ADD COLUMN "reviewRule" TEXT, ADD COLUMN "termsVersion" TEXT;

-- Cards that were declined on the page of an attempt, and when the last one was.
ALTER TABLE "payment_attempt" ADD COLUMN "declines" INTEGER NOT NULL DEFAULT 0, ADD COLUMN "declinedAt" TIMESTAMPTZ(3);
CREATE INDEX "payment_attempt_declined" ON "payment_attempt" ("organizationId", "declinedAt") WHERE "declinedAt" IS NOT NULL;
