-- VPSes are listed by their tags.
CREATE INDEX "vps_tags_idx" ON "vps" USING gin (("spec" -> 'tags') jsonb_path_ops);
