-- What was done to one VPS, account or token, without reading the whole trail.
CREATE INDEX "audit_event_target_seq_idx" ON "audit_event"("target", "seq");
