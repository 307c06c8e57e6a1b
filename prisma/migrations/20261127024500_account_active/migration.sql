-- Switches an account off for new servers without taking anything away.
ALTER TABLE "account" ADD COLUMN "active" BOOLEAN NOT NULL DEFAULT true;
