/** Who may do what, with the sentence for those who may not. The server decides; this only says so beforehand. */
import type { Role } from '../../../contract/ids.ts';
import type { VpsActionName } from '../../../contract/lifecycle.ts';
import type { Operation, Session, Vps, VpsDetail } from '../../kit/api/client.ts';
import { isUnfinished } from '../../kit/api/queries.ts';

const RANK: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, admin: 2 };

/** Why this session may not act as `role`, or null. */
export function roleProblem(session: Session | undefined, role: Role): string | null {
  if (!session || RANK[session.role] >= RANK[role]) return null;
  return `This needs the role ${role}; the token “${session.name}” has ${session.role}.`;
}

/** Accounts and tokens belong to the operator of Plinth. */
export function platformProblem(session: Session | undefined): string | null {
  if (session && session.organization_id !== null)
    return 'This token is bound to one organization; accounts and tokens belong to the operator of Plinth.';
  return roleProblem(session, 'admin');
}

/** Why this session cannot order a VPS here, or null: the form needs the accounts and their catalogues. */
export function createProblem(session: Session | undefined): string | null {
  return roleProblem(session, 'operator') ?? platformProblem(session);
}

/** Pages that show nothing but a refusal to who is not the operator of Plinth. */
const OPERATORS_PAGES: ReadonlySet<string> = new Set([
  '/drift',
  '/sweeps',
  '/jobs',
  '/admin',
  '/audit',
  '/settings',
  '/simulator',
  '/mailbox',
  '/tasks',
  '/customers',
  '/products',
  '/orders',
  '/subscriptions',
  '/invoices',
  '/payments',
  '/unpaid',
  '/taxes',
  '/dashboard/ipStock',
  '/trading-desk',
  '/tickets',
  '/brand',
  '/coupons',
  '/reports',
  '/setup-profiles',
  '/planned-work',
]);

/** Whether a page is of use to this session; true while it is not known yet. */
export function mayOpen(session: Session | undefined, path: string): boolean {
  if (path === '/vps/new') return createProblem(session) === null;
  // Where mails are sent there is none.
  if (path === '/mailbox' && session?.mode === 'production') return false;
  // The trail of one organization is open to its admins.
  if (path === '/audit') return roleProblem(session, 'admin') === null;
  return !OPERATORS_PAGES.has(path) || platformProblem(session) === null;
}

export type VpsAction = 'refresh' | 'preview' | 'retry' | 'reveal' | 'delete';

/** Why an action cannot be done to a VPS now, or null. Mirrors server/vps/vps.ts. */
export function vpsActionProblem(action: VpsAction, vps: Vps, last: Operation | undefined): string | null {
  const gone = vps.status === 'terminated';
  switch (action) {
    case 'refresh':
    case 'preview':
      return gone || vps.status === 'destroying' ? `The VPS is ${vps.status}.` : null;
    case 'retry':
      if (gone) return 'The VPS is terminated.';
      if (!last || !['failed', 'stalled', 'cancelled'].includes(last.status))
        return 'Only a failed, stalled or cancelled operation can be run again.';
      return null;
    case 'reveal':
      return vps.password_available ? null : `The VPS is ${vps.status}; its password is not known yet.`;
    case 'delete':
      return gone ? 'The VPS is terminated already.' : null;
  }
}

/** Why the server would refuse an action now, in its own words, or null. */
export function capabilityProblem(vps: VpsDetail, action: VpsActionName): string | null {
  const capability = vps.capabilities[action];
  return capability.allowed ? null : (capability.reason ?? 'This cannot be done now.');
}

/** Why its provider cannot do this at all, or null. */
export function featureProblem({ features }: Pick<VpsDetail, 'features'>, feature: keyof VpsDetail['features']): string | null {
  const { allowed, reason } = features[feature];
  return allowed ? null : (reason ?? 'The provider does not offer this.');
}

export function cancelProblem(operation: Operation): string | null {
  if (!isUnfinished(operation.status)) return `The operation has ended: ${operation.status}.`;
  return operation.cancel_requested ? 'It has been asked to stop already.' : null;
}
