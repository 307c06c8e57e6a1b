-- A payment that was given back whole can be disputed all the same: the dispute takes nothing more from it.
ALTER TABLE "dispute"
    DROP CONSTRAINT "dispute_amount",
    ADD CONSTRAINT "dispute_amount" CHECK ("amount" >= 0);
