/**
 * How long this process waits for providers. The operator sets it once at start (`PLINTH_PROVIDER_TIMEOUT_SECONDS`,
 * `PLINTH_PROVIDER_WAIT_SECONDS`); until then the defaults hold, as for a plugin that runs by hand.
 */

/** Of an ordinary call; the vendors' own gateways give up after about a minute. */
export const DEFAULT_CALL_MS = 30_000;

let callMs = DEFAULT_CALL_MS;
let longestWaitMs = Number.POSITIVE_INFINITY;

export interface Patience {
  /** ms for the answer to an ordinary call. */
  readonly callMs: number;
  /** ms for an action or a state, at most; each wait has a limit of its own besides. */
  readonly longestWaitMs: number;
}

export function setPatience(patience: Patience): void {
  ({ callMs, longestWaitMs } = patience);
}

/** ms for one call that gets `defaultMs` by default: a purchase, which is given longer, stays so in proportion. */
export function callPatienceMs(defaultMs = DEFAULT_CALL_MS): number {
  return (defaultMs * callMs) / DEFAULT_CALL_MS;
}

/** ms for a wait whose own limit is `deadlineMs`. */
export function waitPatienceMs(deadlineMs: number): number {
  return Math.min(deadlineMs, longestWaitMs);
}
