/**
 * How a VPS stands, and what that alone refuses. Pure. What each kind of operation refuses besides stands in its own file in
 * operations/.
 */
import type { VpsStatus } from '../../../contract/vps.ts';
import { USUAL_ENDING } from '../../../providers/manners.ts';
import type { Capabilities, Capability } from '../../../providers/provider.ts';

export interface Situation {
  readonly provider: Pick<Capabilities, 'resizeUp' | 'resizeDown' | 'rename' | 'resetPassword' | 'snapshots' | 'rescue'>;
  /** Whether an end that is ordered at the provider can be taken back; absent = there is none. */
  readonly endUndo?: Capability;
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
  readonly onPlatform: boolean;
  /** The subscription by which it was sold, where that binds who asks. */
  readonly sold: string | null;
}

/** What can be said without the provider. */
export type Standing = Omit<Situation, 'provider' | 'endUndo'>;

export interface Refused {
  readonly code: string;
  readonly reason: string;
}

const ENDING: Readonly<Partial<Record<VpsStatus, string>>> = {
  terminating: 'It will be terminated when its grace ends. Take that back first (undo).',
  destroying: 'It is being destroyed.',
  ending:
    'Its end is ordered, and comes with the end of the period that is paid at its provider. Until then only its power can be changed.',
  leaked: 'It was destroyed, but the provider still has something of it. Remove that, or destroy it again.',
};

export const IMPORTING: Refused = {
  code: 'import_unfinished',
  reason: 'Its import has not succeeded. Wait for it or retry it; terminating the VPS gives it up and leaves the server alone.',
};

export const GONE: Refused = { code: 'vps_gone', reason: 'It is terminated; nothing more can be done with it.' };

/** Plan, options and end of what is sold are its subscription's. */
export function soldRefusal({ sold }: Pick<Standing, 'sold'>): Refused | null {
  if (sold === null) return null;
  return {
    code: 'use_subscription',
    reason: `It is sold: its plan, options and end change by its subscription, /api/subscriptions/${sold}`,
  };
}

/** What a person does to the stack itself: updates of the command line, and states put in its place. */
export type HandKind = 'update' | 'refresh' | 'destroy' | 'import';

/**
 * Why not by hand, by the same rules; null = the lifecycle lets it. What an update changes of the spec needs the actions'
 * permission besides. Unlike those it may mend a server whose last operation failed.
 */
export function byHand(now: Standing, kind: HandKind): Refused | null {
  if (now.status === 'terminated') return GONE;
  if (now.importing) return IMPORTING;
  if (kind === 'destroy') return destroyRefusal(now);
  const reason = ending(now);
  // During a grace only what would change the server waits for its end.
  if (reason !== null && (kind === 'update' || now.status !== 'terminating')) return reason;
  if (kind === 'refresh') return null;
  return hold(now) ?? (kind === 'update' && now.status === 'suspended' ? suspended(now) : null);
}

/** Its end has begun. */
export function ending({ status }: Standing): Refused | null {
  const reason = ENDING[status];
  return reason === undefined ? null : { code: `vps_${status}`, reason };
}

/** An end stops whatever else is under way, and asks for little. */
export function destroyRefusal(now: Standing): Refused | null {
  const sold = soldRefusal(now);
  if (sold) return sold;
  if (now.deleteProtection) return { code: 'delete_protected', reason: 'Delete protection is on. Switch it off first.' };
  return hold(now) ?? suspension(now);
}

/** Taking an ordered termination back. */
export function undoRefusal(now: Standing): Refused | null {
  return now.status === 'terminating'
    ? (soldRefusal(now) ?? hold(now))
    : { code: 'not_terminating', reason: `It is ${now.status}; there is nothing to take back.` };
}

/** Taking an end back that is ordered at the provider and has not come. */
export function undoEndRefusal(now: Situation): Refused | null {
  if (now.status !== 'ending') return { code: 'not_terminating', reason: `It is ${now.status}; there is nothing to take back.` };
  const { endUndo = USUAL_ENDING.undo } = now;
  return soldRefusal(now) ?? hold(now) ?? (endUndo.can ? null : { code: 'not_supported', reason: endUndo.reason }) ?? busyWith(now);
}

/** Looking at its screen and typing there, which changes nothing by itself and yet lets its user do everything. */
export function consoleRefusal(now: Standing): Refused | null {
  if (now.status === 'terminated') return GONE;
  if (now.importing) return IMPORTING;
  return (now.status === 'ending' ? null : ending(now)) ?? hold(now) ?? suspension(now);
}

export function hold(now: Standing): Refused | null {
  if (now.maintenanceReason === null || now.onPlatform) return null;
  return { code: 'maintenance', reason: `It is in maintenance: ${now.maintenanceReason}` };
}

/** A suspended server waits for its seller. */
function suspension(now: Standing): Refused | null {
  return now.status !== 'suspended' || now.onPlatform ? null : suspended(now);
}

export function suspended(now: Standing): Refused {
  return { code: 'suspended', reason: `It is suspended: ${now.suspendReason ?? 'no reason was given'}` };
}

export function busyWith({ busy }: Standing): Refused | null {
  if (busy === null) return null;
  return { code: 'operation_in_progress', reason: `A ${busy.kind} is under way. Wait for operation ${busy.id}, or cancel it.` };
}
