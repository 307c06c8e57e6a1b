/** The capabilities of a VPS as it stands in the database, and refusing by them. */
import type { ActionCapability, VpsActionName, VpsCapabilities } from '../../../contract/lifecycle.ts';
import type { VpsDetail, VpsStatus } from '../../../contract/vps.ts';
import type { Capability, Descriptor } from '../../../providers/provider.ts';
import { Refusal } from '../../problem.ts';
import type { Db, Operation } from '../../store/database.ts';
import { unfinishedOperations } from '../../store/operations.ts';
import type { VpsWithAccount } from '../../store/vpses.ts';
import { providerOf } from '../accounts.ts';
import type { Principal, Services } from '../services.ts';
import { capabilitiesOf, capabilityOf, type Situation } from './capabilities.ts';

/** They change neither the server nor its spec, so others need not wait for them to be ordered. */
const HARMLESS = new Set(['preview', 'refresh', 'drift-check']);

export async function capabilitiesNow(services: Services, principal: Principal, vps: VpsWithAccount): Promise<VpsCapabilities> {
  return capabilitiesOf(await situationOf(services, services.db, principal, vps));
}

/** What the provider can do beside the actions, whatever the status. */
export function featuresOf(services: Services, vps: VpsWithAccount): VpsDetail['features'] {
  return featuresAt(providerOf(services, vps.account).descriptor);
}

/** The same of a provider, before there is a VPS. */
export function featuresAt({ capabilities }: Pick<Descriptor, 'capabilities'>): VpsDetail['features'] {
  const { snapshots, backups, rescue, bandwidth, metrics, firewall, reverseDns } = capabilities;
  const told = (capability: Capability): ActionCapability =>
    capability.can ? { allowed: true } : { allowed: false, code: 'not_supported', reason: capability.reason };
  return {
    snapshots: told(snapshots),
    backups: told(backups),
    rescue: told(rescue),
    bandwidth: told(bandwidth),
    metrics: told(metrics),
    firewall: told(firewall),
    reverse_dns: told(reverseDns),
  };
}

/** @throws Refusal 409 (403 for what only a seller may do) with the capability's code and reason. */
export async function requireCapability(
  services: Services,
  tx: Db,
  principal: Principal,
  vps: VpsWithAccount,
  action: VpsActionName,
): Promise<void> {
  const { allowed, code = 'not_allowed', reason = '' } = capabilityOf(await situationOf(services, tx, principal, vps), action);
  if (!allowed) throw new Refusal(code === 'forbidden' ? 403 : 409, code, `"${vps.label}" cannot ${action} now. ${reason}`);
}

async function situationOf(services: Services, db: Db, principal: Principal, vps: VpsWithAccount): Promise<Situation> {
  return situationFrom(services, principal, vps, await unfinishedOperations(db, vps.id));
}

/** `unfinished`: the VPS's operations that have not ended. */
export function situationFrom(
  services: Services,
  principal: Principal,
  vps: VpsWithAccount,
  unfinished: readonly Pick<Operation, 'id' | 'kind'>[],
): Situation {
  const busy = unfinished.find(({ kind }) => !HARMLESS.has(kind));
  return {
    provider: providerOf(services, vps.account).descriptor.capabilities,
    status: vps.status as VpsStatus,
    hasInstance: vps.instanceId !== null,
    importing: vps.importing !== null,
    inRescue: vps.rescueSince !== null,
    suspendReason: vps.suspendReason,
    maintenanceReason: vps.maintenanceReason,
    deleteProtection: vps.deleteProtection,
    busy: busy ? { kind: busy.kind, id: busy.id } : null,
    seller: principal.organizationId === null,
  };
}
