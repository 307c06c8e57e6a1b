/** VPS rows. Every query of a request takes a scope: the organization it may see, or null for all of them. */
import { UNFINISHED } from '../../contract/words.ts';
import { identityTag } from '../../providers/identity.ts';
import type { InstanceSummary } from '../../providers/provider.ts';
import { timeNow } from '../kernel/clock.ts';
import { type Account, atomically, type Db, DbNull, type Json, type Operation, type Vps } from '../kernel/database.ts';
import { emit } from '../kernel/events/emit.ts';
import { type Scope, scoped } from '../kernel/listing.ts';
import { matchingIds, type VpsFilter } from './reading-store.ts';

/** A VPS with what of it stands in other tables. */
export type VpsWithAccount = VpsRow & Standing;
type VpsRow = Vps & { account: Account };

/** What the provider was seen to have otherwise, and what is under way. */
interface Standing {
  /** Not settled. */
  readonly drifts: readonly { readonly kind: string; readonly differences: Json; readonly lastSeenAt: Date }[];
  /** The oldest operation that has not ended. */
  readonly unfinished: Pick<Operation, 'id' | 'kind' | 'status'> | null;
}

/** The rows with their standing, in one question for all of them. */
export async function withStanding(db: Db, rows: readonly VpsRow[]): Promise<VpsWithAccount[]> {
  if (rows.length === 0) return [];
  const found = await db.$queryRaw<{ id: string; drifts: Standing['drifts'] | null; unfinished: Standing['unfinished'] }[]>`
    SELECT v."id",
      (SELECT json_agg(json_build_object('kind', d."kind", 'differences', d."differences", 'lastSeenAt', d."lastSeenAt"))
        FROM "drift" d WHERE d."vpsId" = v."id" AND d."resolvedAt" IS NULL) AS "drifts",
      (SELECT json_build_object('id', o."id", 'kind', o."kind", 'status', o."status") FROM "operation" o
        WHERE o."vpsId" = v."id" AND o."status" = ANY(${[...UNFINISHED]}) ORDER BY o."createdAt", o."id" LIMIT 1) AS "unfinished"
    FROM unnest(${rows.map(({ id }) => id)}::text[]) AS v("id")`;
  const standing = new Map(found.map((each) => [each.id, each]));
  return rows.map((row) => {
    const { drifts, unfinished = null } = standing.get(row.id) ?? {};
    return { ...row, unfinished, drifts: (drifts ?? []).map((drift) => ({ ...drift, lastSeenAt: new Date(drift.lastSeenAt) })) };
  });
}

async function one(db: Db, row: VpsRow | null): Promise<VpsWithAccount | null> {
  return row && ((await withStanding(db, [row]))[0] ?? null);
}

/** Whether there ever was one: their rows are never deleted. */
export async function anyVps(db: Db): Promise<boolean> {
  return (await db.vps.findFirst({ select: { id: true } })) !== null;
}

export async function insertVps(
  db: Db,
  vps: Pick<
    Vps,
    | 'id'
    | 'organizationId'
    | 'label'
    | 'hostname'
    | 'status'
    | 'provider'
    | 'accountId'
    | 'dnsAccountId'
    | 'region'
    | 'plan'
    | 'image'
    | 'requestedPassword'
    | 'externalReference'
  > & { spec: Json; importing?: Json } & Partial<Pick<Vps, 'instanceId' | 'generation' | 'cloudInit' | 'subscriptionId'>>,
): Promise<VpsWithAccount> {
  return await atomically(db, async (tx) => {
    const row = await tx.vps.create({ data: vps, include: { account: true } });
    await tell(tx, 'vps.created', row);
    return { ...row, drifts: [], unfinished: null };
  });
}

/** For who keeps elsewhere what its page shows: that it changed. */
export async function tellVpsChanged(tx: Db, id: string): Promise<void> {
  const row = await tx.vps.findUnique({ where: { id }, select: { id: true, organizationId: true, status: true } });
  if (row) await tell(tx, 'vps.changed', row);
}

async function tell(
  tx: Db,
  kind: 'vps.created' | 'vps.changed' | 'vps.given' | 'vps.received',
  vps: Pick<Vps, 'id' | 'organizationId' | 'status'>,
) {
  await emit(tx, { kind, organizationId: vps.organizationId, data: { vps_id: vps.id, status: vps.status } });
}

export async function vpsById(db: Db, scope: Scope, id: string): Promise<VpsWithAccount | null> {
  return await one(db, await db.vps.findFirst({ where: { id, ...scoped(scope) }, include: { account: true } }));
}

/** Holds the row until the transaction ends, so that two requests about one VPS happen one after the other. */
export async function lockVps(db: Db, scope: Scope, id: string): Promise<VpsWithAccount | null> {
  await db.$queryRaw`SELECT 1 FROM "vps" WHERE "id" = ${id} FOR UPDATE`;
  return await vpsById(db, scope, id);
}

export async function livingLabelExists(db: Db, organizationId: string, label: string): Promise<boolean> {
  return (await db.vps.count({ where: { organizationId, label, deletedAt: null } })) > 0;
}

export async function livingReferenceExists(db: Db, organizationId: string, externalReference: string): Promise<boolean> {
  return (await db.vps.count({ where: { organizationId, externalReference, deletedAt: null } })) > 0;
}

export type VpsColumns = Partial<
  Pick<
    Vps,
    | 'status'
    | 'organizationId'
    | 'externalReference'
    | 'ipv4'
    | 'ipv6'
    | 'instanceId'
    | 'hostname'
    | 'rootPassword'
    | 'requestedPassword'
    | 'deletedAt'
    | 'generation'
    | 'plan'
    | 'label'
    | 'image'
    | 'powerState'
    | 'notes'
    | 'deleteProtection'
    | 'maintenanceReason'
    | 'suspendReason'
    | 'suspendedAt'
    | 'suspendedPower'
    | 'terminateDueAt'
    | 'formerStatus'
    | 'endsAt'
    | 'nextPassword'
    | 'cloudInit'
    | 'rescueSince'
    | 'finalSnapshot'
    | 'lastRevealedAt'
    | 'dnsAccountId'
  >
> & { outputs?: Json; spec?: Json; evidence?: Json; importing?: Json | null; revealCount?: { increment: number } | number };

export async function updateVps(db: Db, id: string, change: VpsColumns): Promise<VpsWithAccount> {
  const { importing, ...rest } = change;
  // Compared with other hosts' times, so not left to the client's own clock.
  const data = { ...rest, updatedAt: timeNow(), ...(importing === undefined ? {} : { importing: importing ?? DbNull }) };
  return await atomically(db, async (tx) => {
    const before = change.organizationId === undefined ? null : await tx.vps.findUnique({ where: { id } });
    const row = await tx.vps.update({ where: { id }, data, include: { account: true } });
    if (before && before.organizationId !== row.organizationId) {
      // Who had it before must see that it is gone.
      await tell(tx, 'vps.given', { ...row, organizationId: before.organizationId });
      await tell(tx, 'vps.received', row);
    } else await tell(tx, 'vps.changed', row);
    return (await one(tx, row))!;
  });
}

/** Makes claims of one server wait for each other until the transaction ends. */
export async function lockServer(db: Db, account: Pick<Account, 'provider' | 'endpointKind'>, instanceId: string): Promise<void> {
  const name = `${account.provider}/${account.endpointKind}/${instanceId}`;
  await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 11))`;
}

/** The living VPS whose row names this server, whatever account it is on. */
export async function livingVpsOf(db: Db, { provider, endpointKind }: Pick<Account, 'provider' | 'endpointKind'>, instanceId: string) {
  return await db.vps.findFirst({ where: { provider, instanceId, deletedAt: null, account: { endpointKind } } });
}

/** Specs of the account's VPSes that are not at their end, without this one's. */
export async function livingSpecsAt(db: Db, accountId: string, without: string): Promise<unknown[]> {
  const where = { accountId, id: { not: without }, status: { notIn: ['terminated', 'destroying', 'leaked'] } };
  const rows = await db.vps.findMany({ where, select: { spec: true } });
  return rows.map(({ spec }) => spec);
}

/** The servers of an account as its rows have them: all there is where a provider lists none. One that is being ended is not told. */
export async function knownServers(db: Db, accountId: string): Promise<InstanceSummary[]> {
  const where = { accountId, instanceId: { not: null }, status: { notIn: ['terminated', 'destroying'] } };
  const rows = await db.vps.findMany({ where, orderBy: { createdAt: 'asc' } });
  return rows.map((row) => ({
    id: row.instanceId!,
    label: row.label,
    status: row.powerState === 'stopped' ? 'stopped' : 'running',
    region: row.region,
    plan: row.plan,
    image: row.image,
    ipv4: row.ipv4,
    ipv6: row.ipv6,
    tags: [identityTag(row.id, row.generation)],
    createdAt: row.createdAt.toISOString(),
    ...(row.endsAt === null ? {} : { endsAt: row.endsAt.toISOString() }),
  }));
}

/** Terminations whose grace is over, oldest first. */
export async function dueTerminations(db: Db, now: Date): Promise<VpsWithAccount[]> {
  const where = { status: 'terminating', terminateDueAt: { lte: now } };
  return await withStanding(db, await db.vps.findMany({ where, orderBy: { terminateDueAt: 'asc' }, take: 50, include: { account: true } }));
}

/** Leaks whose last proof is older than `before`. */
export async function leakedVpses(db: Db, before: Date): Promise<VpsWithAccount[]> {
  const where = { status: 'leaked', updatedAt: { lt: before } };
  return await withStanding(db, await db.vps.findMany({ where, take: 50, include: { account: true } }));
}

/** Ordered ends that should have come by `now`, or of which nothing is known, when the last look is older than `before` or `longBefore`. */
export async function dueEnds(db: Db, now: Date, before: Date, longBefore: Date): Promise<VpsWithAccount[]> {
  const due = [
    { endsAt: { lte: now }, updatedAt: { lt: before } },
    { endsAt: null, updatedAt: { lt: longBefore } },
  ];
  const where = { status: 'ending', OR: due };
  return await withStanding(db, await db.vps.findMany({ where, take: 50, include: { account: true } }));
}

/** Rises with every update that the engine records of the VPS's stack; 0 before the first. */
export async function stackVersion(db: Db, stack: string): Promise<number> {
  const rows = await db.$queryRaw<
    { version: number }[]
  >`SELECT "version" FROM "state_stack" WHERE "project" = 'plinth' AND "name" = ${stack}`;
  return rows[0]?.version ?? 0;
}

/** Whole rows; one more than `limit` when there is a next page. */
export async function listVpses(db: Db, scope: Scope, filter: VpsFilter): Promise<VpsWithAccount[]> {
  const ids = await matchingIds(db, scope, filter);
  const rows = await db.vps.findMany({ where: { id: { in: ids }, ...scoped(scope) }, include: { account: true } });
  const place = new Map(ids.map((id, index) => [id, index]));
  return await withStanding(
    db,
    rows.toSorted((a, b) => place.get(a.id)! - place.get(b.id)!),
  );
}

export async function countByStatus(db: Db): Promise<{ status: string; count: number }[]> {
  const rows = await db.vps.groupBy({ by: ['status'], _count: { _all: true } });
  return rows.map((row) => ({ status: row.status, count: row._count._all }));
}

/** What the one who has it calls it: of a server that was taken over. */
export async function setReference(db: Db, id: string, externalReference: string): Promise<void> {
  await updateVps(db, id, { externalReference });
}
