-- What is given back because an order could not be fulfilled, or was refused, by itself.
ALTER TABLE "refund" DROP CONSTRAINT "refund_source",
    ADD CONSTRAINT "refund_source" CHECK ("source" IN ('staff', 'provider', 'order'));
ALTER TABLE "order" DROP CONSTRAINT "order_status", ADD CONSTRAINT "order_status" CHECK ("status" IN
    ('draft', 'placed', 'paid', 'review', 'provisioning', 'fulfilled', 'failed', 'expired', 'cancelled'));
CREATE INDEX "order_refund_due" ON "order" ("placedAt") WHERE "refundDue";
