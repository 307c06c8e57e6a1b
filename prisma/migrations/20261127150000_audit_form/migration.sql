-- Rows that are there stay as they were hashed: form 1. New ones are of form 2, whose hash covers these columns too.
ALTER TABLE "audit_event"
    ADD COLUMN "form" INTEGER NOT NULL DEFAULT 1,
    ADD COLUMN "actorKind" TEXT,
    ADD COLUMN "actorId" TEXT,
    ADD COLUMN "onBehalfOf" JSONB,
    ADD COLUMN "scope" TEXT,
    ADD COLUMN "address" TEXT,
    ADD COLUMN "userAgent" TEXT,
    ADD COLUMN "requestId" TEXT,
    ADD COLUMN "before" JSONB,
    ADD COLUMN "after" JSONB,
    ADD COLUMN "personalSalt" TEXT,
    ADD COLUMN "personalHash" TEXT;

CREATE INDEX "audit_event_actorId_seq_idx" ON "audit_event"("actorId", "seq");

-- The one change there is: the personal part of a row is erased. Its digest stays in the chain.
CREATE OR REPLACE FUNCTION "audit_event_is_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_LEVEL = 'ROW' THEN
        IF OLD."form" > 1 AND OLD."personalSalt" IS NOT NULL
            AND NEW."personalSalt" IS NULL AND NEW."address" IS NULL AND NEW."userAgent" IS NULL
            AND (to_jsonb(NEW) - '{actor,address,userAgent,personalSalt}'::text[])
              = (to_jsonb(OLD) - '{actor,address,userAgent,personalSalt}'::text[]) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'The audit trail is append-only: % on audit_event is refused.', TG_OP;
END
$$;
