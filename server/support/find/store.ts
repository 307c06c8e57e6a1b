/** One question over the tables of all that people ask for by an id, a number or a name. */
import type { FOUND_KINDS } from '../../../contract/find.ts';
import type { Db } from '../../kernel/database.ts';
import type { Scope } from '../../kernel/listing.ts';

export type FoundKind = (typeof FOUND_KINDS)[number];

export interface FoundRow {
  readonly kind: FoundKind;
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly organizationId: string | null;
  readonly vpsId: string | null;
}

/** Of each kind. */
const MOST = 5;

/**
 * Ids, numbers and references are taken whole; labels, names and addresses that have the text in them are found too. What is the
 * seller's own (ids at the providers, accounts, names of others) is looked through for the platform alone.
 */
export async function findRows(db: Db, scope: Scope, kinds: readonly FoundKind[], text: string): Promise<FoundRow[]> {
  const wanted = [...kinds];
  return await db.$queryRaw<FoundRow[]>`
    WITH asked AS (SELECT ${text}::text AS q, lower(${text}::text) AS low, ${scope}::text AS own, ${wanted}::text[] AS kinds),
    found AS (
      (SELECT 'vps' AS kind, v."id", v."label" AS title, v."status" AS about, v."organizationId", v."id" AS "vpsId"
        FROM "vps" v, asked WHERE 'vps' = ANY(kinds) AND (v."id" = q OR (own IS NULL AND v."instanceId" = q) OR v."externalReference" = q
          OR v."ipv6" = low OR position(low IN v."ipv4") > 0
          OR position(low IN lower(v."label")) > 0 OR position(low IN lower(v."hostname")) > 0)
          AND (own IS NULL OR v."organizationId" = own) ORDER BY v."createdAt" DESC LIMIT ${MOST})
      UNION ALL (SELECT 'operation', o."id", o."kind", o."status", o."organizationId", o."vpsId"
        FROM "operation" o, asked WHERE 'operation' = ANY(kinds) AND o."id" = q AND (own IS NULL OR o."organizationId" = own))
      UNION ALL (SELECT 'bulk-run', b."id", b."action"->>'action', b."status", b."organizationId", NULL
        FROM "bulk_run" b, asked WHERE 'bulk-run' = ANY(kinds) AND b."id" = q AND (own IS NULL OR b."organizationId" = own))
      UNION ALL (SELECT 'order', o."id", o."number"::text, o."status", o."organizationId", NULL
        FROM "order" o, asked WHERE 'order' = ANY(kinds) AND (o."id" = q OR o."number"::text = q OR o."externalReference" = q)
          AND (own IS NULL OR o."organizationId" = own) LIMIT ${MOST})
      UNION ALL (SELECT 'subscription', s."id", p."name", s."status", s."organizationId", s."vpsId"
        FROM "subscription" s JOIN "product" p ON p."id" = s."productId", asked
        WHERE 'subscription' = ANY(kinds) AND s."id" = q AND (own IS NULL OR s."organizationId" = own))
      UNION ALL (SELECT 'invoice', i."id", COALESCE(i."number", 'Pro forma'), i."status", i."organizationId", NULL
        FROM "invoice" i, asked WHERE 'invoice' = ANY(kinds) AND (i."id" = q OR lower(i."number") = low)
          AND (own IS NULL OR i."organizationId" = own) LIMIT ${MOST})
      UNION ALL (SELECT 'payment', y."id", COALESCE(y."label", y."provider"), y."source", y."organizationId", NULL
        FROM "payment" y, asked WHERE 'payment' = ANY(kinds) AND (y."id" = q OR y."providerPaymentId" = q)
          AND (own IS NULL OR y."organizationId" = own) LIMIT ${MOST})
      UNION ALL (SELECT 'ticket', t."id", t."number"::text || ': ' || t."subject", t."status", t."organizationId", t."vpsId"
        FROM "ticket" t, asked WHERE 'ticket' = ANY(kinds) AND (t."id" = q OR t."number"::text = q)
          AND (own IS NULL OR t."organizationId" = own) LIMIT ${MOST})
      UNION ALL (SELECT 'organization', g."id", COALESCE(g."displayName", g."name"), g."status", g."id", NULL
        FROM "organization" g, asked WHERE 'organization' = ANY(kinds) AND own IS NULL AND (g."id" = q
          OR position(low IN lower(g."name")) > 0 OR position(low IN lower(g."displayName")) > 0) ORDER BY g."name" LIMIT ${MOST})
      UNION ALL (SELECT 'user', u."id", u."name", u."email",
          (SELECT m."organizationId" FROM "member" m WHERE m."userId" = u."id" ORDER BY m."createdAt" LIMIT 1), NULL
        FROM "user" u, asked WHERE 'user' = ANY(kinds) AND own IS NULL AND (u."id" = q OR position(low IN lower(u."email")) > 0
          OR position(low IN lower(u."name")) > 0) ORDER BY u."email" LIMIT ${MOST})
      UNION ALL (SELECT 'account', a."id", a."name", a."status", NULL, NULL
        FROM "account" a, asked WHERE 'account' = ANY(kinds) AND own IS NULL AND (a."id" = q OR position(low IN lower(a."name")) > 0)
        ORDER BY a."name" LIMIT ${MOST})
      UNION ALL (SELECT 'product', p."id", p."name", p."visibility", NULL, NULL
        FROM "product" p, asked WHERE 'product' = ANY(kinds) AND own IS NULL AND (p."id" = q OR position(low IN lower(p."name")) > 0)
        ORDER BY p."name" LIMIT ${MOST})
    )
    SELECT "kind", "id", "title", "about", "organizationId", "vpsId" FROM found`;
}
