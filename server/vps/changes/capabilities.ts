/**
 * What may be done to a VPS now, and why not. Pure: provider, status and holds in, one answer per action out, by the sheets of
 * the kinds. The API shows it and the routes refuse by it, so the two cannot differ.
 */
import { type ActionCapability, VPS_ACTIONS, type VpsActionName, type VpsCapabilities } from '../../../contract/lifecycle.ts';
import type { OperationKind } from '../../../contract/operation.ts';
import { sheetOf } from '../operations/sheets.ts';
import type { Sheet } from '../operations/sheet.ts';
import {
  busyWith,
  ending,
  GONE,
  hold,
  IMPORTING,
  type Refused,
  type Situation,
  suspended,
  undoEndRefusal,
  undoRefusal,
} from './standing.ts';

export function capabilitiesOf(situation: Situation): VpsCapabilities {
  const each = VPS_ACTIONS.map((action) => [action, capabilityOf(situation, action)] as const);
  return Object.fromEntries(each) as VpsCapabilities;
}

export function capabilityOf(situation: Situation, action: VpsActionName | OperationKind): ActionCapability {
  const refused = refusal(situation, action);
  return refused === null ? { allowed: true } : { allowed: false, ...refused };
}

function refusal(now: Situation, action: VpsActionName | OperationKind): Refused | null {
  // Taking a termination back needs no operation.
  if (action === 'undo') return now.status === 'terminated' ? GONE : now.status === 'ending' ? undoEndRefusal(now) : undoRefusal(now);
  const { rules } = sheetOf(action);
  if (now.status === 'terminated' && !rules.afterEnd) return GONE;
  if (!now.onPlatform && rules.scope === 'platform')
    return { code: 'forbidden', reason: 'Only callers that may act for every organization can do this.' };
  if (rules.instead) return rules.instead(now);
  const held = hold(now);
  if (now.status === 'terminated') return held ?? byProvider(now, rules) ?? busyWith(now);
  const ends = ending(now);
  if (ends !== null && !(now.status === 'ending' && rules.whileEnding)) return ends;
  if (now.importing) return IMPORTING;
  return held ?? byStatus(now, rules) ?? byProvider(now, rules) ?? busyWith(now);
}

function byStatus(now: Situation, rules: Sheet['rules']): Refused | null {
  const own = rules.cannot?.(now) ?? null;
  if (now.status === 'suspended') return rules.ofSuspended ? own : suspended(now);
  if (rules.ofSuspended) return { code: 'not_suspended', reason: `It is ${now.status}, not suspended.` };
  if (now.status === 'provisioning') return { code: 'not_ready', reason: 'It is being set up. Wait until it is active.' };
  if (own !== null) return own;
  if (!now.hasInstance && !rules.withoutServer)
    return { code: 'no_instance', reason: 'The provider has no server of it yet. Retry its last operation.' };
  if (now.status === 'error' && !rules.inError) return { code: 'not_active', reason: 'Its last operation failed. Retry that first.' };
  return null;
}

function byProvider({ provider }: Situation, { provided }: Sheet['rules']): Refused | null {
  const capability = provided?.(provider);
  return !capability || capability.can ? null : { code: 'not_supported', reason: capability.reason };
}
