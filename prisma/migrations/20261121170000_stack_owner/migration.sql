-- A stack's state names the organization it was written under, so a stack that changed hands is found by that name too.
ALTER TABLE "state_stack" ADD COLUMN "former_organizations" TEXT[] NOT NULL DEFAULT '{}';
CREATE INDEX "state_stack_moved_idx" ON "state_stack"("project", "name") WHERE "former_organizations" <> '{}';
