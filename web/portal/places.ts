/** Where the portal's navigation leads, and whom: a place shows to whoever has one of its permissions. */
import type { Permission } from '../../contract/permissions.ts';
import type { Session } from '../kit/api/generated/overview.ts';
import type { IconName } from '../kit/ui/icons.ts';

export interface Place {
  readonly to: string;
  readonly word: 'servers' | 'order' | 'billing' | 'team' | 'account' | 'keys' | 'developers' | 'activity' | 'help';
  readonly icon: IconName;
  /** Any of them is enough: each part of a page shows by its own. */
  readonly needs: readonly Permission[];
}

/** The first four stand at the foot of a phone; the others behind "More". */
export const PLACES: readonly Place[] = [
  { to: '/portal', word: 'servers', icon: 'server', needs: ['vps:read'] },
  { to: '/portal/order', word: 'order', icon: 'plus', needs: ['order:place'] },
  { to: '/portal/billing', word: 'billing', icon: 'audit', needs: ['invoice:read'] },
  { to: '/portal/account', word: 'account', icon: 'user', needs: ['session:own'] },
  { to: '/portal/help', word: 'help', icon: 'info', needs: ['ticket:read'] },
  { to: '/portal/team', word: 'team', icon: 'accounts', needs: ['member:read'] },
  { to: '/portal/keys', word: 'keys', icon: 'key', needs: ['ssh-key:read'] },
  { to: '/portal/api', word: 'developers', icon: 'external', needs: ['token:read', 'webhook:read'] },
  { to: '/portal/activity', word: 'activity', icon: 'operations', needs: ['audit:read'] },
];

/** All of them until it is known who is signed in, so that nothing jumps for those who may do everything. */
export function placesFor(session: Session | undefined): readonly Place[] {
  return PLACES.filter(({ needs }) => !session || needs.some((each) => session.permissions.includes(each)));
}
