/** What a bulk run would do to each VPS of a selection: the same rules that refuse a single order, asked for all at once. */
import { type BulkAction, type BulkPreviewRequest, type BulkSelection, isUndo } from '../../contract/bulk.ts';
import type { Db } from '../kernel/database.ts';
import { Refusal, refuseField } from '../kernel/problem.ts';
import { behindWall } from '../kernel/wall/standing.ts';
import { unfinishedByVps, vpsesByIds } from './store.ts';
import { type DriftRow, openDriftsByVps } from '../drift/store.ts';
import { listVpses, type VpsWithAccount } from '../vps/store.ts';
import { differencesOf } from '../drift/drift.ts';
import { isVanished } from '../drift/compare.ts';
import { capabilityOf } from '../vps/changes/capabilities.ts';
import { IMPORTING, type Refused } from '../vps/changes/standing.ts';
import { situationFrom } from '../vps/changes/guard.ts';
import { requireOwnSetup } from '../vps/setup/again.ts';
import type { Principal, Services } from '../kernel/services.ts';
import { makeOutlook, type Outlook } from './outlook.ts';

/** One run takes at most so many. */
export const MAX_SELECTED = 10_000;

export interface Judged extends Outlook {
  readonly vps: VpsWithAccount;
  /** Not refused, but something else is under way on it. */
  readonly busy: boolean;
}

/** Living VPSs in the order in which they are taken: as named, or the oldest first. @throws Refusal 422 */
export async function selectVpses(services: Services, principal: Principal, selection: BulkSelection): Promise<VpsWithAccount[]> {
  const { organizationId } = principal;
  const select = (): Promise<VpsWithAccount[]> => selected(services, principal, selection);
  return await (organizationId === null ? select() : behindWall(organizationId, select));
}

async function selected(services: Services, principal: Principal, selection: BulkSelection): Promise<VpsWithAccount[]> {
  if ('ids' in selection) return await named(services, principal, selection.ids);
  const filter = { ...wanted(selection.filter), includeDeleted: false, sort: 'created_at', limit: MAX_SELECTED } as const;
  const rows = await listVpses(services.db, principal.organizationId, filter);
  if (rows.length > MAX_SELECTED)
    throw refuseField('selection', `it matches more than ${MAX_SELECTED} VPSes`, 'Narrow the filter, and make several runs.');
  return rows;
}

/** Each filter by its name: one that was overlooked here would let a run touch whom it should not. */
function wanted({ status, provider, region, power, busy, tags, q, ...rest }: Extract<BulkSelection, { filter: unknown }>['filter']) {
  rest satisfies Record<string, never>;
  return {
    ...(status === undefined ? {} : { status }),
    ...(provider === undefined ? {} : { provider }),
    ...(region === undefined ? {} : { region }),
    ...(power === undefined ? {} : { power }),
    ...(busy === undefined ? {} : { busy }),
    ...(tags === undefined ? {} : { tags }),
    ...(q === undefined ? {} : { q }),
  };
}

async function named(services: Services, principal: Principal, ids: readonly string[]): Promise<VpsWithAccount[]> {
  const unique = [...new Set<string>(ids)];
  const found = new Map((await vpsesByIds(services.db, principal.organizationId, unique)).map((vps) => [vps.id, vps]));
  const missing = unique.filter((id) => !found.has(id));
  if (missing.length > 0)
    throw refuseField(
      'selection.ids',
      `there is no VPS ${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ` and ${missing.length - 3} more` : ''}, or this token may not see it`,
      'Leave these out.',
    );
  return unique.map((id) => found.get(id)!);
}

type Asked = Pick<BulkPreviewRequest, 'action' | 'include_maintenance'>;

export async function judgeAll(
  services: Services,
  principal: Principal,
  asked: Asked,
  vpses: readonly VpsWithAccount[],
): Promise<Judged[]> {
  const ids = vpses.map(({ id }) => id);
  const unfinished = await unfinishedByVps(services.db, ids);
  const drifts = asked.action.action === 'drift-repair' ? await openDriftsByVps(services.db, ids) : new Map<string, DriftRow>();
  const outlook = makeOutlook(services, asked.action);
  const judged: Judged[] = [];
  for (const vps of vpses) {
    const situation = situationFrom(services, principal, vps, unfinished.get(vps.id) ?? []);
    const refused =
      ownRefusal(asked, vps, drifts.get(vps.id)) ??
      (await bySetup(services.db, principal, vps, asked.action)) ??
      byCapability(asked.action, situation);
    const busy = refused?.code === 'operation_in_progress';
    if (refused !== null && !busy) judged.push({ vps, refused, busy: false, price: null });
    else judged.push({ vps, busy, ...(await outlook(vps)) });
  }
  return judged;
}

/**
 * What a bulk run refuses beyond the rules of a single order: it is meant for many, so it leaves alone what a person works
 * on, and begins no termination twice.
 */
export function ownRefusal(
  { action, include_maintenance: maintained }: Asked,
  vps: VpsWithAccount,
  drift: DriftRow | undefined,
): Refused | null {
  if (vps.maintenanceReason !== null && !maintained)
    return { code: 'maintenance', reason: 'It is in maintenance. Take such ones in with include_maintenance.' };
  if (action.action === 'refresh' && ['terminated', 'destroying', 'leaked'].includes(vps.status))
    return { code: 'vps_gone', reason: `It is ${vps.status}.` };
  if (action.action === 'destroy' && vps.status === 'destroying')
    return { code: 'vps_destroying', reason: 'It is being destroyed already.' };
  if (action.action === 'destroy' && vps.status === 'terminating' && action.grace_hours !== 0)
    return { code: 'vps_terminating', reason: 'Its termination has begun already. Send grace_hours 0 to destroy it now.' };
  if (action.action !== 'drift-repair') return null;
  if (!drift) return { code: 'no_drift', reason: 'No drift of it is open.' };
  if (isVanished(differencesOf(drift)))
    return {
      code: 'needs_confirmation',
      reason: 'Its server is gone at the provider: a repair makes a new, empty one. Decide on the drift itself.',
    };
  if (!['confirmed', 'dismissed', 'unconfirmed'].includes(drift.state))
    return { code: 'drift_not_open', reason: `Its drift is ${drift.state}.` };
  return null;
}

/** A set-up profile that is not sold with this one. */
async function bySetup(db: Db, principal: Principal, vps: VpsWithAccount, action: BulkAction): Promise<Refused | null> {
  try {
    await requireOwnSetup(db, principal, vps, action);
    return null;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { code: error.code, reason: error.message };
  }
}

function byCapability({ action }: BulkAction, situation: Parameters<typeof capabilityOf>[0]): Refused | null {
  if (action === 'refresh') return situation.importing ? IMPORTING : null;
  if (action === 'drift-repair')
    return situation.busy && { code: 'operation_in_progress', reason: `A ${situation.busy.kind} is under way.` };
  const { allowed, code = 'not_allowed', reason = 'It cannot be done now.' } = capabilityOf(situation, isUndo(action) ? 'undo' : action);
  return allowed ? null : { code, reason };
}
