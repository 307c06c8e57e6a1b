-- Snapshots that were ordered, with the password each of them brings back; rescue; the wish for a snapshot before the end.
CREATE TABLE "snapshot" (
    "id" TEXT NOT NULL,
    "vpsId" TEXT NOT NULL,
    "final" BOOLEAN NOT NULL DEFAULT false,
    "name" TEXT NOT NULL,
    "note" TEXT,
    "status" TEXT NOT NULL,
    "message" TEXT,
    "providerName" TEXT NOT NULL,
    "providerSnapshotId" TEXT,
    "sizeGb" DOUBLE PRECISION,
    "minDiskGb" DOUBLE PRECISION,
    "monthlyCost" TEXT,
    "currency" TEXT,
    "image" TEXT NOT NULL,
    "rootPassword" TEXT,
    "operationId" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deletedAt" TIMESTAMPTZ(3),

    CONSTRAINT "snapshot_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "snapshot_providerName_key" ON "snapshot"("providerName");
CREATE INDEX "snapshot_vpsId_createdAt_idx" ON "snapshot"("vpsId", "createdAt");
CREATE INDEX "snapshot_createdAt_id_idx" ON "snapshot"("createdAt", "id");
CREATE INDEX "snapshot_operationId_idx" ON "snapshot"("operationId");
ALTER TABLE "snapshot" ADD CONSTRAINT "snapshot_vpsId_fkey" FOREIGN KEY ("vpsId") REFERENCES "vps"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What a backup of the provider's brings back is as old as the backup.
CREATE TABLE "former_password" (
    "id" TEXT NOT NULL,
    "vpsId" TEXT NOT NULL,
    "password" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "former_password_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "former_password_vpsId_until_idx" ON "former_password"("vpsId", "until");
ALTER TABLE "former_password" ADD CONSTRAINT "former_password_vpsId_fkey" FOREIGN KEY ("vpsId") REFERENCES "vps"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "vps"
    ADD COLUMN "rescueSince" TIMESTAMPTZ(3),
    ADD COLUMN "finalSnapshot" BOOLEAN NOT NULL DEFAULT false;
