-- A command line that a person let in has that person's rights at each moment, not a role of its own: it ends with them. What a
-- token of its role may do that needs a second factor otherwise is named, as it was let in with one.
UPDATE "api_token" t
SET "scopes" = CASE t."role"
        WHEN 'viewer' THEN ARRAY['*']
        ELSE ARRAY['*', 'vps:reveal']
    END,
    "userId" = u."id",
    "role" = NULL
FROM "device_login" d
JOIN "user" u ON u."id" = split_part(d."approvedBy", ' ', 1)
WHERE d."tokenId" = t."id" AND t."role" IS NOT NULL;
