-- A drift that appears, is decided on or settled is a change of its VPS for everyone who follows all of them.
CREATE FUNCTION plinth_note_drift() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "change" ("organizationId", "vpsId", "status")
    SELECT v."organizationId", v."id", v."status" FROM "vps" v WHERE v."id" = NEW."vpsId";
    PERFORM pg_notify('plinth_change', '');
    RETURN NULL;
END $$;

CREATE TRIGGER "drift_made" AFTER INSERT ON "drift" FOR EACH ROW EXECUTE FUNCTION plinth_note_drift();
-- Not for being seen once more.
CREATE TRIGGER "drift_changed" AFTER UPDATE ON "drift" FOR EACH ROW
    WHEN (OLD."state" <> NEW."state" OR OLD."differences" <> NEW."differences") EXECUTE FUNCTION plinth_note_drift();

-- A sweep is asked for, begins or ends. The one that settles runs every two seconds, and tells nothing by that.
CREATE FUNCTION plinth_note_sweep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('plinth_sweep', NEW."name");
    RETURN NULL;
END $$;

CREATE TRIGGER "sweep_changed" AFTER UPDATE ON "sweep" FOR EACH ROW
    WHEN (NEW."name" <> 'drift-settle'
      AND (OLD."leaseOwner" IS DISTINCT FROM NEW."leaseOwner" OR OLD."requestedBy" IS DISTINCT FROM NEW."requestedBy"))
    EXECUTE FUNCTION plinth_note_sweep();
