/** Who may do what, with the sentence for those who may not. The server decides; this only says so beforehand. */
import type { VpsActionName } from '../../../contract/lifecycle.ts';
import type { Permission } from '../../../contract/permissions.ts';
import type { Operation, Session, Vps, VpsDetail } from '../../kit/api/client.ts';
import { isUnfinished } from '../../kit/api/queries.ts';
import { PAGES } from './pages.ts';

/** Why this session may not do something, or null; null too while it is not known yet. */
export function rightProblem(session: Session | undefined, ...needed: readonly Permission[]): string | null {
  const missing = session && needed.find((each) => !session.permissions.includes(each));
  return missing === undefined ? null : `This needs the permission ${missing}; “${session!.name}” does not have it.`;
}

/** Why a page has nothing to show to this session, or null. `to` as in PAGES. */
export function pageProblem(session: Session | undefined, to: string): string | null {
  const page = PAGES.find((each) => each.to === to);
  if (!page) return null;
  if (page.platform && session && session.organization_id !== null)
    return `“${session.name}” acts for one organization; this is for the seller’s house.`;
  return rightProblem(session, ...page.needs);
}

/** Whether a page is of use to this session; true while it is not known yet. */
export function mayOpen(session: Session | undefined, to: string): boolean {
  // Where mails are sent there is none.
  if (to === '/mailbox' && session?.mode === 'production') return false;
  if (to === '/simulator' && session?.simulator_url === null) return false;
  return pageProblem(session, to) === null;
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
