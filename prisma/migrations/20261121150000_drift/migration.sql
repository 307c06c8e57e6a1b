-- Reconcilers and what they find: sweeps, drift, inventory, alerts, and the switches that stop them.

CREATE TABLE "sweep" (
    "name" TEXT NOT NULL,
    "nextRunAt" TIMESTAMPTZ(3) NOT NULL,
    "requestedBy" TEXT,
    "leaseOwner" TEXT,
    "leaseUntil" TIMESTAMPTZ(3),
    "lastStartedAt" TIMESTAMPTZ(3),
    "lastFinishedAt" TIMESTAMPTZ(3),
    "lastDurationMs" INTEGER,
    "lastOutcome" TEXT,
    "lastMessage" TEXT,
    "lastResult" JSONB,
    "runs" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "sweep_pkey" PRIMARY KEY ("name")
);

CREATE TABLE "drift" (
    "id" TEXT NOT NULL,
    "vpsId" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "differences" JSONB NOT NULL,
    "engine" JSONB,
    "message" TEXT,
    "checkOperationId" TEXT,
    "actionOperationId" TEXT,
    "seenCount" INTEGER NOT NULL DEFAULT 1,
    "firstSeenAt" TIMESTAMPTZ(3) NOT NULL,
    "lastSeenAt" TIMESTAMPTZ(3) NOT NULL,
    "decidedBy" TEXT,
    "decidedAt" TIMESTAMPTZ(3),
    "reason" TEXT,
    "resolvedAt" TIMESTAMPTZ(3),
    "resolution" TEXT,

    CONSTRAINT "drift_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "drift_accountId_idx" ON "drift"("accountId");
CREATE INDEX "drift_vpsId_firstSeenAt_idx" ON "drift"("vpsId", "firstSeenAt");
CREATE INDEX "drift_state_idx" ON "drift"("state");
-- A VPS has one drift at a time that is not settled.
CREATE UNIQUE INDEX "drift_open_vpsId_key" ON "drift"("vpsId") WHERE "resolvedAt" IS NULL;

CREATE TABLE "inventory_item" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "objectId" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "detail" JSONB NOT NULL,
    "vpsId" TEXT,
    "monthlyCost" TEXT,
    "currency" TEXT,
    "objectCreatedAt" TIMESTAMPTZ(3),
    "seenCount" INTEGER NOT NULL DEFAULT 1,
    "firstSeenAt" TIMESTAMPTZ(3) NOT NULL,
    "lastSeenAt" TIMESTAMPTZ(3) NOT NULL,
    "goneAt" TIMESTAMPTZ(3),

    CONSTRAINT "inventory_item_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "inventory_item_goneAt_kind_idx" ON "inventory_item"("goneAt", "kind");
CREATE UNIQUE INDEX "inventory_item_present_key" ON "inventory_item"("accountId", "kind", "objectId") WHERE "goneAt" IS NULL;

CREATE TABLE "account_automation" (
    "accountId" TEXT NOT NULL,
    "stopped" BOOLEAN NOT NULL DEFAULT false,
    "reason" TEXT,
    "driftPolicy" TEXT NOT NULL DEFAULT 'none',
    "changedBy" TEXT NOT NULL,
    "changedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "account_automation_pkey" PRIMARY KEY ("accountId")
);

CREATE TABLE "alert" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "raisedAt" TIMESTAMPTZ(3) NOT NULL,
    "resolvedAt" TIMESTAMPTZ(3),

    CONSTRAINT "alert_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "alert_open_key" ON "alert"("kind", "target") WHERE "resolvedAt" IS NULL;

-- Reconcilers find a VPS's state by its stack's name alone.
CREATE INDEX "state_stack_name_idx" ON "state_stack"("name");

ALTER TABLE "drift" ADD CONSTRAINT "drift_vpsId_fkey" FOREIGN KEY ("vpsId") REFERENCES "vps"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "drift" ADD CONSTRAINT "drift_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "inventory_item" ADD CONSTRAINT "inventory_item_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "account_automation" ADD CONSTRAINT "account_automation_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;
