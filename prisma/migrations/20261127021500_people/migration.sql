-- People who sign in, how they prove it, their places in organizations, and the outbox of mails.
CREATE TABLE "user" (
    "id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "handle" TEXT NOT NULL,
    "emailVerified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "locale" TEXT NOT NULL DEFAULT 'en',
    "timeZone" TEXT NOT NULL DEFAULT 'UTC',
    "staffRole" TEXT,
    "twoFactorEnabled" BOOLEAN NOT NULL DEFAULT false,
    "disabledAt" TIMESTAMPTZ(3),
    "disabledReason" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "user_staffRole_check" CHECK ("staffRole" IN ('superadmin', 'operator', 'support', 'billing', 'readonly')),
    CONSTRAINT "user_handle_check" CHECK ("handle" ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$')
);
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");
CREATE UNIQUE INDEX "user_email_lower_key" ON "user"(lower("email"));
CREATE UNIQUE INDEX "user_handle_key" ON "user"("handle");

CREATE TABLE "identity" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "accessToken" TEXT,
    "refreshToken" TEXT,
    "idToken" TEXT,
    "accessTokenExpiresAt" TIMESTAMPTZ(3),
    "refreshTokenExpiresAt" TIMESTAMPTZ(3),
    "scope" TEXT,
    "password" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "identity_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "identity_providerId_accountId_key" ON "identity"("providerId", "accountId");
CREATE INDEX "identity_userId_idx" ON "identity"("userId");
ALTER TABLE "identity" ADD CONSTRAINT "identity_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "auth_entry" (
    "keyHash" BYTEA NOT NULL,
    "value" TEXT NOT NULL,
    "userId" TEXT,
    "organizationId" TEXT,
    "secondFactorAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "auth_entry_pkey" PRIMARY KEY ("keyHash")
);
CREATE INDEX "auth_entry_expiresAt_idx" ON "auth_entry"("expiresAt");
CREATE INDEX "auth_entry_userId_idx" ON "auth_entry"("userId");
ALTER TABLE "auth_entry" ADD CONSTRAINT "auth_entry_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "two_factor" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "backupCodes" TEXT NOT NULL,
    "verified" BOOLEAN DEFAULT true,
    "failedVerificationCount" INTEGER DEFAULT 0,
    "lockedUntil" TIMESTAMPTZ(3),

    CONSTRAINT "two_factor_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "two_factor_userId_key" ON "two_factor"("userId");
ALTER TABLE "two_factor" ADD CONSTRAINT "two_factor_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "used_totp" (
    "userId" TEXT NOT NULL,
    "step" BIGINT NOT NULL,
    "usedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "used_totp_pkey" PRIMARY KEY ("userId", "step")
);
CREATE INDEX "used_totp_usedAt_idx" ON "used_totp"("usedAt");
ALTER TABLE "used_totp" ADD CONSTRAINT "used_totp_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "passkey" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "name" TEXT,
    "publicKey" TEXT NOT NULL,
    "credentialID" TEXT NOT NULL,
    "counter" INTEGER NOT NULL,
    "deviceType" TEXT NOT NULL,
    "backedUp" BOOLEAN NOT NULL,
    "transports" TEXT,
    "aaguid" TEXT,
    "createdAt" TIMESTAMPTZ(3) DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "passkey_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "passkey_credentialID_key" ON "passkey"("credentialID");
CREATE INDEX "passkey_userId_idx" ON "passkey"("userId");
ALTER TABLE "passkey" ADD CONSTRAINT "passkey_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "sign_in_place" (
    "userId" TEXT NOT NULL,
    "placeHash" BYTEA NOT NULL,
    "firstAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sign_in_place_pkey" PRIMARY KEY ("userId", "placeHash")
);
ALTER TABLE "sign_in_place" ADD CONSTRAINT "sign_in_place_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "member" (
    "organizationId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "invitedBy" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "member_pkey" PRIMARY KEY ("organizationId", "userId"),
    CONSTRAINT "member_role_check" CHECK ("role" IN ('owner', 'admin', 'operator', 'billing', 'viewer'))
);
CREATE INDEX "member_userId_idx" ON "member"("userId");
ALTER TABLE "member" ADD CONSTRAINT "member_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "member" ADD CONSTRAINT "member_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "invitation" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "tokenHash" BYTEA NOT NULL,
    "inviterId" TEXT,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "acceptedAt" TIMESTAMPTZ(3),
    "revokedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invitation_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "invitation_role_check" CHECK ("role" IN ('owner', 'admin', 'operator', 'billing', 'viewer'))
);
CREATE UNIQUE INDEX "invitation_tokenHash_key" ON "invitation"("tokenHash");
CREATE INDEX "invitation_organizationId_idx" ON "invitation"("organizationId");
CREATE UNIQUE INDEX "invitation_open_key" ON "invitation"("organizationId", lower("email")) WHERE "acceptedAt" IS NULL AND "revokedAt" IS NULL;
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_inviterId_fkey" FOREIGN KEY ("inviterId") REFERENCES "user"("id") ON DELETE SET NULL ON UPDATE CASCADE;

CREATE TABLE "device_login" (
    "id" TEXT NOT NULL,
    "deviceHash" BYTEA NOT NULL,
    "userHash" BYTEA NOT NULL,
    "client" TEXT NOT NULL,
    "approvedBy" TEXT,
    "tokenId" TEXT,
    "deniedAt" TIMESTAMPTZ(3),
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "device_login_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "device_login_deviceHash_key" ON "device_login"("deviceHash");
CREATE UNIQUE INDEX "device_login_userHash_key" ON "device_login"("userHash");
CREATE INDEX "device_login_expiresAt_idx" ON "device_login"("expiresAt");

CREATE TABLE "mail_delivery" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "causeKey" TEXT,
    "userId" TEXT,
    "organizationId" TEXT,
    "address" TEXT NOT NULL,
    "addressName" TEXT,
    "locale" TEXT NOT NULL DEFAULT 'en',
    "data" TEXT,
    "status" TEXT NOT NULL DEFAULT 'waiting',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "nextAttemptAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastError" TEXT,
    "messageId" TEXT NOT NULL,
    "sentAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "mail_delivery_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "mail_delivery_status_check" CHECK ("status" IN ('waiting', 'sent', 'failed'))
);
CREATE UNIQUE INDEX "mail_delivery_causeKey_key" ON "mail_delivery"("causeKey");
CREATE INDEX "mail_delivery_status_nextAttemptAt_idx" ON "mail_delivery"("status", "nextAttemptAt");
CREATE INDEX "mail_delivery_userId_idx" ON "mail_delivery"("userId");

CREATE TABLE "mailbox_mail" (
    "id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "receivedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "mailbox_mail_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "mailbox_mail_receivedAt_idx" ON "mailbox_mail"("receivedAt");

CREATE TABLE "notification" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "causeKey" TEXT NOT NULL,
    "organizationId" TEXT,
    "subjects" JSONB NOT NULL,
    "readAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notification_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "notification_userId_causeKey_key" ON "notification"("userId", "causeKey");
CREATE INDEX "notification_userId_createdAt_idx" ON "notification"("userId", "createdAt");
ALTER TABLE "notification" ADD CONSTRAINT "notification_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "notification_preference" (
    "userId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL,

    CONSTRAINT "notification_preference_pkey" PRIMARY KEY ("userId", "kind", "channel")
);
ALTER TABLE "notification_preference" ADD CONSTRAINT "notification_preference_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
