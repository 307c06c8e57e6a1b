/** A token's scopes: what of its owner's rights it has. */
import { CONFIRMED, isPermission, type Permission, PERMISSIONS } from '../../../contract/permissions.ts';

const NOUNS: ReadonlySet<string> = new Set(PERMISSIONS.map((permission) => nounOf(permission)));

function nounOf(scope: string): string {
  return scope.slice(0, scope.indexOf(':'));
}

/** `noun:action`, `noun:*` for all of a noun, `*` for all. */
export function isScope(text: string): boolean {
  return text === '*' || isPermission(text) || (text.endsWith(':*') && NOUNS.has(nounOf(text)));
}

/**
 * Those of `present` that the scopes let through; without scopes all of them. What asks a person for a second factor is
 * there only when it is named, except for a token with a role of its own and no scopes.
 */
export function withinScopes(present: ReadonlySet<Permission>, scopes: readonly string[], owned: boolean): ReadonlySet<Permission> {
  if (scopes.length === 0 && !owned) return present;
  const named = new Set(scopes);
  const all = scopes.length === 0 || named.has('*');
  const lets = (permission: Permission): boolean =>
    named.has(permission) || (!CONFIRMED.has(permission) && (all || named.has(`${nounOf(permission)}:*`)));
  return new Set([...present].filter(lets));
}
