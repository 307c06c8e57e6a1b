/** Organizations, and a VPS's move from one to another. */
import { randomUUID } from 'node:crypto';
import { PROJECT, stackName } from '../../../stacks/spec.ts';
import type { TermsAcceptance } from '../../../prisma/generated/client.ts';
import { type Db, DbNull, type Organization } from '../../kernel/database.ts';

export type OrganizationRow = Organization & { readonly vpsCount: number };

/** All, or the one of that id. */
export async function listOrganizations(db: Db, id?: string): Promise<OrganizationRow[]> {
  const living = { _count: { select: { vpses: { where: { deletedAt: null } } } } };
  const rows = await db.organization.findMany({
    ...(id === undefined ? {} : { where: { id } }),
    orderBy: { name: 'asc' },
    include: living,
  });
  return rows.map(({ _count, ...row }) => ({ ...row, vpsCount: _count.vpses }));
}

/** Holds its row until the transaction ends. Null when there is none. */
export async function lockOrganization(db: Db, id: string): Promise<OrganizationRow | null> {
  await db.$queryRaw`SELECT 1 FROM "organization" WHERE "id" = ${id} FOR UPDATE`;
  return (await listOrganizations(db, id))[0] ?? null;
}

export async function updateOrganization(
  db: Db,
  id: string,
  data: Partial<Pick<Organization, 'displayName' | 'requireSecondFactor' | 'status' | 'statusReason' | 'closedAt'>>,
): Promise<void> {
  await db.organization.update({ where: { id }, data });
}

/** What an organization that is closed leaves behind: nothing that could still act in its name. */
export async function endAccess(db: Db, organizationId: string, at: Date): Promise<void> {
  await db.apiToken.updateMany({ where: { organizationId, revokedAt: null }, data: { revokedAt: at } });
  await db.serviceAccount.updateMany({ where: { organizationId, disabledAt: null }, data: { disabledAt: at } });
  await db.invitation.updateMany({ where: { organizationId, acceptedAt: null, revokedAt: null }, data: { revokedAt: at } });
  await db.impersonation.updateMany({ where: { organizationId, endedAt: null }, data: { endedAt: at } });
}

export async function listAcceptances(db: Db, organizationId: string): Promise<TermsAcceptance[]> {
  return await db.termsAcceptance.findMany({ where: { organizationId }, orderBy: { at: 'desc' } });
}

/** The first acceptance of a version counts. */
export async function acceptTerms(db: Db, acceptance: Omit<TermsAcceptance, 'at'>): Promise<void> {
  await db.termsAcceptance.createMany({ data: [acceptance], skipDuplicates: true });
}

export async function insertOrganization(db: Db, name: string): Promise<Organization> {
  return await db.organization.create({ data: { id: randomUUID(), name } });
}

/** null: the installation's default zones. False when there is no such organization. */
export async function setZones(db: Db, id: string, zones: readonly string[] | null): Promise<boolean> {
  const { count } = await db.organization.updateMany({ where: { id }, data: { zones: zones === null ? DbNull : [...zones] } });
  return count === 1;
}

/**
 * Gives the stack to another organization; its state still names the former one. Whatever the former owner has begun and not
 * ended (previews, updates not started) ends with it. False while an update holds it.
 */
export async function moveStack(db: Db, vpsId: string, from: string, to: string): Promise<boolean> {
  const place = [PROJECT, stackName(vpsId)] as const;
  const held = await db.$queryRaw<unknown[]>`
    SELECT 1 FROM "state_stack" WHERE "organization" = ${from} AND "project" = ${place[0]} AND "name" = ${place[1]}
      AND "active_update" IS NOT NULL FOR UPDATE`;
  if (held.length > 0) return false;
  await db.$executeRaw`
    UPDATE "state_update" SET "status" = 'cancelled', "token_hash" = NULL, "lease_expires_at" = NULL, "ended_at" = clock_timestamp()
    WHERE "status" IN ('created', 'running') AND "stack_id" IN
      (SELECT "id" FROM "state_stack" WHERE "organization" = ${from} AND "project" = ${place[0]} AND "name" = ${place[1]})`;
  // One of that name there was never this VPS's, and must not stand in its way.
  await db.$executeRaw`
    DELETE FROM "state_stack" WHERE "organization" = ${to} AND "project" = ${place[0]} AND "name" = ${place[1]}`;
  await db.$executeRaw`
    UPDATE "state_stack" SET "organization" = ${to}, "former_organizations" = array_append("former_organizations", ${from})
    WHERE "organization" = ${from} AND "project" = ${place[0]} AND "name" = ${place[1]}`;
  return true;
}
