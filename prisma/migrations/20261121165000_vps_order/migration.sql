-- CreateIndex
CREATE INDEX "vps_createdAt_id_idx" ON "vps"("createdAt", "id");
