-- Rows of older systems that were taken over, each once, so that a second time makes nothing twice and all of it can be undone.
CREATE TABLE "moving" (
    "id" TEXT NOT NULL,
    "system" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    "rows" INTEGER NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "undoneAt" TIMESTAMPTZ(3),
    CONSTRAINT "moving_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "moving_system" CHECK ("system" IN ('A', 'B', 'C', 'D', 'E'))
);
CREATE TABLE "moved_row" (
    "system" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "movingId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "targetId" TEXT NOT NULL,
    CONSTRAINT "moved_row_pkey" PRIMARY KEY ("system", "kind", "key"),
    CONSTRAINT "moved_row_movingId_fkey" FOREIGN KEY ("movingId") REFERENCES "moving" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "moved_row_movingId_position_idx" ON "moved_row" ("movingId", "position");
