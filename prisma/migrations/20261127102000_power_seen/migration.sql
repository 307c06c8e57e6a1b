-- When the power of a VPS was last seen: at the end of what changed it, or when its account's servers were last read whole.
ALTER TABLE "vps" ADD COLUMN "powerSeenAt" TIMESTAMPTZ(3);
ALTER TABLE "account" ADD COLUMN "serversSeenAt" TIMESTAMPTZ(3);
UPDATE "vps" SET "powerSeenAt" = "updatedAt" WHERE "powerState" IS NOT NULL;

CREATE FUNCTION plinth_power_seen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW."powerSeenAt" := CASE WHEN NEW."powerState" IS NULL THEN NULL ELSE clock_timestamp() END;
    RETURN NEW;
END $$;

-- Also where it is written again as it was: it was looked at.
CREATE TRIGGER "vps_power_made" BEFORE INSERT ON "vps" FOR EACH ROW EXECUTE FUNCTION plinth_power_seen();
CREATE TRIGGER "vps_power_written" BEFORE UPDATE OF "powerState" ON "vps" FOR EACH ROW EXECUTE FUNCTION plinth_power_seen();
