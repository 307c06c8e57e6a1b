/** VPS rows. Every query of a request takes a scope: the organization it may see, or null for all of them. */
import { type Account, type Db, DbNull, type Json, type Vps } from './database.ts';
import { behind, type Place, type Scope, scoped } from './listing.ts';

export type VpsWithAccount = Vps & { account: Account };

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
  > & { spec: Json; importing?: Json } & Partial<Pick<Vps, 'instanceId' | 'generation'>>,
): Promise<VpsWithAccount> {
  return await db.vps.create({ data: vps, include: { account: true } });
}

export async function vpsById(db: Db, scope: Scope, id: string): Promise<VpsWithAccount | null> {
  return await db.vps.findFirst({ where: { id, ...scoped(scope) }, include: { account: true } });
}

/** Holds the row until the transaction ends, so that two requests about one VPS happen one after the other. */
export async function lockVps(db: Db, scope: Scope, id: string): Promise<VpsWithAccount | null> {
  await db.$queryRaw`SELECT 1 FROM "vps" WHERE "id" = ${id} FOR UPDATE`;
  return await vpsById(db, scope, id);
}

export async function livingLabelExists(db: Db, organizationId: string, label: string): Promise<boolean> {
  return (await db.vps.count({ where: { organizationId, label, deletedAt: null } })) > 0;
}

export type VpsChange = Partial<
  Pick<
    Vps,
    | 'status'
    | 'organizationId'
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
    | 'nextPassword'
    | 'rescueSince'
    | 'finalSnapshot'
    | 'lastRevealedAt'
  >
> & { outputs?: Json; spec?: Json; evidence?: Json; importing?: null; revealCount?: { increment: number } | number };

export async function updateVps(db: Db, id: string, change: VpsChange): Promise<VpsWithAccount> {
  const { importing, ...rest } = change;
  const data = importing === null ? { ...rest, importing: DbNull } : rest;
  return await db.vps.update({ where: { id }, data, include: { account: true } });
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

/** Terminations whose grace is over, oldest first. */
export async function dueTerminations(db: Db, now: Date): Promise<VpsWithAccount[]> {
  const where = { status: 'terminating', terminateDueAt: { lte: now } };
  return await db.vps.findMany({ where, orderBy: { terminateDueAt: 'asc' }, take: 50, include: { account: true } });
}

/** Leaks whose last proof is older than `before`. */
export async function leakedVpses(db: Db, before: Date): Promise<VpsWithAccount[]> {
  return await db.vps.findMany({ where: { status: 'leaked', updatedAt: { lt: before } }, take: 50, include: { account: true } });
}

/** Rises with every update that the engine records of the VPS's stack; 0 before the first. */
export async function stackVersion(db: Db, stack: string): Promise<number> {
  const rows = await db.$queryRaw<
    { version: number }[]
  >`SELECT "version" FROM "state_stack" WHERE "project" = 'plinth' AND "name" = ${stack}`;
  return rows[0]?.version ?? 0;
}

export interface VpsFilter {
  readonly status?: string;
  readonly provider?: string;
  readonly region?: string;
  readonly q?: string;
  readonly includeDeleted: boolean;
  readonly sort: 'created_at' | '-created_at' | 'label' | '-label';
  readonly limit: number;
  readonly after?: Place;
}

/** One more row than `limit` when there is a next page. */
export async function listVpses(db: Db, scope: Scope, filter: VpsFilter): Promise<VpsWithAccount[]> {
  const column = filter.sort.endsWith('label') ? ('label' as const) : ('createdAt' as const);
  const direction = filter.sort.startsWith('-') ? ('desc' as const) : ('asc' as const);
  return await db.vps.findMany({
    where: {
      ...scoped(scope),
      ...(filter.includeDeleted ? {} : { deletedAt: null }),
      ...(filter.status === undefined ? {} : { status: filter.status }),
      ...(filter.provider === undefined ? {} : { provider: filter.provider }),
      ...(filter.region === undefined ? {} : { region: filter.region }),
      AND: [
        filter.q === undefined
          ? {}
          : {
              OR: [
                { label: { contains: filter.q, mode: 'insensitive' as const } },
                { hostname: { contains: filter.q, mode: 'insensitive' as const } },
                { ipv4: { startsWith: filter.q } },
                { externalReference: filter.q },
                { id: filter.q },
              ],
            },
        behind(filter.after, column, direction),
      ],
    },
    orderBy: [{ [column]: direction }, { id: direction }],
    take: filter.limit + 1,
    include: { account: true },
  });
}

export async function countByStatus(db: Db): Promise<{ status: string; count: number }[]> {
  const rows = await db.vps.groupBy({ by: ['status'], _count: { _all: true } });
  return rows.map((row) => ({ status: row.status, count: row._count._all }));
}
