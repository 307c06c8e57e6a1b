-- Steps that wait for a person, and ends that come with a paid period.
CREATE TABLE "person_task" (
    "id" TEXT NOT NULL,
    "operationId" TEXT NOT NULL,
    "vpsId" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "form" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "answers" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "answeredAt" TIMESTAMPTZ(3),
    "answeredBy" TEXT,
    CONSTRAINT "person_task_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "person_task_operationId_step_key" ON "person_task"("operationId", "step");
CREATE INDEX "person_task_vpsId_answeredAt_idx" ON "person_task"("vpsId", "answeredAt");
CREATE INDEX "person_task_status_createdAt_id_idx" ON "person_task"("status", "createdAt", "id");
ALTER TABLE "person_task" ADD CONSTRAINT "person_task_operationId_fkey" FOREIGN KEY ("operationId") REFERENCES "operation"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "person_task" ADD CONSTRAINT "person_task_vpsId_fkey" FOREIGN KEY ("vpsId") REFERENCES "vps"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "vps" ADD COLUMN "endsAt" TIMESTAMPTZ(3);

-- An operation that waits for a person is as unfinished as one that waits for a worker: what was asked for later comes later.
CREATE OR REPLACE FUNCTION "claim_operation"(
    "claimed" TEXT, "owner" TEXT, "host" TEXT, "pid" INTEGER, "start" TEXT,
    "stale_ms" DOUBLE PRECISION, "dead_fence" INTEGER, "account_limit" INTEGER
) RETURNS INTEGER LANGUAGE plpgsql AS $$
DECLARE
    "account" TEXT;
    "at" TIMESTAMPTZ;
    "taken" INTEGER;
BEGIN
    SELECT v."accountId" INTO "account" FROM "operation" o JOIN "vps" v ON v."id" = o."vpsId"
        WHERE o."id" = "claimed" AND o."status" IN ('queued', 'running');
    IF NOT FOUND THEN RETURN NULL; END IF;
    -- One claim at a time per account: else two of them count the same free place.
    PERFORM pg_advisory_xact_lock(hashtextextended("account", 7));
    "at" := clock_timestamp();
    UPDATE "operation" o SET "status" = 'running', "fence" = o."fence" + 1, "attempt" = o."attempt" + 1, "leaseOwner" = "owner",
            "leaseHost" = "host", "leasePid" = "pid", "leaseStartTime" = "start", "heartbeatAt" = "at",
            "startedAt" = COALESCE(o."startedAt", "at"), "notBefore" = NULL
        WHERE o."id" = "claimed"
            AND ((o."status" = 'queued' AND (o."notBefore" IS NULL OR o."notBefore" <= "at"))
                OR (o."status" = 'running' AND (o."heartbeatAt" < "at" - "stale_ms" * interval '1 ms' OR o."fence" = "dead_fence")))
            AND NOT EXISTS (SELECT 1 FROM "operation" e WHERE e."vpsId" = o."vpsId" AND e."status" IN ('queued', 'running', 'waiting_for_person')
                AND (e."createdAt", e."id") < (o."createdAt", o."id"))
            AND (o."status" = 'running' OR "account_limit" > (SELECT count(*) FROM "operation" r JOIN "vps" rv ON rv."id" = r."vpsId"
                WHERE rv."accountId" = "account" AND r."status" = 'running'))
        RETURNING o."fence" INTO "taken";
    RETURN "taken";
END $$;
