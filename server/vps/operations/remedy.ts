/** What a person can do about an operation that ended for a reason at the provider, in one sentence. */
import { sheetOf } from './sheets.ts';
import type { EngineFault, FaultKind } from '../../../automation/types.ts';

/** Kinds whose sentences the providers' clients end with a remedy of their own are not here. */
const REMEDIES: Partial<Record<FaultKind, string>> = {
  rate_limited: 'Wait until the provider takes calls again, then retry the operation.',
  provider_down: 'Look at the provider’s status page, then retry the operation.',
  unknown_outcome: 'Retry the operation: it looks for what was made before it asks for anything again.',
  malformed: 'Retry the operation; if it stays so, look at the provider’s status page.',
  timeout: 'Look at it in the provider’s console, then retry the operation: it goes on from what is there.',
  not_found: 'Run the drift sweep to see what is gone, then repair it there, or terminate the VPS.',
  invalid: 'Correct what it names and retry; if that was deleted at the provider, run the drift sweep and repair it, or terminate the VPS.',
  needs_person: 'Look at it in the provider’s console, settle it there, then retry the operation.',
  conflict: 'Wait until the provider is done with it, then retry the operation.',
};

/** Nobody has the server yet, so a repetition makes anew what is gone. */
const SET_UP: Partial<Record<FaultKind, string>> = {
  not_found: 'Retry the operation: what was deleted meanwhile is made anew.',
  invalid: 'If something it names was deleted meanwhile, retry; else terminate the VPS and order it with another value.',
};

/** Faults that are not a provider's have their remedy already. */
export function withRemedy(operationKind: string, fault: EngineFault): EngineFault {
  const { setsUp, makesServer } = sheetOf(operationKind).traits;
  const remedies = setsUp && makesServer ? { ...REMEDIES, ...SET_UP } : REMEDIES;
  const remedy = fault.provider === undefined ? undefined : remedies[fault.kind];
  return remedy === undefined ? fault : { ...fault, message: `${fault.message.trimEnd()} ${remedy}` };
}
