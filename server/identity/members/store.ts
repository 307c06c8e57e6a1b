/** People in organizations. */
import type { Member, User } from '../../../prisma/generated/client.ts';
import type { Db } from '../../kernel/database.ts';

export type MemberRow = Member & { readonly user: Pick<User, 'id' | 'name' | 'email' | 'twoFactorEnabled'> };

const WITH = { user: { select: { id: true, name: true, email: true, twoFactorEnabled: true } } } as const;
const key = (organizationId: string, userId: string) => ({ organizationId_userId: { organizationId, userId } });

export async function listMembers(db: Db, organizationId: string): Promise<MemberRow[]> {
  return await db.member.findMany({ where: { organizationId }, include: WITH, orderBy: [{ createdAt: 'asc' }, { userId: 'asc' }] });
}

export async function memberById(db: Db, organizationId: string, userId: string): Promise<MemberRow | null> {
  return await db.member.findUnique({ where: key(organizationId, userId), include: WITH });
}

/** Nobody else changes who owns the organization until the transaction ends. */
export async function lockOwners(db: Db, organizationId: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ userId: string }[]>`
    SELECT "userId" FROM "member" WHERE "organizationId" = ${organizationId} AND "role" = 'owner' ORDER BY "userId" FOR UPDATE`;
  return rows.map(({ userId }) => userId);
}

/** Checks now, and not at the commit, that the organization still has an owner. @throws as the commit would */
export async function ownersNow(db: Db): Promise<void> {
  await db.$executeRaw`SET CONSTRAINTS "member_keeps_an_owner" IMMEDIATE`;
}

export async function setMemberRole(db: Db, organizationId: string, userId: string, role: string): Promise<MemberRow> {
  return await db.member.update({ where: key(organizationId, userId), data: { role }, include: WITH });
}

export async function removeMember(db: Db, organizationId: string, userId: string): Promise<void> {
  await db.member.delete({ where: key(organizationId, userId) });
}
