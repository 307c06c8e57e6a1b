/**
 * Acting as a customer: a member of staff names a begun impersonation with a request, and the request then has the customer's
 * scope and rights, never more than reading unless it was begun so, and never those over passwords, credentials and rights.
 * The actor stays the member of staff, so the trail names both.
 */
import type { Request } from 'express';
import { GRANTS, type MemberRole, NEVER_AS_ANOTHER, type Permission, READS } from '../../../contract/permissions.ts';
import { can, onPlatform } from '../../kernel/can.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { Principal } from '../../kernel/services.ts';
import { memberById } from '../members/store.ts';
import { type ImpersonationRow, livingImpersonation } from './store.ts';

/** Names the impersonation, by its id. A foreign page cannot set it. */
export const ACTING_HEADER = 'x-plinth-acting';
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The principal itself where the request names no impersonation. @throws Refusal 403 `acting_ended` */
export async function actingAs(db: Db, request: Request, principal: Principal | null): Promise<Principal | null> {
  const id = request.get(ACTING_HEADER);
  if (id === undefined || principal === null) return principal;
  const row = await impersonationNow(db, principal, id);
  const role = row && (await roleOf(db, row));
  if (!row || !role)
    throw new Refusal(403, 'acting_ended', 'This acting as a customer has ended, or is not yours. Begin anew: POST /api/impersonations');
  const { organizationId, user, organization } = row;
  const onBehalfOf = user
    ? ({ kind: 'user', id: user.id, name: user.name } as const)
    : ({ kind: 'organization', id: organizationId, name: organization.name } as const);
  const actor = { ...principal.actor, onBehalfOf };
  return { ...principal, actor, role, organizationId, permissions: rightsOf(role, row.readOnly), actingId: row.id };
}

/** Of a person of staff who still may; null: none, over, or another's. */
export async function impersonationNow(db: Db, principal: Principal, id: string): Promise<ImpersonationRow | null> {
  if (principal.actor.kind !== 'user' || !onPlatform(principal) || !can(principal, 'impersonation:start') || !ID.test(id)) return null;
  const row = await livingImpersonation(db, id, principal.actor.id, timeNow());
  if (!row || row.organization.status === 'closed') return null;
  return row.readOnly || can(principal, 'impersonation:write') ? row : null;
}

async function roleOf(db: Db, { organizationId, userId }: ImpersonationRow): Promise<MemberRole | null> {
  if (userId === null) return 'owner';
  return ((await memberById(db, organizationId, userId))?.role as MemberRole | undefined) ?? null;
}

function rightsOf(role: MemberRole, readOnly: boolean): ReadonlySet<Permission> {
  const theirs = [...GRANTS.member[role]].filter((permission) => !NEVER_AS_ANOTHER.has(permission));
  return new Set(readOnly ? theirs.filter((permission) => READS.has(permission)) : theirs);
}
