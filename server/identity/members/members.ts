/** Changing who is in an organization and as what. It always has an owner; the database holds that too. */
import { revokeTokens } from '../tokens/store.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { mustCan } from '../../kernel/can.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';
import { notFound, Refusal } from '../../kernel/problem.ts';
import type { Principal } from '../../kernel/services.ts';
import { lockOwners, memberById, type MemberRow, ownersNow, removeMember, setMemberRole } from './store.ts';

/** @throws Refusal 403 when owners are concerned and the caller is none, 409 `last_owner`. */
export async function changeRole(tx: Db, principal: Principal, organizationId: string, userId: string, role: string) {
  return await guarded(tx, async () => {
    const { member, owners } = await mustMember(tx, organizationId, userId);
    if (member.role === 'owner' || role === 'owner') mustCan(principal, 'organization:transfer');
    if (member.role === 'owner' && role !== 'owner') requireAnother(owners, member);
    const changed = await setMemberRole(tx, organizationId, userId, role);
    await audit(tx, principal, 'member.role-changed', changed, { before: member.role, after: role });
    return changed;
  });
}

/** Takes somebody out, with the tokens that they have there. */
export async function dropMember(tx: Db, principal: Principal, organizationId: string, userId: string): Promise<void> {
  await guarded(tx, async () => {
    const { member, owners } = await mustMember(tx, organizationId, userId);
    const leaves = principal.actor.kind === 'user' && principal.actor.id === userId;
    if (member.role === 'owner' && !leaves) mustCan(principal, 'organization:transfer');
    if (member.role === 'owner') requireAnother(owners, member);
    await removeMember(tx, organizationId, userId);
    await revokeTokens(tx, { organizationId, userId }, timeNow());
    await audit(tx, principal, leaves ? 'member.left' : 'member.removed', member, { before: member.role, after: null });
  });
}

/** The other becomes owner; who gave it away stays as admin. */
export async function transfer(tx: Db, principal: Principal, organizationId: string, to: string): Promise<MemberRow> {
  return await guarded(tx, async () => {
    const { member, owners } = await mustMember(tx, organizationId, to);
    if (member.role === 'owner') throw new Refusal(409, 'nothing_to_change', `${member.user.name} is an owner already.`);
    const changed = await setMemberRole(tx, organizationId, to, 'owner');
    const former = principal.actor.kind === 'user' && owners.includes(principal.actor.id) ? principal.actor.id : null;
    if (former !== null) await setMemberRole(tx, organizationId, former, 'admin');
    await audit(tx, principal, 'organization.transferred', changed, { before: member.role, after: 'owner' });
    return changed;
  });
}

async function mustMember(tx: Db, organizationId: string, userId: string): Promise<{ member: MemberRow; owners: string[] }> {
  const owners = await lockOwners(tx, organizationId);
  const member = await memberById(tx, organizationId, userId);
  if (!member) throw notFound('member', userId);
  return { member, owners };
}

function requireAnother(owners: readonly string[], { userId, user }: MemberRow): void {
  if (!owners.some((owner) => owner !== userId)) throw lastOwner(user.name);
}

const lastOwner = (name: string): Refusal =>
  new Refusal(409, 'last_owner', `${name} is the only owner. Make somebody else owner first, or close the organization.`);

/** What is said at the commit, where two took each other's place at one moment, is said here already. */
async function guarded<T>(tx: Db, work: () => Promise<T>): Promise<T> {
  try {
    const done = await work();
    await ownersNow(tx);
    return done;
  } catch (error) {
    if (error instanceof Error && error.message.includes('at least one owner')) throw lastOwner('This member');
    throw error;
  }
}

async function audit(
  tx: Db,
  principal: Principal,
  action: string,
  { organizationId, userId }: MemberRow,
  role: { before: string | null; after: string | null },
) {
  const entry = { actor: principal.name, action, target: userId, organizationId };
  await appendAudit(tx, { ...entry, data: {}, before: { role: role.before }, after: { role: role.after } });
}
