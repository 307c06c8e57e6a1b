/** The capabilities of a VPS as it stands in the database, and refusing by them. */
import type { VpsActionName, VpsCapabilities } from '../../../contract/lifecycle.ts';
import type { OperationKind } from '../../../contract/operation.ts';
import type { VpsDetail, VpsStatus } from '../../../contract/vps.ts';
import { onPlatform } from '../../kernel/can.ts';
import { Refusal, refuseField } from '../../kernel/problem.ts';
import { appendAudit } from '../../kernel/audit.ts';
import type { Db, Operation } from '../../kernel/database.ts';
import { unfinishedOperations } from '../operations/store.ts';
import type { VpsWithAccount } from '../store.ts';
import { featuresAt } from '../../accounts/features.ts';
import { providerOf } from '../../accounts/accounts.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { sheetOf } from '../operations/sheets.ts';
import { endingOf } from '../../../providers/manners.ts';
import { capabilitiesOf, capabilityOf } from './capabilities.ts';
import type { Situation, Standing } from './standing.ts';

/** `unfinished`: the VPS's operations that have not ended. */
export function capabilitiesNow(
  services: Services,
  principal: Principal,
  vps: Standable,
  unfinished: readonly Pick<Operation, 'id' | 'kind'>[],
): VpsCapabilities {
  return capabilitiesOf(situationFrom(services, principal, vps, unfinished));
}

/** What of a VPS decides what may be done to it. */
export type Standable = Pick<
  VpsWithAccount,
  'status' | 'instanceId' | 'importing' | 'rescueSince' | 'suspendReason' | 'maintenanceReason' | 'deleteProtection' | 'subscriptionId'
> & { readonly account: Pick<VpsWithAccount['account'], 'provider'> };

/** What the provider can do beside the actions, whatever the status. */
export function featuresOf(services: Services, vps: Pick<Standable, 'account'>): VpsDetail['features'] {
  return featuresAt(providerOf(services, vps.account).descriptor);
}

/** @throws Refusal 409 (403 for what only a seller may do) with the capability's code and reason. */
export async function requireCapability(
  services: Services,
  tx: Db,
  principal: Principal,
  vps: VpsWithAccount,
  action: VpsActionName | OperationKind,
  overrideReason?: string,
): Promise<void> {
  const now = await situationOf(services, tx, principal, vps);
  const overridden = await overrides(services, tx, principal, vps, now, action, overrideReason);
  const { allowed, code = 'not_allowed', reason = '' } = capabilityOf(overridden ? { ...now, sold: null } : now, action);
  if (!allowed) throw new Refusal(code === 'forbidden' ? 403 : 409, code, `"${vps.label}" cannot ${action} now. ${reason}`);
}

/** The seller may do to a sold VPS what its subscription does not say, and says why; that is kept. */
async function overrides(
  services: Services,
  tx: Db,
  principal: Principal,
  vps: VpsWithAccount,
  { sold }: Situation,
  action: string,
  reason: string | undefined,
): Promise<boolean> {
  if (reason === undefined) return false;
  if (!onPlatform(principal)) throw refuseField('override_reason', 'is the seller’s to give', 'Leave it out.', 403, 'forbidden');
  if (sold === null) return false;
  const { organizationId, id: target } = vps;
  // Asked before the transaction it is only looked at.
  if ((tx as unknown) !== services.db)
    await appendAudit(tx, { actor: principal.actor, action: 'vps.sold-overridden', target, organizationId, data: { action, reason } });
  return true;
}

async function situationOf(services: Services, db: Db, principal: Principal, vps: VpsWithAccount): Promise<Situation> {
  return situationFrom(services, principal, vps, await unfinishedOperations(db, vps.id));
}

/** `unfinished`: the VPS's operations that have not ended. */
export function situationFrom(
  services: Services,
  principal: Principal,
  vps: Standable,
  unfinished: readonly Pick<Operation, 'id' | 'kind'>[],
): Situation {
  const { descriptor } = providerOf(services, vps.account);
  return { provider: descriptor.capabilities, endUndo: endingOf(descriptor).undo, ...standingOf(principal, vps, unfinished) };
}

/** The same without what its provider can do. */
export function standingOf(
  principal: Principal,
  vps: Omit<Standable, 'account'>,
  unfinished: readonly Pick<Operation, 'id' | 'kind'>[],
): Standing {
  const busy = unfinished.find(({ kind }) => !sheetOf(kind).traits.harmless);
  return {
    status: vps.status as VpsStatus,
    hasInstance: vps.instanceId !== null,
    importing: vps.importing !== null,
    inRescue: vps.rescueSince !== null,
    suspendReason: vps.suspendReason,
    maintenanceReason: vps.maintenanceReason,
    deleteProtection: vps.deleteProtection,
    busy: busy ? { kind: busy.kind, id: busy.id } : null,
    onPlatform: onPlatform(principal),
    sold: principal.actor.kind === 'system' ? null : vps.subscriptionId,
  };
}
