/** What an older system's permission gives: what its routes do, asked again by the services that do it. */
import type { Permission } from '../../contract/permissions.ts';
import type { Principal } from '../kernel/services.ts';

const GIVES = {
  'compat:A': ['vps:read', 'vps:create', 'vps:refresh', 'vps:destroy', 'vps:reveal'],
  'compat:D': ['vps:read', 'vps:create', 'vps:suspend', 'vps:power', 'vps:destroy', 'task:answer', 'order:read', 'order:place'],
} as const satisfies Partial<Record<Permission, readonly Permission[]>>;

/** The same principal, for the deeds of that system's routes alone. */
export function forSystem(principal: Principal, permission: keyof typeof GIVES): Principal {
  return { ...principal, permissions: new Set<Permission>([...principal.permissions, ...GIVES[permission]]) };
}
