-- Organizations have a life of their own, and limits.
ALTER TABLE "organization"
    ADD COLUMN "displayName" TEXT,
    ADD COLUMN "status" TEXT NOT NULL DEFAULT 'active',
    ADD COLUMN "statusReason" TEXT,
    ADD COLUMN "requireSecondFactor" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "closedAt" TIMESTAMPTZ(3),
    ADD CONSTRAINT "organization_status_check" CHECK ("status" IN ('active', 'blocked', 'closed'));

CREATE TABLE "quota" (
    "organizationId" TEXT NOT NULL REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    "kind" TEXT NOT NULL,
    "most" INTEGER NOT NULL CHECK ("most" >= 0),
    "changedBy" TEXT NOT NULL,
    "changedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "quota_pkey" PRIMARY KEY ("organizationId", "kind")
);

CREATE TABLE "terms_acceptance" (
    "organizationId" TEXT NOT NULL REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    "version" TEXT NOT NULL,
    "userId" TEXT,
    "acceptedBy" TEXT NOT NULL,
    "address" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "terms_acceptance_pkey" PRIMARY KEY ("organizationId", "version")
);

CREATE TABLE "service_account" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "createdBy" TEXT NOT NULL,
    "disabledAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "service_account_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "service_account_no_owner" CHECK ("role" NOT IN ('owner', 'superadmin'))
);
CREATE UNIQUE INDEX "service_account_organizationId_name_key" ON "service_account"("organizationId", "name") NULLS NOT DISTINCT;

-- A token has a role of its own, or the rights of a person or service account, cut down to its scopes.
ALTER TABLE "api_token"
    ALTER COLUMN "role" DROP NOT NULL,
    ADD COLUMN "userId" TEXT REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    ADD COLUMN "serviceAccountId" TEXT REFERENCES "service_account"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    ADD COLUMN "scopes" TEXT[] NOT NULL DEFAULT '{}',
    ADD COLUMN "addresses" TEXT[] NOT NULL DEFAULT '{}',
    ADD COLUMN "createdBy" TEXT,
    ADD COLUMN "rotatedFrom" TEXT,
    ADD CONSTRAINT "api_token_one_owner" CHECK (num_nonnulls("role", "userId", "serviceAccountId") = 1);
CREATE INDEX "api_token_userId_idx" ON "api_token"("userId");
CREATE INDEX "api_token_serviceAccountId_idx" ON "api_token"("serviceAccountId");
CREATE INDEX "api_token_organizationId_idx" ON "api_token"("organizationId");

-- Staff who act as a customer for a while.
CREATE TABLE "impersonation" (
    "id" TEXT NOT NULL,
    "staffUserId" TEXT NOT NULL REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    "organizationId" TEXT NOT NULL REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    "userId" TEXT REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    "reason" TEXT NOT NULL,
    "readOnly" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),
    CONSTRAINT "impersonation_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "impersonation_an_hour" CHECK ("expiresAt" <= "createdAt" + INTERVAL '61 minutes')
);
CREATE INDEX "impersonation_organizationId_idx" ON "impersonation"("organizationId", "createdAt");
CREATE INDEX "impersonation_staffUserId_idx" ON "impersonation"("staffUserId", "createdAt");

-- Whoever is the last owner stays one, until the organization is closed. Asked at the commit, so that two may change places.
CREATE FUNCTION "member_keeps_an_owner"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD."role" = 'owner'
        AND EXISTS (SELECT 1 FROM "organization" WHERE "id" = OLD."organizationId" AND "status" <> 'closed')
        AND NOT EXISTS (SELECT 1 FROM "member" WHERE "organizationId" = OLD."organizationId" AND "role" = 'owner') THEN
        RAISE EXCEPTION 'An organization has at least one owner.' USING ERRCODE = 'check_violation', CONSTRAINT = 'member_keeps_an_owner';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER "member_keeps_an_owner" AFTER UPDATE OR DELETE ON "member"
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "member_keeps_an_owner"();
