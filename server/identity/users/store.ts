/** People's rows. */
import { randomUUID } from 'node:crypto';
import type { User } from '../../../prisma/generated/client.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';

export type { User };

export async function userById(db: Db, id: string): Promise<User | null> {
  return await db.user.findUnique({ where: { id } });
}

/** What people are members of, the first one first, and what is asked of them there. */
export const WITH_MEMBERS = {
  members: { orderBy: { createdAt: 'asc' }, include: { organization: { select: { requireSecondFactor: true, status: true } } } },
} as const;

export async function personById(db: Db, id: string) {
  return await db.user.findUnique({ where: { id }, include: WITH_MEMBERS });
}

export async function userByEmail(db: Db, email: string): Promise<User | null> {
  return await db.user.findUnique({ where: { email: email.toLowerCase() } });
}

/** Of `names`, those that a person or an organization has. */
export async function takenHandles(db: Db, names: readonly string[]): Promise<Set<string>> {
  const users = await db.user.findMany({ where: { handle: { in: [...names] } }, select: { handle: true } });
  const organizations = await db.organization.findMany({ where: { name: { in: [...names] } }, select: { name: true } });
  return new Set([...users.map(({ handle }) => handle), ...organizations.map(({ name }) => name)]);
}

/**
 * Named by the person's handle, who owns it. Where something is sold to everybody, it buys its servers; plans and
 * packages that an older system lists by itself are no shop that somebody opened.
 */
export async function addPersonalOrganization(db: Db, userId: string): Promise<string> {
  const { handle } = await db.user.findUniqueOrThrow({ where: { id: userId } });
  const id = randomUUID();
  const [sold] = await db.$queryRaw<{ sold: boolean }[]>`
    SELECT EXISTS (SELECT 1 FROM "product" WHERE "visibility" = 'public' AND "compat" -> 'vps_plan' IS NULL
      AND "compat" -> 'exact_packages' IS NULL) AS "sold"`;
  const internal = !sold!.sold;
  await db.organization.create({ data: { id, name: handle, internal, members: { create: { userId, role: 'owner' } } } });
  return id;
}

export async function updateUser(
  db: Db,
  id: string,
  data: Partial<Pick<User, 'name' | 'locale' | 'timeZone' | 'emailVerified'>>,
): Promise<User> {
  return await db.user.update({ where: { id }, data });
}

/** False when it had the role, or is not there. */
export async function setStaffRole(db: Db, id: string, staffRole: string | null): Promise<boolean> {
  // Of SQL's three values: what is not there is not another either.
  const other = staffRole === null ? { NOT: { staffRole: null } } : { OR: [{ staffRole: null }, { NOT: { staffRole } }] };
  return (await db.user.updateMany({ where: { id, ...other }, data: { staffRole } })).count === 1;
}

export async function setDisabled(db: Db, id: string, reason: string | null): Promise<void> {
  await db.user.updateMany({ where: { id }, data: { disabledAt: reason === null ? null : timeNow(), disabledReason: reason } });
}

export async function countSuperadmins(db: Db): Promise<number> {
  return await db.user.count({ where: { staffRole: 'superadmin', disabledAt: null } });
}

export async function listUsers(db: Db, after: string | null, limit: number, search?: string): Promise<User[]> {
  const like =
    search === undefined
      ? {}
      : { OR: ['email', 'name', 'handle'].map((field) => ({ [field]: { contains: search, mode: 'insensitive' as const } })) };
  return await db.user.findMany({
    where: { ...like, ...(after === null ? {} : { id: { gt: after } }) },
    orderBy: { id: 'asc' },
    take: limit,
  });
}

/** Of what a person is a member, with the organizations' names. */
export async function membershipsOf(db: Db, userId: string) {
  return await db.member.findMany({ where: { userId }, include: { organization: true }, orderBy: { createdAt: 'asc' } });
}

export async function hasPassword(db: Db, userId: string): Promise<boolean> {
  return (await db.identity.count({ where: { userId, providerId: 'credential' } })) > 0;
}

export async function passkeysOf(db: Db, userId: string) {
  return await db.passkey.findMany({ where: { userId }, orderBy: { createdAt: 'asc' } });
}

/** False when it is not this person's. */
export async function deletePasskey(db: Db, userId: string, id: string): Promise<boolean> {
  return (await db.passkey.deleteMany({ where: { id, userId } })).count === 1;
}
