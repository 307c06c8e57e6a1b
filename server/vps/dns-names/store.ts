/** Who has which DNS name. A name is ASCII, lower case, without a final dot; a world is a kind of endpoint. */
import type { Db } from '../../kernel/database.ts';

export interface NameClaim {
  readonly world: string;
  readonly name: string;
  readonly vpsId: string;
  readonly organizationId: string;
  /** The names between this one and its zone. */
  readonly parents: readonly string[];
  /** The last part of the name that is not the zone's, with the zone: everything that can be above or below is below it. */
  readonly top: string;
}

/** `name`: another VPS has it. `parent`, `child`: another organization has one above or below it. */
export type ClaimResult = 'claimed' | 'name' | 'parent' | 'child';

/** Takes the name for the VPS, or says why not; one that it has already counts as taken. Call it in the request's transaction. */
export async function claimName(tx: Db, claim: NameClaim): Promise<ClaimResult> {
  const { world, name, vpsId, parents, organizationId, top } = claim;
  // Two claims of which one is below the other would not see each other.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`${world}/${top}`}, 12))`;
  const around = await tx.$queryRaw<{ name: string; vpsId: string; organizationId: string }[]>`
    SELECT n."name", n."vpsId", v."organizationId" FROM "dns_name" n JOIN "vps" v ON v."id" = n."vpsId"
    WHERE n."world" = ${world} AND n."vpsId" <> ${vpsId}
      AND (n."name" = ANY(${[name, ...parents]}) OR reverse(n."name") LIKE reverse(${`.${name}`}) || '%')`;
  if (around.some((other) => other.name === name)) return 'name';
  const foreign = around.filter((other) => other.organizationId !== organizationId);
  if (foreign.some((other) => parents.includes(other.name))) return 'parent';
  if (foreign.length > 0) return 'child';
  await tx.$executeRaw`INSERT INTO "dns_name" ("world", "name", "vpsId") VALUES (${world}, ${name}, ${vpsId}) ON CONFLICT DO NOTHING`;
  return 'claimed';
}

/** Takes it when nobody has it; for names that the VPS has at the provider already. */
export async function noteName(tx: Db, { world, name, vpsId }: Pick<NameClaim, 'world' | 'name' | 'vpsId'>): Promise<void> {
  await tx.$executeRaw`INSERT INTO "dns_name" ("world", "name", "vpsId") VALUES (${world}, ${name}, ${vpsId}) ON CONFLICT DO NOTHING`;
}

export async function dropName(tx: Db, vpsId: string, name: string): Promise<void> {
  await tx.dnsName.deleteMany({ where: { vpsId, name } });
}

/** Gives up every name of the VPS but these. */
export async function keepNames(tx: Db, vpsId: string, kept: readonly string[]): Promise<void> {
  await tx.dnsName.deleteMany({ where: { vpsId, name: { notIn: [...kept] } } });
}

/** Of these VPSes, those of the organization. */
export async function vpsesOf(db: Db, organizationId: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db.vps.findMany({ where: { organizationId, id: { in: [...ids] } }, select: { id: true } });
  return new Set(rows.map(({ id }) => id));
}
