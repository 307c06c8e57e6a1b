-- Bulk runs: one action over a frozen selection of VPSs, and what becomes of each of them.
CREATE TABLE "bulk_run" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT,
    "status" TEXT NOT NULL,
    "note" TEXT,
    "action" JSONB NOT NULL,
    "selection" JSONB NOT NULL,
    "pace" JSONB NOT NULL,
    "includeMaintenance" BOOLEAN NOT NULL DEFAULT false,
    "reason" TEXT,
    "waiting" TEXT,
    "canaryPassedAt" TIMESTAMPTZ(3),
    "forgivenFailed" INTEGER NOT NULL DEFAULT 0,
    "forgivenFinished" INTEGER NOT NULL DEFAULT 0,
    "startedBy" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "tokenId" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "leaseOwner" TEXT,
    "leaseUntil" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "bulk_run_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "bulk_run_createdAt_id_idx" ON "bulk_run"("createdAt", "id");
CREATE INDEX "bulk_run_organizationId_createdAt_id_idx" ON "bulk_run"("organizationId", "createdAt", "id");
-- What the runner looks at every moment stays small however many runs there have been.
CREATE INDEX "bulk_run_open_idx" ON "bulk_run"("createdAt") WHERE "finishedAt" IS NULL;

CREATE TABLE "bulk_item" (
    "runId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "vpsId" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "canary" BOOLEAN NOT NULL DEFAULT false,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "operationId" TEXT,
    "fault" JSONB,
    "waiting" TEXT,
    "triedAt" TIMESTAMPTZ(3),
    "notBefore" TIMESTAMPTZ(3),
    "orderedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "bulk_item_pkey" PRIMARY KEY ("runId", "position")
);
CREATE UNIQUE INDEX "bulk_item_runId_vpsId_key" ON "bulk_item"("runId", "vpsId");
CREATE INDEX "bulk_item_runId_status_position_idx" ON "bulk_item"("runId", "status", "position");
CREATE INDEX "bulk_item_vpsId_idx" ON "bulk_item"("vpsId");

ALTER TABLE "bulk_run" ADD CONSTRAINT "bulk_run_organizationId_fkey"
    FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "bulk_item" ADD CONSTRAINT "bulk_item_runId_fkey"
    FOREIGN KEY ("runId") REFERENCES "bulk_run"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "bulk_item" ADD CONSTRAINT "bulk_item_vpsId_fkey"
    FOREIGN KEY ("vpsId") REFERENCES "vps"("id") ON DELETE CASCADE ON UPDATE CASCADE;
