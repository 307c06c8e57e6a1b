-- What a change of a subscription adds or takes off.
ALTER TABLE "subscription_change" ADD COLUMN "options" JSONB;
