/** Reading the audit trail: newest first by pages, or oldest first to its end. */
import { Prisma } from '../../prisma/generated/client.ts';
import type { AuditEvent, Db } from './database.ts';
import type { Scope } from './listing.ts';

export interface AuditFilter {
  readonly target?: string;
  /** By id, or by name. */
  readonly actor?: string;
  readonly actorKind?: string;
  /** Whole, or the noun alone. */
  readonly action?: string;
  readonly organizationId?: string;
  readonly since?: Date;
  readonly until?: Date;
  /** In names, actions, targets and details, whatever the case. */
  readonly q?: string;
}

export interface AuditPage {
  readonly from: bigint | null;
  readonly limit: number;
  readonly order: 'newest' | 'oldest';
}

/** Rows behind `from` in that order. One organization sees what was done to what is its own, by whomever. */
export async function listAudit(db: Db, scope: Scope, filter: AuditFilter, { from, limit, order }: AuditPage): Promise<AuditEvent[]> {
  const newest = order === 'newest';
  const conditions = [
    ...conditionsOf(filter),
    ...(scope === null ? [] : [Prisma.sql`"organizationId" = ${scope}`]),
    ...(from === null ? [] : [newest ? Prisma.sql`"seq" < ${from}` : Prisma.sql`"seq" > ${from}`]),
  ];
  const where = conditions.length === 0 ? Prisma.empty : Prisma.sql`WHERE ${Prisma.join(conditions, ' AND ')}`;
  return await db.$queryRaw<AuditEvent[]>`
    SELECT * FROM "audit_event" ${where} ORDER BY "seq" ${newest ? Prisma.sql`DESC` : Prisma.sql`ASC`} LIMIT ${limit}`;
}

function conditionsOf({ target, actor, actorKind, action, organizationId, since, until, q }: AuditFilter): Prisma.Sql[] {
  const like = `%${(q ?? '').replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return [
    ...(target === undefined ? [] : [Prisma.sql`"target" = ${target}`]),
    ...(actor === undefined ? [] : [Prisma.sql`("actorId" = ${actor} OR "actor" = ${actor})`]),
    ...(actorKind === undefined ? [] : [Prisma.sql`"actorKind" = ${actorKind}`]),
    ...(action === undefined ? [] : [Prisma.sql`("action" = ${action} OR starts_with("action", ${`${action}.`}))`]),
    ...(organizationId === undefined ? [] : [Prisma.sql`"organizationId" = ${organizationId}`]),
    ...(since === undefined ? [] : [Prisma.sql`"at" >= ${since}`]),
    ...(until === undefined ? [] : [Prisma.sql`"at" < ${until}`]),
    ...(q === undefined
      ? []
      : [Prisma.sql`("actor" ILIKE ${like} OR "action" ILIKE ${like} OR "target" ILIKE ${like} OR "data"::text ILIKE ${like})`]),
  ];
}
