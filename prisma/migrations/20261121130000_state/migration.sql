-- Pulumi stacks and their state. Checkpoints and journal entries are text, not jsonb: jsonb refuses
-- NUL characters and rewrites numbers and keys, and state must come back as it was written.

CREATE TABLE "state_stack" (
    "id" UUID NOT NULL,
    "organization" TEXT NOT NULL,
    "project" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "tags" JSONB NOT NULL DEFAULT '{}',
    "data_key" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 0,
    "checkpoint" TEXT NOT NULL,
    "resource_count" INTEGER NOT NULL DEFAULT 0,
    "active_update" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "state_stack_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "state_stack_organization_project_name_key" ON "state_stack"("organization", "project", "name");

CREATE TABLE "state_update" (
    "id" UUID NOT NULL,
    "stack_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "dry_run" BOOLEAN NOT NULL,
    "status" TEXT NOT NULL,
    "message" TEXT NOT NULL DEFAULT '',
    "environment" JSONB NOT NULL DEFAULT '{}',
    "config" JSONB NOT NULL DEFAULT '{}',
    "actor" TEXT NOT NULL,
    "operation_id" TEXT,
    "engine_version" TEXT NOT NULL DEFAULT '',
    "journaling" BOOLEAN NOT NULL DEFAULT false,
    "token_hash" BYTEA,
    "lease_expires_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 0,
    "resource_changes" JSONB NOT NULL DEFAULT '{}',
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "state_update_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "state_update_stack_id_fkey" FOREIGN KEY ("stack_id") REFERENCES "state_stack"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "state_update_stack_id_requested_at_idx" ON "state_update"("stack_id", "requested_at" DESC);
-- The database itself holds the rule: one update writes a stack at a time.
CREATE UNIQUE INDEX "state_update_one_running_per_stack" ON "state_update"("stack_id") WHERE "status" = 'running' AND NOT "dry_run";

CREATE TABLE "state_journal" (
    "update_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "entry" TEXT NOT NULL,

    CONSTRAINT "state_journal_pkey" PRIMARY KEY ("update_id", "sequence"),
    CONSTRAINT "state_journal_update_id_fkey" FOREIGN KEY ("update_id") REFERENCES "state_update"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- What a fenced-out engine still wanted to write: it may name a server that exists now.
CREATE TABLE "state_rejected_entry" (
    "id" BIGSERIAL NOT NULL,
    "update_id" UUID NOT NULL,
    "entry" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "state_rejected_entry_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "state_rejected_entry_update_id_fkey" FOREIGN KEY ("update_id") REFERENCES "state_update"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "state_version" (
    "stack_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "update_id" UUID,
    "checkpoint" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "state_version_pkey" PRIMARY KEY ("stack_id", "version"),
    CONSTRAINT "state_version_stack_id_fkey" FOREIGN KEY ("stack_id") REFERENCES "state_stack"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "state_event" (
    "update_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "event" TEXT NOT NULL,

    CONSTRAINT "state_event_pkey" PRIMARY KEY ("update_id", "sequence"),
    CONSTRAINT "state_event_update_id_fkey" FOREIGN KEY ("update_id") REFERENCES "state_update"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
