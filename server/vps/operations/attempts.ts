/** Whether an attempt that failed is the last one. */
import type { EngineFault } from '../../../automation/types.ts';
import type { Operation } from '../../kernel/database.ts';

/** Cut off without anyone's wish: this worker stops. Another one goes on. */
export function isInterrupted(fault: EngineFault, cancelled: boolean): boolean {
  return fault.kind === 'cancelled' && !cancelled;
}

/** Whether a failure ends the operation. `cancelled`: somebody asked for its end. */
export function isLastAttempt(operation: Pick<Operation, 'attempt' | 'maxAttempts'>, fault: EngineFault, cancelled: boolean): boolean {
  return cancelled || !(fault.retryable || isInterrupted(fault, cancelled)) || operation.attempt >= operation.maxAttempts;
}
