/** What a role gives in a scope, made of the one table (contract/permissions.ts). */
import { GRANTS, type MemberRole, type Permission, PERMISSIONS, type StaffRole, type TokenRole } from '../../../contract/permissions.ts';
import { BY_ITSELF } from '../../kernel/kill-switches/kill-switches.ts';
import type { Scope } from '../../kernel/listing.ts';
import type { Principal } from '../../kernel/services.ts';

/** A role with where it comes from: the same word means another thing to staff, to a member and to a token. */
export type Role =
  | { readonly of: 'staff'; readonly role: StaffRole }
  | { readonly of: 'member'; readonly role: MemberRole }
  | { readonly of: 'token'; readonly role: TokenRole };

const NOTHING: ReadonlySet<Permission> = new Set();

/** Staff roles give nothing in an organization by themselves, members' roles nothing on the platform. */
export function granted(role: Role, scope: Scope): ReadonlySet<Permission> {
  switch (role.of) {
    case 'staff':
      return scope === null ? (GRANTS.staff[role.role] ?? NOTHING) : NOTHING;
    case 'member':
      return scope === null ? NOTHING : (GRANTS.member[role.role] ?? NOTHING);
    case 'token':
      return GRANTS[scope === null ? 'platformToken' : 'organizationToken'][role.role] ?? NOTHING;
  }
}

/** What is left to a member without the second factor that the organization asks for: seeing to it. */
const WITHOUT_FACTOR: ReadonlySet<Permission> = new Set<Permission>(['session:own', 'notification:own']);

/** A member's role and rights in an organization; null where it is closed. */
export function asMember(
  member: {
    readonly role: string;
    readonly organizationId: string;
    readonly organization: { readonly requireSecondFactor: boolean; readonly status: string };
  },
  hasSecondFactor: boolean,
): { readonly role: string; readonly permissions: ReadonlySet<Permission> } | null {
  const { role, organizationId, organization } = member;
  if (organization.status === 'closed') return null;
  if (organization.requireSecondFactor && !hasSecondFactor)
    return { role: `${role} without the second factor that the organization asks for`, permissions: WITHOUT_FACTOR };
  return { role, permissions: granted({ of: 'member', role: role as MemberRole }, organizationId) };
}

const EVERYTHING: ReadonlySet<Permission> = new Set(PERMISSIONS);

/** What Plinth does by itself; `part` says what of it, for example `termination`. */
export function plinthItself(part: string): Principal {
  const actor = { kind: 'system', id: part, name: BY_ITSELF } as const;
  return { actor, name: BY_ITSELF, role: 'system', organizationId: null, permissions: EVERYTHING, tokenId: null };
}
