/** Rows of staff who act as a customer. */
import { randomUUID } from 'node:crypto';
import type { Impersonation, Organization, User } from '../../../prisma/generated/client.ts';
import type { Db } from '../../kernel/database.ts';

type Named = Pick<User, 'id' | 'name'>;
export type ImpersonationRow = Impersonation & {
  readonly staff: Named;
  readonly user: Named | null;
  readonly organization: Pick<Organization, 'name' | 'status'>;
};

const WITH = {
  staff: { select: { id: true, name: true } },
  user: { select: { id: true, name: true } },
  organization: { select: { name: true, status: true } },
} as const;

export async function insertImpersonation(
  db: Db,
  data: Pick<Impersonation, 'staffUserId' | 'organizationId' | 'userId' | 'reason' | 'readOnly' | 'createdAt' | 'expiresAt'>,
): Promise<ImpersonationRow> {
  return await db.impersonation.create({ data: { id: randomUUID(), ...data }, include: WITH });
}

/** One that goes on at `now`, and is this member of staff's. */
export async function livingImpersonation(db: Db, id: string, staffUserId: string, now: Date): Promise<ImpersonationRow | null> {
  return await db.impersonation.findFirst({ where: { id, staffUserId, endedAt: null, expiresAt: { gt: now } }, include: WITH });
}

/** Those of `ids` that go on at `now`. */
export async function livingIds(db: Db, ids: readonly string[], now: Date): Promise<ReadonlySet<string>> {
  const where = { id: { in: [...ids] }, endedAt: null, expiresAt: { gt: now } };
  const rows = ids.length === 0 ? [] : await db.impersonation.findMany({ where, select: { id: true } });
  return new Set(rows.map(({ id }) => id));
}

export async function listImpersonations(db: Db, limit: number): Promise<ImpersonationRow[]> {
  return await db.impersonation.findMany({ include: WITH, orderBy: { createdAt: 'desc' }, take: limit });
}

/** Null when it is not there, is over, or (with `staffUserId`) is another's. */
export async function endImpersonation(db: Db, id: string, staffUserId: string | null, at: Date): Promise<ImpersonationRow | null> {
  const whose = staffUserId === null ? {} : { staffUserId };
  const { count } = await db.impersonation.updateMany({ where: { id, ...whose, endedAt: null }, data: { endedAt: at } });
  return count === 0 ? null : await db.impersonation.findUnique({ where: { id }, include: WITH });
}
