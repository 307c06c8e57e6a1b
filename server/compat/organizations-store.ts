/** Organizations by name, for ids that older systems gave them. */
import type { Db, Organization } from '../kernel/database.ts';

export async function organizationByName(db: Db, name: string): Promise<Organization | null> {
  return await db.organization.findUnique({ where: { name } });
}

export async function organizationNames(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.organization.findMany({ where: { id: { in: [...ids] } }, select: { id: true, name: true } });
  return new Map(rows.map(({ id, name }) => [id, name]));
}
