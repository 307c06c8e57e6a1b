-- Packages that are sold one by one: what their provider last said of each.
ALTER TABLE "stock_item" ADD COLUMN "upstreamStatus" TEXT,
    ADD COLUMN "missing" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "prices" JSONB;
