-- What happened, one row each, written in the transaction of its cause (server/kernel/events/emit.ts). Read and written by SQL only.
-- Rows get their position after their commit, from one writer at a time (whoever holds the row of "event_head"), so whoever reads
-- by position misses nothing, whatever commits late, and waits for no transaction but those that hold the events themselves.
CREATE TABLE "event" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "seq" BIGINT GENERATED ALWAYS AS IDENTITY,
    "position" BIGINT,
    "kind" TEXT NOT NULL,
    -- What it is told in the order of: events of one subject are never handled out of order.
    "subject" TEXT NOT NULL,
    "organizationId" TEXT,
    -- Ids and words, never secrets and never copies of state.
    "data" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "event_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "event_position_key" ON "event"("position");
CREATE INDEX "event_waiting_idx" ON "event"("seq") WHERE "position" IS NULL;
CREATE INDEX "event_kind_position_idx" ON "event"("kind", "position");
CREATE INDEX "event_organizationId_position_idx" ON "event"("organizationId", "position");

CREATE TABLE "event_head" (
    "only" BOOLEAN NOT NULL DEFAULT true CHECK ("only"),
    "position" BIGINT NOT NULL,
    -- The newest that is no longer kept: who has read less has missed something.
    "pruned" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "event_head_pkey" PRIMARY KEY ("only")
);
INSERT INTO "event_head" ("position") VALUES (0);

-- How far each processor has come. Its row's lock makes it one at a time over all processes.
CREATE TABLE "event_processor" (
    "name" TEXT NOT NULL,
    "position" BIGINT NOT NULL,

    CONSTRAINT "event_processor_pkey" PRIMARY KEY ("name")
);

-- Events that a processor could not handle yet, and those of the same subject behind them. 'dead': given up, a person decides.
CREATE TABLE "event_delivery" (
    "processor" TEXT NOT NULL,
    "position" BIGINT NOT NULL,
    "subject" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting' CHECK ("state" IN ('waiting', 'dead')),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "nextAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "error" TEXT,

    CONSTRAINT "event_delivery_pkey" PRIMARY KEY ("processor", "position")
);
CREATE INDEX "event_delivery_subject_idx" ON "event_delivery"("processor", "subject", "position") WHERE "state" = 'waiting';
ALTER TABLE "event_delivery" ADD CONSTRAINT "event_delivery_processor_fkey"
    FOREIGN KEY ("processor") REFERENCES "event_processor"("name") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE FUNCTION plinth_event_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('plinth_event', '');
    RETURN NULL;
END $$;
CREATE TRIGGER "event_written" AFTER INSERT ON "event" FOR EACH STATEMENT EXECUTE FUNCTION plinth_event_written();

-- Gives committed events their positions, at most so many. Answers how many, or NULL when another process is at it.
CREATE FUNCTION "place_events"("most" INTEGER) RETURNS INTEGER LANGUAGE plpgsql AS $$
DECLARE
    "head" BIGINT;
    "placed" INTEGER;
BEGIN
    SELECT h."position" INTO "head" FROM "event_head" h FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN RETURN NULL; END IF;
    -- Read after the lock was taken, so it sees all that was committed by then.
    UPDATE "event" e SET "position" = "head" + w."place"
        FROM (SELECT w."id", row_number() OVER (ORDER BY w."seq") AS "place"
            FROM (SELECT "id", "seq" FROM "event" WHERE "position" IS NULL ORDER BY "seq" LIMIT "most") w) w
        WHERE e."id" = w."id";
    GET DIAGNOSTICS "placed" = ROW_COUNT;
    IF "placed" > 0 THEN
        UPDATE "event_head" SET "position" = "head" + "placed";
        PERFORM pg_notify('plinth_event_placed', ("head" + "placed")::text);
    END IF;
    RETURN "placed";
END $$;
