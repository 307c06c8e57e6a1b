/**
 * What pages read of VPSes: one statement each. Columns that no answer shows are not fetched, secrets least of all. Every statement
 * takes a scope: the organization whose rows may be seen, or null for all of them.
 */
import { UNFINISHED } from '../../contract/words.ts';
import type { Account, Db, Json, Operation, Vps } from '../kernel/database.ts';
import type { Place, Scope } from '../kernel/listing.ts';
import type { Reader, Statement } from '../kernel/reader.ts';

const COLUMNS = [
  'id',
  'organizationId',
  'label',
  'hostname',
  'status',
  'provider',
  'accountId',
  'region',
  'plan',
  'image',
  'ipv4',
  'ipv6',
  'instanceId',
  'spec',
  'generation',
  'revealCount',
  'externalReference',
  'powerState',
  'powerSeenAt',
  'notes',
  'deleteProtection',
  'maintenanceReason',
  'suspendReason',
  'suspendedAt',
  'terminateDueAt',
  'endsAt',
  'finalSnapshot',
  'rescueSince',
  'importing',
  'subscriptionId',
  'createdAt',
  'updatedAt',
  'deletedAt',
] as const satisfies readonly (keyof Vps)[];

/** Of an operation that has not ended. */
export type Unfinished = Pick<Operation, 'id' | 'kind' | 'status'>;

/** A VPS with what an answer tells of it. */
export type VpsView = Pick<Vps, (typeof COLUMNS)[number]> & {
  readonly hasPassword: boolean;
  readonly account: Pick<Account, 'provider' | 'endpointKind' | 'serversSeenAt'>;
  /** Not settled. */
  readonly drifts: readonly { readonly kind: string; readonly differences: Json; readonly lastSeenAt: Date }[];
  /** The oldest operation that has not ended. */
  readonly unfinished: Unfinished | null;
};

/** What the page of one VPS tells besides. */
export type VpsDetailView = VpsView &
  Pick<Vps, 'evidence'> & {
    readonly organizationName: string;
    /** Oldest first. */
    readonly operations: readonly Unfinished[];
  };

export interface VpsFilter {
  readonly status?: string;
  readonly provider?: string;
  readonly region?: string;
  readonly power?: 'running' | 'stopped' | 'unknown';
  readonly busy?: boolean;
  /** Separated by commas; each of them. */
  readonly tags?: string;
  readonly q?: string;
  readonly includeDeleted: boolean;
  readonly ids?: readonly string[];
  readonly sort: 'created_at' | '-created_at' | 'label' | '-label';
  readonly limit: number;
  readonly after?: Place;
}

const UNDER_WAY = `o."vpsId" = v."id" AND o."status" IN (${UNFINISHED.map((each) => `'${each}'`).join(', ')})`;
const SHOWN = `${COLUMNS.map((name) => `v."${name}"`).join(', ')}, v."rootPassword" IS NOT NULL AS "hasPassword",
  a."endpointKind", a."serversSeenAt",
  (SELECT json_agg(json_build_object('kind', d."kind", 'differences', d."differences", 'lastSeenAt', d."lastSeenAt"))
    FROM "drift" d WHERE d."vpsId" = v."id" AND d."resolvedAt" IS NULL) AS "drifts",
  (SELECT json_agg(json_build_object('id', o."id", 'kind', o."kind", 'status', o."status") ORDER BY o."createdAt", o."id")
    FROM "operation" o WHERE ${UNDER_WAY}) AS "operations"`;
const DETAIL = `${SHOWN}, v."evidence", (SELECT g."name" FROM "organization" g WHERE g."id" = v."organizationId") AS "organizationName"`;
const FROM = `FROM "vps" v JOIN "account" a ON a."id" = v."accountId"`;

interface Row extends Omit<VpsDetailView, 'account' | 'drifts' | 'unfinished' | 'operations'> {
  readonly endpointKind: string;
  readonly serversSeenAt: Date | null;
  readonly drifts: readonly { readonly kind: string; readonly differences: Json; readonly lastSeenAt: string }[] | null;
  readonly operations: readonly Unfinished[] | null;
}

const NONE: readonly never[] = [];

/** Works on the row itself: a page has many. */
function viewOf(row: Row): VpsDetailView {
  const { endpointKind, serversSeenAt, provider, drifts, operations } = row;
  return Object.assign(row, {
    account: { provider, endpointKind, serversSeenAt },
    drifts: drifts?.map((drift) => ({ ...drift, lastSeenAt: new Date(drift.lastSeenAt) })) ?? NONE,
    operations: operations ?? NONE,
    unfinished: operations?.[0] ?? null,
  });
}

/** null: there is none, or none of theirs. */
export async function viewById(reader: Reader, scope: Scope, id: string): Promise<VpsDetailView | null> {
  const statement =
    scope === null
      ? { name: 'vps_detail', text: `SELECT ${DETAIL} ${FROM} WHERE v."id" = $1`, values: [id] }
      : {
          name: 'vps_detail_of',
          text: `SELECT ${DETAIL} ${FROM} WHERE v."id" = $1 AND v."organizationId" = $2`,
          values: [id, scope],
        };
  const [row] = await reader.read<Row>(scope, statement);
  return row ? viewOf(row) : null;
}

/** One more row than `limit` when there is a next page. */
export async function listViews(reader: Reader, scope: Scope, filter: VpsFilter): Promise<VpsView[]> {
  return (await reader.read<Row>(scope, pageOf(SHOWN, FROM, scope, filter))).map(viewOf);
}

/** Their ids alone, in the order of the list. */
export async function matchingIds(db: Db, scope: Scope, filter: VpsFilter): Promise<string[]> {
  const { text, values } = pageOf('v."id"', 'FROM "vps" v', scope, filter);
  return (await db.$queryRawUnsafe<{ id: string }[]>(text, ...values)).map(({ id }) => id);
}

/** All that match, on whatever page. */
export async function countMatching(reader: Reader, scope: Scope, filter: VpsFilter): Promise<number> {
  const { ids: _ids, after: _after, ...wanted } = filter;
  const { where, values } = matching(scope, wanted);
  const [row] = await reader.read<{ count: number }>(scope, {
    text: `SELECT count(*)::int AS "count" FROM "vps" v WHERE ${where}`,
    values,
  });
  return row?.count ?? 0;
}

/** What is written on those that have not ended, and on how many. */
export async function countTags(reader: Reader, scope: Scope): Promise<{ tag: string; count: number }[]> {
  const own = scope === null ? '' : ' AND v."organizationId" = $1';
  return await reader.read(scope, {
    text: `SELECT "tag", count(*)::int AS "count" FROM "vps" v, jsonb_array_elements_text(v."spec" -> 'tags') AS "tag"
      WHERE v."deletedAt" IS NULL AND v."spec" -> 'tags' <> '[]'${own} GROUP BY "tag" ORDER BY "tag"`,
    values: scope === null ? [] : [scope],
  });
}

/** Limits that programs and pages ask for all the time: only their lists stay prepared. */
const USUAL_LIMITS: ReadonlySet<number> = new Set([20, 50, 100, 200]);

function pageOf(shown: string, from: string, scope: Scope, filter: VpsFilter): Statement {
  const { where, values, isUsual } = matching(scope, filter);
  const column = filter.sort.endsWith('label') ? 'label' : 'createdAt';
  const direction = filter.sort.startsWith('-') ? 'DESC' : 'ASC';
  // A number in the statement itself, so that its plan is made for it.
  const text = `SELECT ${shown} ${from} WHERE ${where} ORDER BY v."${column}" ${direction}, v."id" ${direction} LIMIT ${Math.trunc(filter.limit) + 1}`;
  if (!isUsual || !USUAL_LIMITS.has(filter.limit)) return { text, values };
  const parts = [column, direction, filter.limit, scope === null ? '' : 'of', filter.includeDeleted ? 'all' : '', filter.after ? 'on' : ''];
  return { name: `vps_page_${parts.join('_')}`, text, values };
}

/** `isUsual`: by nothing but place, scope and whether those that have ended count. */
function matching(scope: Scope, filter: Omit<VpsFilter, 'limit'>): { where: string; values: unknown[]; isUsual: boolean } {
  const values: unknown[] = [];
  const value = (of: unknown): string => `$${values.push(of)}`;
  const where = scope === null ? [] : [`v."organizationId" = ${value(scope)}`];
  if (!filter.includeDeleted) where.push(`v."deletedAt" IS NULL`);
  if (filter.after) where.push(behind(filter.after, filter.sort, value));
  const usual = where.length;
  for (const name of ['status', 'provider', 'region'] as const)
    if (filter[name] !== undefined) where.push(`v."${name}" = ${value(filter[name])}`);
  if (filter.ids) where.push(`v."id" = ANY(${value([...filter.ids])}::text[])`);
  if (filter.busy !== undefined) where.push(`${filter.busy ? '' : 'NOT '}EXISTS (SELECT 1 FROM "operation" o WHERE ${UNDER_WAY})`);
  if (filter.power !== undefined) where.push(withPower(filter.power));
  if (filter.tags !== undefined) where.push(`v."spec" -> 'tags' @> ${value(JSON.stringify(filter.tags.split(',')))}::jsonb`);
  if (filter.q !== undefined) where.push(named(filter.q, value));
  return { where: where.length === 0 ? 'TRUE' : where.join(' AND '), values, isUsual: where.length === usual };
}

function behind([at, id]: Place, sort: VpsFilter['sort'], value: (of: unknown) => string): string {
  const beyond = sort.startsWith('-') ? '<' : '>';
  if (sort.endsWith('label')) return `(v."label", v."id") ${beyond} (${value(at)}, ${value(id)})`;
  return `(v."createdAt", v."id") ${beyond} (${value(new Date(at).toISOString())}::timestamptz, ${value(id)})`;
}

function named(q: string, value: (of: unknown) => string): string {
  const within = value(`%${q.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`);
  const same = value(q);
  return `(v."label" ILIKE ${within} OR v."hostname" ILIKE ${within} OR starts_with(v."ipv4", ${same}) OR v."externalReference" = ${same} OR v."id" = ${same})`;
}

const DRIFTED = (what: string): string =>
  `EXISTS (SELECT 1 FROM "drift" d WHERE d."vpsId" = v."id" AND d."resolvedAt" IS NULL AND (${what}))`;
const VANISHED = `d."kind" = 'vanished'`;
const seen = (power: string): string =>
  `d."kind" = 'changed' AND d."differences" @> '[{"object": "instance", "field": "power", "actual": "${power}"}]'`;

/** An open drift says how the power is; a vanished server has none. The same rule as `powerOf` in server/vps/present.ts. */
function withPower(power: 'running' | 'stopped' | 'unknown'): string {
  const recorded = power === 'unknown' ? `v."powerState" IS NULL` : `v."powerState" = '${power}'`;
  const told = DRIFTED([seen('running'), seen('stopped'), VANISHED].map((each) => `(${each})`).join(' OR '));
  return `((${recorded} AND NOT ${told}) OR ${DRIFTED(power === 'unknown' ? VANISHED : seen(power))})`;
}
