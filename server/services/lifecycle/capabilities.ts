/**
 * What may be done to a VPS now, and why not. Pure: provider, status and holds in, one answer per action out. The API
 * shows it and the routes refuse by it, so the two cannot differ.
 */
import { type ActionCapability, VPS_ACTIONS, type VpsActionName, type VpsCapabilities } from '../../../contract/lifecycle.ts';
import type { VpsStatus } from '../../../contract/vps.ts';
import type { Capabilities } from '../../../providers/provider.ts';

export interface Situation {
  readonly provider: Pick<Capabilities, 'resizeUp' | 'resizeDown' | 'rename' | 'resetPassword' | 'snapshots' | 'rescue'>;
  readonly status: VpsStatus;
  /** False before the provider has told of a server. */
  readonly hasInstance: boolean;
  /** The server is being taken over, or could not be. */
  readonly importing?: boolean;
  /** Runs the provider's rescue system. */
  readonly inRescue: boolean;
  readonly suspendReason: string | null;
  readonly maintenanceReason: string | null;
  readonly deleteProtection: boolean;
  /** An unfinished operation that changes the VPS. */
  readonly busy: { readonly kind: string; readonly id: string } | null;
  /** Who asks may act for every organization. */
  readonly seller: boolean;
}

export interface Refused {
  readonly code: string;
  readonly reason: string;
}
const SELLER_ONLY: ReadonlySet<VpsActionName> = new Set(['suspend', 'unsuspend']);
/** Also of use on a server whose last operation failed. */
const WITH_ERROR: ReadonlySet<VpsActionName> = new Set([
  'start',
  'stop',
  'reboot',
  'power-cycle',
  'reinstall',
  'suspend',
  'snapshot',
  'restore-snapshot',
  'delete-snapshot',
  'rescue',
  'unrescue',
]);
const ENDING: Readonly<Partial<Record<VpsStatus, string>>> = {
  terminating: 'It will be terminated when its grace ends. Restore it first.',
  destroying: 'It is being destroyed.',
  leaked: 'It was destroyed, but the provider still has something of it. Remove that, or destroy it again.',
};

export const IMPORTING: Refused = {
  code: 'import_unfinished',
  reason: 'Its import has not succeeded. Wait for it or retry it; terminating the VPS gives it up and leaves the server alone.',
};

export function capabilitiesOf(situation: Situation): VpsCapabilities {
  const each = VPS_ACTIONS.map((action) => [action, capabilityOf(situation, action)] as const);
  return Object.fromEntries(each) as VpsCapabilities;
}

export function capabilityOf(situation: Situation, action: VpsActionName): ActionCapability {
  const refused = refusal(situation, action);
  return refused === null ? { allowed: true } : { allowed: false, ...refused };
}

function refusal(now: Situation, action: VpsActionName): Refused | null {
  // What a termination kept costs money, so that can still be deleted.
  if (now.status === 'terminated' && action === 'delete-snapshot') return hold(now) ?? byProvider(now, action) ?? busyWith(now);
  if (now.status === 'terminated') return { code: 'vps_gone', reason: 'It is terminated; nothing more can be done with it.' };
  if (!now.seller && SELLER_ONLY.has(action))
    return { code: 'forbidden', reason: 'Only callers that may act for every organization can do this.' };
  const held = hold(now);
  if (action === 'restore')
    return now.status === 'terminating' ? held : { code: 'not_terminating', reason: `It is ${now.status}; there is nothing to restore.` };
  if (action === 'destroy')
    return now.deleteProtection
      ? { code: 'delete_protected', reason: 'Delete protection is on. Switch it off first.' }
      : (held ?? suspension(now));
  const ending = ENDING[now.status];
  if (ending !== undefined) return { code: `vps_${now.status}`, reason: ending };
  if (now.importing) return IMPORTING;
  return held ?? byStatus(now, action) ?? byProvider(now, action) ?? busyWith(now);
}

function hold(now: Situation): Refused | null {
  if (now.maintenanceReason === null || now.seller) return null;
  return { code: 'maintenance', reason: `It is in maintenance: ${now.maintenanceReason}` };
}

/** A suspended server waits for its seller. */
function suspension(now: Situation): Refused | null {
  if (now.status !== 'suspended' || now.seller) return null;
  return { code: 'suspended', reason: `It is suspended: ${now.suspendReason ?? 'no reason was given'}` };
}

function byStatus(now: Situation, action: VpsActionName): Refused | null {
  if (action === 'unsuspend')
    return now.status === 'suspended' ? null : { code: 'not_suspended', reason: `It is ${now.status}, not suspended.` };
  if (now.status === 'suspended') return { code: 'suspended', reason: `It is suspended: ${now.suspendReason ?? 'no reason was given'}` };
  if (now.status === 'provisioning') return { code: 'not_ready', reason: 'It is being set up. Wait until it is active.' };
  if (action === 'unrescue' && !now.inRescue) return { code: 'not_in_rescue', reason: 'It does not run the rescue system.' };
  if (!now.hasInstance && action !== 'delete-snapshot')
    return { code: 'no_instance', reason: 'The provider has no server of it yet. Retry its last operation.' };
  if (now.status === 'error' && !WITH_ERROR.has(action))
    return { code: 'not_active', reason: 'Its last operation failed. Retry that first.' };
  return null;
}

function byProvider({ provider }: Situation, action: VpsActionName): Refused | null {
  const cannot = (capability: Capabilities['rename']): Refused | null =>
    capability.can ? null : { code: 'not_supported', reason: capability.reason };
  if (action === 'rename') return cannot(provider.rename);
  if (action === 'reset-password') return cannot(provider.resetPassword);
  if (action === 'snapshot' || action === 'restore-snapshot' || action === 'delete-snapshot') return cannot(provider.snapshots);
  if (action === 'rescue' || action === 'unrescue') return cannot(provider.rescue);
  if (action === 'resize') return provider.resizeDown.can ? null : cannot(provider.resizeUp);
  return null;
}

function busyWith({ busy }: Situation): Refused | null {
  if (busy === null) return null;
  return { code: 'operation_in_progress', reason: `A ${busy.kind} is under way. Wait for operation ${busy.id}, or cancel it.` };
}
