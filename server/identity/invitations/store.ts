/** Invitations' rows. The secret of a link never gets here: only its SHA-256. */
import type { Invitation, Organization } from '../../../prisma/generated/client.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';

export type { Invitation };
export type InvitationWith = Invitation & { readonly organization: Organization; readonly inviter: { readonly name: string } | null };

const WITH = { organization: true, inviter: { select: { name: true } } } as const;
const open = () => ({ acceptedAt: null, revokedAt: null, expiresAt: { gt: timeNow() } });

/** One that is open and not over, to this address; null when there is none. */
export async function openInvitationOf(db: Db, email: string): Promise<Invitation | null> {
  return await db.invitation.findFirst({ where: { email: email.toLowerCase(), ...open() } });
}

export async function invitationByHash(db: Db, tokenHash: Uint8Array<ArrayBuffer>): Promise<InvitationWith | null> {
  return await db.invitation.findFirst({ where: { tokenHash, ...open() }, include: WITH });
}

export async function listInvitations(db: Db, organizationId: string): Promise<InvitationWith[]> {
  return await db.invitation.findMany({ where: { organizationId, ...open() }, include: WITH, orderBy: { createdAt: 'asc' } });
}

/** An earlier open one to the same address is taken back. */
export async function insertInvitation(
  db: Db,
  data: Pick<Invitation, 'id' | 'organizationId' | 'email' | 'role' | 'inviterId' | 'expiresAt'> & { tokenHash: Uint8Array<ArrayBuffer> },
): Promise<InvitationWith> {
  const { organizationId, email } = data;
  await db.invitation.updateMany({ where: { organizationId, email, acceptedAt: null, revokedAt: null }, data: { revokedAt: timeNow() } });
  return await db.invitation.create({ data, include: WITH });
}

/** Null when it is not there, or not open any more. */
export async function revokeInvitation(db: Db, organizationId: string, id: string): Promise<Invitation | null> {
  const { count } = await db.invitation.updateMany({ where: { id, organizationId, ...open() }, data: { revokedAt: timeNow() } });
  return count === 0 ? null : await db.invitation.findUnique({ where: { id } });
}

/** False when somebody was quicker. A member keeps the role they have. */
export async function acceptInvitation(db: Db, invitation: Invitation, userId: string): Promise<boolean> {
  const { count } = await db.invitation.updateMany({ where: { id: invitation.id, ...open() }, data: { acceptedAt: timeNow() } });
  if (count === 0) return false;
  const { organizationId, role, inviterId } = invitation;
  await db.member.upsert({
    where: { organizationId_userId: { organizationId, userId } },
    create: { organizationId, userId, role, invitedBy: inviterId },
    update: {},
  });
  return true;
}

export async function memberOf(db: Db, organizationId: string, email: string) {
  return await db.member.findFirst({ where: { organizationId, user: { email } } });
}
