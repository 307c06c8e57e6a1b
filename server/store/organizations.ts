/** Organizations, and a VPS's move from one to another. */
import { randomUUID } from 'node:crypto';
import { PROJECT, stackName } from '../../stacks/spec.ts';
import type { Db, Organization } from './database.ts';

export type OrganizationRow = Organization & { readonly vpsCount: number };

export async function listOrganizations(db: Db): Promise<OrganizationRow[]> {
  const living = { _count: { select: { vpses: { where: { deletedAt: null } } } } };
  const rows = await db.organization.findMany({ orderBy: { name: 'asc' }, include: living });
  return rows.map(({ _count, ...row }) => ({ ...row, vpsCount: _count.vpses }));
}

export async function insertOrganization(db: Db, name: string): Promise<Organization> {
  return await db.organization.create({ data: { id: randomUUID(), name } });
}

/** Gives the stack to another organization; its state still names the former one. False while an update holds it. */
export async function moveStack(db: Db, vpsId: string, from: string, to: string): Promise<boolean> {
  const place = [PROJECT, stackName(vpsId)] as const;
  const held = await db.$queryRaw<unknown[]>`
    SELECT 1 FROM "state_stack" WHERE "organization" = ${from} AND "project" = ${place[0]} AND "name" = ${place[1]}
      AND "active_update" IS NOT NULL FOR UPDATE`;
  if (held.length > 0) return false;
  await db.$executeRaw`
    UPDATE "state_stack" SET "organization" = ${to}, "former_organizations" = array_append("former_organizations", ${from})
    WHERE "organization" = ${from} AND "project" = ${place[0]} AND "name" = ${place[1]}`;
  return true;
}
