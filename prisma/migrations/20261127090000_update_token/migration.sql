-- The API token that made an update: only its holder may start it, and its lease ends with its rights. Null for a worker's.
ALTER TABLE "state_update" ADD COLUMN "token_id" TEXT;
CREATE INDEX "state_update_running_of_token" ON "state_update"("stack_id", "token_id") WHERE "status" = 'running';
