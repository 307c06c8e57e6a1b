/** Names of organizations, which are the first part of a stack's full name. */
import type { Db } from '../kernel/database.ts';
import { type VpsWithAccount, withStanding } from '../vps/store.ts';

export async function organizationNames(db: Db): Promise<string[]> {
  const rows = await db.organization.findMany({ select: { name: true }, orderBy: { name: 'asc' } });
  return rows.map((row) => row.name);
}

/** The name of the organization that owns a VPS, or null. */
export async function organizationOfVps(db: Db, vpsId: string): Promise<string | null> {
  const vps = await db.vps.findUnique({ where: { id: vpsId }, select: { organization: { select: { name: true } } } });
  return vps?.organization.name ?? null;
}

/** The VPS, if it is that organization's. */
export async function vpsOfOrganization(db: Db, organization: string, vpsId: string): Promise<VpsWithAccount | null> {
  const vps = await db.vps.findFirst({ where: { id: vpsId, organization: { name: organization } }, include: { account: true } });
  return vps && ((await withStanding(db, [vps]))[0] ?? null);
}

/** The other VPS of the account that has this server, if any. */
export async function otherVpsWithServer(
  db: Db,
  vps: Pick<VpsWithAccount, 'id' | 'accountId'>,
  instanceId: string,
): Promise<string | null> {
  const other = await db.vps.findFirst({ where: { accountId: vps.accountId, instanceId, id: { not: vps.id } }, select: { id: true } });
  return other?.id ?? null;
}
