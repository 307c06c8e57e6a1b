-- A refund that a restored database had lost is booked again from what the payment provider kept.
ALTER TABLE "refund" DROP CONSTRAINT "refund_source",
    ADD CONSTRAINT "refund_source" CHECK ("source" IN ('staff', 'provider', 'order', 'restore'));
