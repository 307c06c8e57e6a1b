-- The numbers that were given out when an attempt was made go with it to the provider, where a restored database finds them.
ALTER TABLE "payment_attempt" ADD COLUMN "numbers" TEXT;
-- Who asked for it.
ALTER TABLE "payment_attempt" ADD COLUMN "actor" TEXT NOT NULL DEFAULT 'plinth';
