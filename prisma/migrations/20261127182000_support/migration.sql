-- Tickets of customers, and planned work that they are told of.
CREATE TABLE "ticket" (
  "id" TEXT NOT NULL,
  "number" SERIAL NOT NULL,
  "organizationId" TEXT NOT NULL,
  "vpsId" TEXT,
  "subject" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "openedBy" TEXT NOT NULL,
  "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "changedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "ticket_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "ticket_status" CHECK ("status" IN ('waiting', 'answered', 'closed'))
);
CREATE UNIQUE INDEX "ticket_number_key" ON "ticket"("number");
CREATE INDEX "ticket_organizationId_changedAt_idx" ON "ticket"("organizationId", "changedAt");
CREATE INDEX "ticket_status_changedAt_idx" ON "ticket"("status", "changedAt");
CREATE INDEX "ticket_vpsId_idx" ON "ticket"("vpsId");
ALTER TABLE "ticket" ADD CONSTRAINT "ticket_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "ticket" ADD CONSTRAINT "ticket_vpsId_fkey" FOREIGN KEY ("vpsId") REFERENCES "vps"("id") ON DELETE SET NULL ON UPDATE CASCADE;

CREATE TABLE "ticket_message" (
  "id" TEXT NOT NULL,
  "ticketId" TEXT NOT NULL,
  "place" INTEGER NOT NULL,
  "side" TEXT NOT NULL,
  "internal" BOOLEAN NOT NULL DEFAULT false,
  "authorKind" TEXT NOT NULL,
  "authorId" TEXT NOT NULL,
  "authorName" TEXT NOT NULL,
  "text" TEXT NOT NULL,
  "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "ticket_message_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "ticket_message_side" CHECK ("side" IN ('customer', 'staff')),
  CONSTRAINT "ticket_message_internal" CHECK (NOT ("internal" AND "side" = 'customer'))
);
CREATE UNIQUE INDEX "ticket_message_ticketId_place_key" ON "ticket_message"("ticketId", "place");
ALTER TABLE "ticket_message" ADD CONSTRAINT "ticket_message_ticketId_fkey" FOREIGN KEY ("ticketId") REFERENCES "ticket"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "maintenance_window" (
  "id" TEXT NOT NULL,
  "title" TEXT NOT NULL,
  "text" TEXT NOT NULL,
  "startsAt" TIMESTAMPTZ(3) NOT NULL,
  "endsAt" TIMESTAMPTZ(3) NOT NULL,
  "accountId" TEXT,
  "regions" TEXT[] DEFAULT ARRAY[]::TEXT[],
  "vpsIds" TEXT[] DEFAULT ARRAY[]::TEXT[],
  "cancelledAt" TIMESTAMPTZ(3),
  "createdBy" TEXT NOT NULL,
  "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "maintenance_window_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "maintenance_window_order" CHECK ("endsAt" > "startsAt"),
  CONSTRAINT "maintenance_window_about" CHECK ("accountId" IS NOT NULL OR cardinality("vpsIds") > 0)
);
CREATE INDEX "maintenance_window_endsAt_idx" ON "maintenance_window"("endsAt");
ALTER TABLE "maintenance_window" ADD CONSTRAINT "maintenance_window_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;
