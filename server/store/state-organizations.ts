/** Names of organizations, which are the first part of a stack's full name. */
import type { Db } from './database.ts';

export async function organizationNames(db: Db): Promise<string[]> {
  const rows = await db.organization.findMany({ select: { name: true }, orderBy: { name: 'asc' } });
  return rows.map((row) => row.name);
}

/** The name of the organization that owns a VPS, or null. */
export async function organizationOfVps(db: Db, vpsId: string): Promise<string | null> {
  const vps = await db.vps.findUnique({ where: { id: vpsId }, select: { organization: { select: { name: true } } } });
  return vps?.organization.name ?? null;
}
