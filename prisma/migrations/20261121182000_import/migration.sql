-- A server that was there before its VPS: what is being taken over, until that has succeeded.
ALTER TABLE "vps" ADD COLUMN "importing" JSONB;
