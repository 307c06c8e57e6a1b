/** A token on the wire, never its secret. */
import type { TokenWithOwner } from './store.ts';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export function presentToken(token: TokenWithOwner) {
  return {
    id: token.id,
    name: token.name,
    prefix: token.prefix,
    role: token.role,
    organization_id: token.organizationId,
    user: token.user && { id: token.user.id, name: token.user.name },
    service_account: token.serviceAccount && { id: token.serviceAccount.id, name: token.serviceAccount.name },
    scopes: token.scopes,
    addresses: token.addresses,
    created_by: token.createdBy,
    rotated_from: token.rotatedFrom,
    expires_at: iso(token.expiresAt),
    last_used_at: iso(token.lastUsedAt),
    revoked_at: iso(token.revokedAt),
    created_at: token.createdAt.toISOString(),
  };
}
