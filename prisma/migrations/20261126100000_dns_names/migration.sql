-- Who has a DNS name: one VPS per name, in the real world and in the simulated one each.
CREATE TABLE "dns_name" (
    "world" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "vpsId" TEXT NOT NULL,
    "claimedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "dns_name_pkey" PRIMARY KEY ("world", "name")
);
CREATE INDEX "dns_name_vpsId_idx" ON "dns_name"("vpsId");
-- Finds the names below a name.
CREATE INDEX "dns_name_below_idx" ON "dns_name"("world", reverse("name") text_pattern_ops);
ALTER TABLE "dns_name" ADD CONSTRAINT "dns_name_vpsId_fkey" FOREIGN KEY ("vpsId") REFERENCES "vps"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What living VPSes have, the oldest first where two share one, then what renames under way are about to have.
INSERT INTO "dns_name" ("world", "name", "vpsId", "claimedAt")
SELECT a."endpointKind", rtrim(lower(v."spec" -> 'dns' ->> 'name'), '.'), v."id", v."createdAt"
FROM "vps" v JOIN "account" a ON a."id" = v."accountId"
WHERE v."deletedAt" IS NULL AND v."spec" -> 'dns' ->> 'name' IS NOT NULL
ORDER BY v."createdAt", v."id"
ON CONFLICT DO NOTHING;
INSERT INTO "dns_name" ("world", "name", "vpsId", "claimedAt")
SELECT a."endpointKind", rtrim(lower(o."request" -> 'spec' -> 'dns' ->> 'name'), '.'), v."id", o."createdAt"
FROM "operation" o JOIN "vps" v ON v."id" = o."vpsId" JOIN "account" a ON a."id" = v."accountId"
WHERE v."deletedAt" IS NULL AND o."status" IN ('queued', 'running') AND o."kind" <> 'preview' AND o."request" -> 'spec' -> 'dns' ->> 'name' IS NOT NULL
ORDER BY o."createdAt", o."id"
ON CONFLICT DO NOTHING;

-- The zones in which an organization may have names; NULL: the installation's default zones.
ALTER TABLE "organization" ADD COLUMN "zones" JSONB;
