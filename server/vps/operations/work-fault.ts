/** How work without the engine ends: well, or with a fault that a person can read. */
import { fault } from '../../../automation/faults.ts';
import type { EngineFault, EngineResult } from '../../../automation/types.ts';
import { isProviderError } from '../../../providers/errors.ts';
import type { Vps } from '../../kernel/database.ts';
import { LeaseLost } from '../../kernel/lease.ts';
import type { Work } from './sheet.ts';

/** Ends work at a provider with a fault of its own words. */
export class WorkFailed extends Error {
  readonly fault: EngineFault;
  constructor(fault: EngineFault) {
    super(fault.message);
    this.name = 'WorkFailed';
    this.fault = fault;
  }
}

/** Its remedy comes with the operation's end. */
export function serverGone({ provider }: Pick<Vps, 'provider'>, id: string): WorkFailed {
  return new WorkFailed(fault('not_found', `The provider has no server ${id} any more.`, { provider }));
}

/** The fault that the work ended with, or null. @throws LeaseLost */
export async function faultOf(work: Work, run: () => Promise<void>): Promise<EngineFault | null> {
  try {
    await run();
    return null;
  } catch (error) {
    return faultFrom(work, error);
  }
}

/** What was thrown, as the operation's fault. Anything unforeseen goes to the log, not to the customer. @throws LeaseLost */
export function faultFrom({ services, operation, signal }: Work, error: unknown): EngineFault {
  if (error instanceof LeaseLost) throw error;
  if (error instanceof WorkFailed) return error.fault;
  if (isProviderError(error)) {
    const { kind, message, provider, retryAfterMs } = error.detail;
    const cut = signal.aborted ? ('cancelled' as const) : kind;
    return fault(cut, message, { provider, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  }
  if (signal.aborted) return fault('cancelled', 'The operation was cancelled.');
  services.log.error({ err: error, operation: operation.id }, 'an operation failed unforeseen beside the engine');
  return fault('unexpected', 'The operation could not be done; the worker’s log has the reason under its id.', { retryable: true });
}

/** Why the engine failed. */
export function reasonOf({ fault: found }: EngineResult): EngineFault {
  return found ?? fault('unexpected', 'The engine failed without a reason.');
}

/** The result of work that took no step of the engine. `started`: performance.now() at its begin. */
export function withoutSteps(started: number, found: EngineFault | null): EngineResult {
  const end = found === null ? { ok: true } : { ok: false, fault: found };
  return { ...end, changes: {}, steps: [], durationMs: performance.now() - started };
}
