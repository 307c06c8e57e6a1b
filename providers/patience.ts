/**
 * How long this process waits for providers. The operator sets it once at start (`PLINTH_PROVIDER_TIMEOUT_SECONDS`,
 * `PLINTH_PROVIDER_PAUSE_SECONDS`, `PLINTH_PROVIDER_WAIT_SECONDS`); until then the defaults hold, as for a plugin that runs by hand.
 */

/** Of an ordinary call; the vendors' own gateways give up after about a minute. */
export const DEFAULT_CALL_MS = 30_000;
/** Of a call that changes something: its answer is worth more waiting than a look that can be repeated. */
export const CHANGE_CALL_MS = 120_000;
/** Of one that buys. It is never repeated, and an answer that is not waited for leaves a server to be looked for. */
export const PURCHASE_CALL_MS = 300_000;
/** Before a failed call is tried again; twice as long each time. */
export const DEFAULT_PAUSE_MS = 200;
/** After this a call is called slow. */
export const SLOW_CALL_MS = 10_000;

let callMs = DEFAULT_CALL_MS;
let longestWaitMs = Number.POSITIVE_INFINITY;
let pauseMs = DEFAULT_PAUSE_MS;

export interface Patience {
  /** ms for the answer to an ordinary call. */
  readonly callMs: number;
  /** ms for an action or a state, at most; each wait has a limit of its own besides. */
  readonly longestWaitMs: number;
  /** ms before a failed call is tried again for the first time. */
  readonly pauseMs?: number;
}

export function setPatience(patience: Patience): void {
  ({ callMs, longestWaitMs, pauseMs = DEFAULT_PAUSE_MS } = patience);
}

/** ms for one call that gets `defaultMs` by default: a purchase, which is given longer, stays so in proportion. */
export function callPatienceMs(defaultMs = DEFAULT_CALL_MS): number {
  return (defaultMs * callMs) / DEFAULT_CALL_MS;
}

/** ms before the try after number `attempt`, which counts from 1; at most 10 s. */
export function pauseAfterMs(attempt: number): number {
  return Math.min(10_000, pauseMs * 2 ** (attempt - 1));
}

/** ms for a wait whose own limit is `deadlineMs`. */
export function waitPatienceMs(deadlineMs: number): number {
  return Math.min(deadlineMs, longestWaitMs);
}
