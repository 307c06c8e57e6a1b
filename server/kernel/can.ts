/**
 * What somebody may do: `can` is asked at every door, and the sentence of every refusal is made here. The table behind it is
 * contract/permissions.ts; server/identity/policy/ makes a credential's set of permissions of it.
 */
import { CONFIRMED, leastTokenRole, type Permission, PLATFORM_ONLY } from '../../contract/permissions.ts';
import type { ActorKind } from './actor.ts';
import { timeNow } from './clock.ts';
import { Refusal } from './problem.ts';
import type { Principal } from './services.ts';

const CONFIRMED_MS = 10 * 60_000;

/** Acts on the platform, and so for every organization. */
export function onPlatform({ organizationId }: Pick<Principal, 'organizationId'>): boolean {
  return organizationId === null;
}

/** Whether it may do this, in that organization where one is given. */
export function can(
  { permissions, organizationId }: Pick<Principal, 'permissions' | 'organizationId'>,
  permission: Permission,
  target?: string,
): boolean {
  return permissions.has(permission) && (target === undefined || organizationId === null || organizationId === target);
}

/** @throws Refusal 403 with what is missing, and who would have it. */
export function mustCan(principal: Principal, ...permissions: readonly Permission[]): void {
  for (const permission of permissions) {
    if (!can(principal, permission)) throw new Refusal(403, 'forbidden', whyNot(principal, permission));
    if (CONFIRMED.has(permission) && principal.actor.kind === 'user' && !isConfirmed(principal))
      throw new Refusal(
        403,
        'second_factor_required',
        `${permission} needs your second factor, shown within the last 10 minutes. Show it again, or set one up on your profile.`,
      );
  }
}

/** Whether a person has shown a second factor just now. */
export function isConfirmed({ secondFactorAt }: Pick<Principal, 'secondFactorAt'>): boolean {
  return secondFactorAt != null && timeNow().getTime() - secondFactorAt.getTime() < CONFIRMED_MS;
}

/** The sentence that refuses. */
export function whyNot(principal: Pick<Principal, 'actor' | 'role' | 'organizationId'>, permission: Permission): string {
  const { actor, role } = principal;
  if (!onPlatform(principal) && PLATFORM_ONLY.has(permission))
    return `This ${KINDS[actor.kind]} is bound to one organization; ${permission} is for the seller only.`;
  const least = leastTokenRole(permission, onPlatform(principal) ? 'platform' : 'organization');
  const remedy = actor.kind === 'token' && least !== null ? ` A token with the role ${least} has it.` : '';
  return `This needs the permission ${permission}; the ${KINDS[actor.kind]} "${actor.name}" with the role ${role} does not have it.${remedy}`;
}

const KINDS: Readonly<Record<ActorKind, string>> = {
  user: 'user',
  token: 'token',
  service_account: 'service account',
  system: 'system',
};
