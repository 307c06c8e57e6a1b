-- The order of a VPS's operations is the order in which their rows were made, whatever the clocks of the hosts say.
ALTER TABLE "operation" ALTER COLUMN "createdAt" SET DEFAULT clock_timestamp();

-- Takes the lease of an operation, in one round trip: the lock of its account is gone with the statement, also when whoever
-- asked is paused or cut off. Answers the new fence, or NULL: ended, held, not due, an older operation of the same VPS is
-- unfinished, or the account is busy.
CREATE FUNCTION "claim_operation"(
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
            AND NOT EXISTS (SELECT 1 FROM "operation" e WHERE e."vpsId" = o."vpsId" AND e."status" IN ('queued', 'running')
                AND (e."createdAt", e."id") < (o."createdAt", o."id"))
            AND (o."status" = 'running' OR "account_limit" > (SELECT count(*) FROM "operation" r JOIN "vps" rv ON rv."id" = r."vpsId"
                WHERE rv."accountId" = "account" AND r."status" = 'running'))
        RETURNING o."fence" INTO "taken";
    RETURN "taken";
END $$;
