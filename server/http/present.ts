/** Rows to wire shapes. Secret columns are never read here. */
import type { Account as AccountWire } from '../../contract/provider.ts';
import type { Operation as OperationWire, OperationEvent as EventWire } from '../../contract/operation.ts';
import type { Vps as VpsWire } from '../../contract/vps.ts';
import type { VpsSpec } from '../../stacks/spec.ts';
import { configurationOnWire } from '../services/account-options.ts';
import type { Account, ApiToken, Operation, OperationEvent } from '../store/database.ts';
import type { VpsWithAccount } from '../store/vpses.ts';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export function presentVps(vps: VpsWithAccount): VpsWire {
  const spec = vps.spec as unknown as VpsSpec;
  return {
    id: vps.id,
    organization_id: vps.organizationId,
    label: vps.label,
    hostname: vps.hostname,
    status: vps.status,
    provider: vps.provider,
    provider_id: vps.accountId,
    simulated: vps.account.endpointKind === 'simulator',
    region: vps.region,
    plan: vps.plan,
    image: vps.image,
    ipv4: vps.ipv4,
    ipv6: vps.ipv6,
    instance_id: vps.instanceId,
    dns_name: spec.dns?.name ?? null,
    reverse_dns: spec.dns?.reverse === true,
    backups: spec.compute.backups,
    firewall: spec.firewall,
    generation: vps.generation,
    tags: spec.tags,
    password_available: vps.rootPassword !== null,
    password_revealed: vps.revealCount > 0,
    external_reference: vps.externalReference,
    power_state: vps.powerState,
    notes: vps.notes,
    delete_protection: vps.deleteProtection,
    maintenance: vps.maintenanceReason,
    suspension: vps.suspendReason === null ? null : { reason: vps.suspendReason, since: iso(vps.suspendedAt) },
    terminate_due_at: iso(vps.terminateDueAt),
    final_snapshot: vps.finalSnapshot,
    rescue_since: iso(vps.rescueSince),
    created_at: vps.createdAt.toISOString(),
    updated_at: vps.updatedAt.toISOString(),
    deleted_at: iso(vps.deletedAt),
  } as VpsWire;
}

/** `vps`: the one it belongs to. */
export function presentOperation(operation: Operation, vps: { readonly label: string }): OperationWire {
  return {
    id: operation.id,
    kind: operation.kind,
    status: operation.status,
    vps_id: operation.vpsId,
    vps_label: vps.label,
    attempt: operation.attempt,
    max_attempts: operation.maxAttempts,
    cancel_requested: operation.cancelRequested,
    actor: operation.actor,
    fault: operation.fault,
    result: operation.result,
    next_attempt_at: iso(operation.notBefore),
    created_at: operation.createdAt.toISOString(),
    started_at: iso(operation.startedAt),
    finished_at: iso(operation.finishedAt),
  } as OperationWire;
}

export function presentEvent(event: OperationEvent): EventWire {
  return { operation_id: event.operationId, seq: event.seq, type: event.type, data: event.data, at: event.at.toISOString() } as EventWire;
}

export function presentAccount(account: Account): AccountWire {
  return {
    id: account.id,
    name: account.name,
    type: account.provider,
    endpoint: account.endpointKind,
    simulated: account.endpointKind === 'simulator',
    status: account.status,
    check_message: account.checkMessage,
    last_checked_at: iso(account.lastCheckedAt),
    key_fingerprint: account.fingerprint,
    key_last4: account.last4,
    key_version: account.secretVersion,
    configuration: configurationOnWire(account),
    created_at: account.createdAt.toISOString(),
    updated_at: account.updatedAt.toISOString(),
  } as AccountWire;
}

export function presentToken(token: ApiToken) {
  return {
    id: token.id,
    name: token.name,
    prefix: token.prefix,
    role: token.role,
    organization_id: token.organizationId,
    expires_at: iso(token.expiresAt),
    last_used_at: iso(token.lastUsedAt),
    revoked_at: iso(token.revokedAt),
    created_at: token.createdAt.toISOString(),
  };
}

/** Opaque position after a row. */
