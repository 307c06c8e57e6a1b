-- CreateTable
CREATE TABLE "organization" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organization_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_token" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "role" TEXT NOT NULL,
    "organizationId" TEXT,
    "expiresAt" TIMESTAMPTZ(3),
    "lastUsedAt" TIMESTAMPTZ(3),
    "revokedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "api_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account" (
    "id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "endpointKind" TEXT NOT NULL,
    "endpointBaseUrl" TEXT NOT NULL,
    "credential" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "last4" TEXT NOT NULL,
    "configuration" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "checkMessage" TEXT,
    "lastCheckedAt" TIMESTAMPTZ(3),
    "secretVersion" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "vps" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "hostname" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "spec" JSONB NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "provider" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "dnsAccountId" TEXT,
    "region" TEXT NOT NULL,
    "plan" TEXT NOT NULL,
    "image" TEXT NOT NULL,
    "ipv4" TEXT,
    "ipv6" TEXT,
    "instanceId" TEXT,
    "outputs" JSONB,
    "rootPassword" TEXT,
    "requestedPassword" TEXT,
    "revealCount" INTEGER NOT NULL DEFAULT 0,
    "lastRevealedAt" TIMESTAMPTZ(3),
    "externalReference" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deletedAt" TIMESTAMPTZ(3),

    CONSTRAINT "vps_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operation" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "vpsId" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "fault" JSONB,
    "result" JSONB,
    "actor" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "maxAttempts" INTEGER NOT NULL DEFAULT 5,
    "fence" INTEGER NOT NULL DEFAULT 0,
    "leaseOwner" TEXT,
    "leaseHost" TEXT,
    "leasePid" INTEGER,
    "leaseStartTime" TEXT,
    "engineHost" TEXT,
    "enginePid" INTEGER,
    "engineStartTime" TEXT,
    "heartbeatAt" TIMESTAMPTZ(3),
    "cancelRequested" BOOLEAN NOT NULL DEFAULT false,
    "notBefore" TIMESTAMPTZ(3),
    "lastEventSeq" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "operation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operation_event" (
    "operationId" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "operation_event_pkey" PRIMARY KEY ("operationId", "seq")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "scope" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "requestHash" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "status" INTEGER,
    "response" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "completedAt" TIMESTAMPTZ(3),

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("scope", "key")
);

-- CreateTable
CREATE TABLE "audit_event" (
    "seq" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "organizationId" TEXT,
    "data" JSONB NOT NULL,
    "previousHash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "catalog_cache" (
    "accountId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "items" JSONB NOT NULL,
    "fetchedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "catalog_cache_pkey" PRIMARY KEY ("accountId", "kind")
);

-- CreateTable
CREATE TABLE "setting" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "setting_pkey" PRIMARY KEY ("key")
);

-- Indexes
CREATE UNIQUE INDEX "organization_name_key" ON "organization"("name");

CREATE UNIQUE INDEX "api_token_prefix_key" ON "api_token"("prefix");

CREATE UNIQUE INDEX "account_name_key" ON "account"("name");

CREATE INDEX "account_provider_idx" ON "account"("provider");

CREATE INDEX "vps_organizationId_createdAt_id_idx" ON "vps"("organizationId", "createdAt", "id");

CREATE INDEX "vps_accountId_idx" ON "vps"("accountId");

CREATE INDEX "vps_status_idx" ON "vps"("status");

CREATE INDEX "operation_vpsId_createdAt_idx" ON "operation"("vpsId", "createdAt");

CREATE INDEX "operation_organizationId_createdAt_id_idx" ON "operation"("organizationId", "createdAt", "id");

CREATE INDEX "operation_status_heartbeatAt_idx" ON "operation"("status", "heartbeatAt");

CREATE INDEX "idempotency_key_createdAt_idx" ON "idempotency_key"("createdAt");

CREATE UNIQUE INDEX "audit_event_hash_key" ON "audit_event"("hash");

CREATE INDEX "audit_event_organizationId_seq_idx" ON "audit_event"("organizationId", "seq");

-- Living servers of one organization have different labels; a destroyed one gives its label back.
CREATE UNIQUE INDEX "vps_living_label_key" ON "vps"("organizationId", "label") WHERE "deletedAt" IS NULL;

-- One reference of the customer's own system names one living server.
CREATE UNIQUE INDEX "vps_living_external_reference_key" ON "vps"("organizationId", "externalReference") WHERE "deletedAt" IS NULL AND "externalReference" IS NOT NULL;

-- Foreign keys
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "vps" ADD CONSTRAINT "vps_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "vps" ADD CONSTRAINT "vps_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "operation" ADD CONSTRAINT "operation_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "operation" ADD CONSTRAINT "operation_vpsId_fkey" FOREIGN KEY ("vpsId") REFERENCES "vps"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "operation_event" ADD CONSTRAINT "operation_event_operationId_fkey" FOREIGN KEY ("operationId") REFERENCES "operation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "catalog_cache" ADD CONSTRAINT "catalog_cache_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The audit trail only grows.
CREATE FUNCTION "audit_event_is_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit trail is append-only: % on audit_event is refused.', TG_OP;
END
$$;

CREATE TRIGGER "audit_event_append_only" BEFORE UPDATE OR DELETE ON "audit_event"
    FOR EACH ROW EXECUTE FUNCTION "audit_event_is_append_only"();

CREATE TRIGGER "audit_event_no_truncate" BEFORE TRUNCATE ON "audit_event"
    FOR EACH STATEMENT EXECUTE FUNCTION "audit_event_is_append_only"();

-- Listeners learn of new events at commit; the payload names the operation, never its content.
CREATE FUNCTION "operation_event_notify"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('plinth_operation_event', NEW."operationId");
    RETURN NULL;
END
$$;

CREATE TRIGGER "operation_event_notify" AFTER INSERT ON "operation_event"
    FOR EACH ROW EXECUTE FUNCTION "operation_event_notify"();
