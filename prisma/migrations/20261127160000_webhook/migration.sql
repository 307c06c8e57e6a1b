-- Events told to addresses on the outside: who wants which, one message for each endpoint and event, and every attempt at it.
CREATE TABLE "webhook_endpoint" (
    "id" TEXT NOT NULL,
    -- NULL: the seller's, which is told of everything.
    "organizationId" TEXT,
    "url" TEXT NOT NULL,
    "description" TEXT,
    -- Empty: every kind that its owner may see.
    "kinds" TEXT[] NOT NULL DEFAULT '{}',
    "secret" TEXT NOT NULL,
    -- Signs beside the new one until then.
    "formerSecret" TEXT,
    "formerUntil" TIMESTAMPTZ(3),
    "pausedAt" TIMESTAMPTZ(3),
    "pauseReason" TEXT,
    -- Since then every attempt has failed.
    "failingSince" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "webhook_endpoint_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "webhook_endpoint_pause" CHECK (("pausedAt" IS NULL) = ("pauseReason" IS NULL))
);
CREATE INDEX "webhook_endpoint_organizationId_createdAt_idx" ON "webhook_endpoint"("organizationId", "createdAt");
ALTER TABLE "webhook_endpoint" ADD CONSTRAINT "webhook_endpoint_organizationId_fkey"
    FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "webhook_message" (
    "id" TEXT NOT NULL,
    "endpointId" TEXT NOT NULL,
    "eventId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'waiting',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    -- Of the schedule; asking for it again begins anew, the numbers of the attempts go on.
    "tries" INTEGER NOT NULL DEFAULT 0,
    "nextAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "leaseUntil" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_message_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "webhook_message_status" CHECK ("status" IN ('waiting', 'delivered', 'failed'))
);
CREATE UNIQUE INDEX "webhook_message_endpointId_eventId_key" ON "webhook_message"("endpointId", "eventId");
CREATE INDEX "webhook_message_endpointId_createdAt_id_idx" ON "webhook_message"("endpointId", "createdAt", "id");
CREATE INDEX "webhook_message_due_idx" ON "webhook_message"("nextAt") WHERE "status" = 'waiting';
ALTER TABLE "webhook_message" ADD CONSTRAINT "webhook_message_endpointId_fkey"
    FOREIGN KEY ("endpointId") REFERENCES "webhook_endpoint"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "webhook_attempt" (
    "messageId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "durationMs" INTEGER NOT NULL,
    "statusCode" INTEGER,
    "error" TEXT,
    -- The head of the answer, a kilobyte at most.
    "response" TEXT,

    CONSTRAINT "webhook_attempt_pkey" PRIMARY KEY ("messageId", "number")
);
ALTER TABLE "webhook_attempt" ADD CONSTRAINT "webhook_attempt_messageId_fkey"
    FOREIGN KEY ("messageId") REFERENCES "webhook_message"("id") ON DELETE CASCADE ON UPDATE CASCADE;
