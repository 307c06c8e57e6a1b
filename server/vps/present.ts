/** Rows to wire shapes. Secret columns are never read here. */
import { UNFINISHED } from '../../contract/words.ts';
import { findProvider } from '../../providers/list.ts';
import type { Operation as OperationWire, OperationEvent as EventWire } from '../../contract/operation.ts';
import type { Vps as VpsWire } from '../../contract/vps.ts';
import type { VpsSpec } from '../../stacks/spec.ts';
import type { Operation, OperationEvent } from '../kernel/database.ts';
import type { Difference } from './difference.ts';
import type { VpsView } from './reading-store.ts';
import type { VpsWithAccount } from './store.ts';

/** Whole rows are shown as well, and have the password itself. */
export type Shown = Omit<VpsView, 'hasPassword'> & ({ readonly hasPassword: boolean } | { readonly rootPassword: string | null });

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** `DigitalOcean`; the id itself of one that this version does not know. */
export const providerName = (id: string): string => findProvider(id)?.descriptor.name ?? id;

export function presentVps(vps: Shown): VpsWire {
  const spec = vps.spec as unknown as VpsSpec;
  return {
    id: vps.id,
    organization_id: vps.organizationId,
    label: vps.label,
    hostname: vps.hostname,
    status: vps.status,
    provider: vps.provider,
    provider_name: providerName(vps.provider),
    provider_id: vps.accountId,
    simulated: vps.account.endpointKind === 'simulator',
    region: vps.region,
    plan: vps.plan,
    image: vps.image,
    ipv4: vps.ipv4,
    ipv6: vps.ipv6,
    instance_id: vps.instanceId,
    provider_instance_id: vps.instanceId,
    ip_address: vps.ipv4,
    user_id: null,
    plan_id: null,
    configuration: {
      plan: vps.plan,
      image: vps.image,
      hostname: vps.hostname,
      backups: spec.compute.backups,
      ipv6: spec.compute.ipv6,
      tags: [...spec.tags],
    },
    has_server: vps.instanceId !== null,
    dns_name: spec.dns?.name ?? null,
    reverse_dns: spec.dns?.reverse === true,
    backups: spec.compute.backups,
    firewall: spec.firewall,
    generation: vps.generation,
    tags: spec.tags,
    password_available: 'hasPassword' in vps ? vps.hasPassword : vps.rootPassword !== null,
    password_revealed: vps.revealCount > 0,
    external_reference: vps.externalReference,
    ...powerOf(vps),
    under_way: underWay(vps.unfinished),
    notes: vps.notes,
    delete_protection: vps.deleteProtection,
    maintenance: vps.maintenanceReason,
    suspension: vps.suspendReason === null ? null : { reason: vps.suspendReason, since: iso(vps.suspendedAt) },
    terminate_due_at: iso(vps.terminateDueAt),
    ends_at: vps.status === 'ending' ? iso(vps.endsAt) : null,
    final_snapshot: vps.finalSnapshot,
    rescue_since: iso(vps.rescueSince),
    created_at: vps.createdAt.toISOString(),
    updated_at: vps.updatedAt.toISOString(),
    deleted_at: iso(vps.deletedAt),
  } as VpsWire;
}

/**
 * How the server was last seen. What is recorded is what the stack wants it to be; where the provider was seen to have it
 * otherwise, the open drift tells, and of a lost server nothing can be said.
 */
function powerOf({ powerState, powerSeenAt, drifts, account, status }: Shown) {
  for (const { kind, differences, lastSeenAt } of drifts) {
    // A server that was made since was seen after the loss of the other, whose drift the next sweep settles.
    if (kind === 'vanished' && powerSeenAt !== null && powerSeenAt > lastSeenAt) continue;
    if (kind === 'vanished') return { power_state: null, power_seen_at: iso(lastSeenAt) };
    const power = (differences as unknown as Difference[]).find(({ object, field }) => object === 'instance' && field === 'power');
    if (power && POWERS.has(power.actual)) return { power_state: power.actual, power_seen_at: iso(lastSeenAt) };
  }
  // A whole reading after that which found nothing has seen it too.
  const again = SWEPT.has(status) && powerSeenAt !== null && account.serversSeenAt !== null && account.serversSeenAt > powerSeenAt;
  return { power_state: powerState, power_seen_at: iso(again ? account.serversSeenAt : powerSeenAt) };
}
const POWERS: ReadonlySet<unknown> = new Set(['running', 'stopped']);
/** Whose power the drift sweep compares. */
const SWEPT: ReadonlySet<string> = new Set(['active', 'suspended']);

function underWay(operation: Pick<Operation, 'id' | 'kind' | 'status'> | null) {
  return operation ? { operation_id: operation.id, kind: operation.kind, status: operation.status } : null;
}

/** The VPS as the operation that was just asked for leaves it. */
export function presentAccepted({ vps, operation }: { vps: VpsWithAccount; operation: Operation | null }) {
  const first = vps.unfinished ?? (operation && UNFINISHED.some((each) => each === operation.status) ? operation : null);
  return { ...presentVps(vps), under_way: underWay(first) } as VpsWire;
}

/** What was asked for, and the VPS with it. */
export const presentRequested = ({ vps, operation }: { vps: VpsWithAccount; operation: Operation }) => ({
  instance: presentAccepted({ vps, operation }),
  operation: presentOperation(operation, vps),
});

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
