-- The integers by which clients of older systems know rows of ours. Each system counts for itself, and a number is never
-- used again.
CREATE TABLE "compat_id" (
    "system" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "targetId" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "compat_id_pkey" PRIMARY KEY ("system", "kind", "number"),
    CONSTRAINT "compat_id_number_check" CHECK ("number" > 0)
);

-- CreateIndex
CREATE UNIQUE INDEX "compat_id_system_kind_targetId_key" ON "compat_id"("system", "kind", "targetId");
