-- One line per change of a VPS or of an operation's status, for everyone who follows all of them (GET /api/events).
-- Read and written by SQL only (server/store/changes.ts), so it is not in schema.prisma.
-- Readers go by (xid, seq) and stop before the oldest transaction under way: a number alone would skip what commits later.
CREATE TABLE "change" (
    "seq" BIGINT GENERATED ALWAYS AS IDENTITY,
    "xid" XID8 NOT NULL DEFAULT pg_current_xact_id(),
    "organizationId" TEXT NOT NULL,
    "vpsId" TEXT NOT NULL,
    "operationId" TEXT,
    "status" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "change_pkey" PRIMARY KEY ("xid", "seq")
);
CREATE INDEX "change_at_idx" ON "change"("at");

CREATE FUNCTION plinth_note_vps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "change" ("organizationId", "vpsId", "status") VALUES (NEW."organizationId", NEW."id", NEW."status");
    -- Who had it before must see that it is gone.
    IF TG_OP = 'UPDATE' AND OLD."organizationId" <> NEW."organizationId" THEN
        INSERT INTO "change" ("organizationId", "vpsId", "status") VALUES (OLD."organizationId", NEW."id", NEW."status");
    END IF;
    PERFORM pg_notify('plinth_change', '');
    RETURN NULL;
END $$;

CREATE FUNCTION plinth_note_operation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "change" ("organizationId", "vpsId", "operationId", "status")
    VALUES (NEW."organizationId", NEW."vpsId", NEW."id", NEW."status");
    PERFORM pg_notify('plinth_change', '');
    RETURN NULL;
END $$;

CREATE TRIGGER "vps_made" AFTER INSERT ON "vps" FOR EACH ROW EXECUTE FUNCTION plinth_note_vps();
CREATE TRIGGER "vps_changed" AFTER UPDATE ON "vps" FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION plinth_note_vps();
CREATE TRIGGER "operation_made" AFTER INSERT ON "operation" FOR EACH ROW EXECUTE FUNCTION plinth_note_operation();
-- Not for a heartbeat or a new event: those are the operation's own stream.
CREATE TRIGGER "operation_changed" AFTER UPDATE ON "operation" FOR EACH ROW
    WHEN (OLD."status" <> NEW."status" OR OLD."attempt" <> NEW."attempt" OR OLD."cancelRequested" <> NEW."cancelRequested")
    EXECUTE FUNCTION plinth_note_operation();
