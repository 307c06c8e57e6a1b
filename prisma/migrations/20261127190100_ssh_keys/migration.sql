-- Public keys that an organization keeps, to be picked when a server is made.
CREATE TABLE "ssh_key" (
  "id" TEXT NOT NULL,
  "organizationId" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "publicKey" TEXT NOT NULL,
  "type" TEXT NOT NULL,
  "fingerprint" TEXT NOT NULL,
  "addedBy" TEXT NOT NULL,
  "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "lastUsedAt" TIMESTAMPTZ(3),
  CONSTRAINT "ssh_key_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "ssh_key_organizationId_name_key" ON "ssh_key"("organizationId", "name");
CREATE UNIQUE INDEX "ssh_key_organizationId_fingerprint_key" ON "ssh_key"("organizationId", "fingerprint");
ALTER TABLE "ssh_key" ADD CONSTRAINT "ssh_key_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;
