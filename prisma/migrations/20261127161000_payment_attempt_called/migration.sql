-- When the provider was first asked: from then on only the provider can say whether it happened.
ALTER TABLE "payment_attempt" ADD COLUMN "calledAt" TIMESTAMPTZ(3);
