/**
 * The calls a host is serving, and how they end early.
 *
 * Several engines use one host at once, each over its own connection. A cancellation therefore belongs
 * to a connection: the engine's Cancel (it also sends one when it closes) and the loss of the connection
 * abort `ctx.signal` of that connection's calls and of no other. Aborting is a request: a create that has
 * already bought something still returns its id, and the host waits for it. Whatever goes on after its
 * engine has gone stays in the list until it ends, so a drain waits for it, and a later call that changes
 * the same resource waits its turn; otherwise its look-up could miss a create in flight and buy a second one.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type CallWatch, watched } from '../../providers/call-watch.ts';
import { ProviderError } from '../../providers/errors.ts';

/** How long a call that was told to stop may take to do so before its caller gets an answer without it. */
const STOP_GRACE_MS = 60_000;
const LOOK_MS = 250;

export interface CallRequest {
  readonly provider: string;
  /** The connection, as `call.getPeer()` names it. */
  readonly peer: string;
  /** For messages: `create of "web"`. */
  readonly what: string;
  readonly timeoutMs: number;
  /** Calls with one key run one after another. */
  readonly exclusiveKey?: string;
  /** Hears that a call to the provider is late. */
  readonly onSlow?: (message: string) => void;
  /** Registers the end of the connection or the caller's own deadline. */
  readonly onGone: (listener: () => void) => void;
}

interface ActiveCall {
  readonly peer: string;
  readonly cancel: () => void;
  readonly done: Promise<unknown>;
}

// Hosts of one account follow each other (a rotated credential), so turns are kept for the whole process.
const turns = new Map<string, Promise<unknown>>();

export class ActiveCalls {
  readonly #calls = new Set<ActiveCall>();

  get size(): number {
    return this.#calls.size;
  }

  /** Runs `work` with a signal. Rejects with what it throws, or ProviderError `timeout` / `cancelled` when that is why it stopped. */
  async run<T>(request: CallRequest, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    const { signal } = abort;
    const deadline = new Deadline(request.timeoutMs, () => abort.abort(this.#timeout(request)));
    const watch: CallWatch = { slow: request.onSlow ?? (() => undefined), began: () => deadline.hold(), ended: () => deadline.goOn() };
    const cancel = (): void => abort.abort(cancelled(request));
    let started = false;
    const running = inTurn(request.exclusiveKey, () => {
      signal.throwIfAborted();
      started = true;
      return watched(watch, () => work(signal));
    });
    const call: ActiveCall = { peer: request.peer, cancel, done: running.catch(() => undefined) };
    this.#calls.add(call);
    request.onGone(cancel);
    void call.done.then(() => {
      deadline.end();
      this.#calls.delete(call);
    });
    try {
      return await Promise.race([
        running,
        stopped(
          signal,
          () => (started ? STOP_GRACE_MS : 0),
          () => deadline.isHeld,
        ),
      ]);
    } catch (error) {
      throw reasonOf(error, signal);
    }
  }

  /** Aborts the calls of one connection. */
  cancelPeer(peer: string): void {
    for (const call of this.#calls) {
      if (call.peer === peer) call.cancel();
    }
  }

  /** Resolves when no call is left; after `graceMs` the remaining ones are aborted and given a little longer. */
  async drain(graceMs: number, stopMs = 5_000): Promise<void> {
    const idle = async (): Promise<void> => {
      while (this.#calls.size > 0) await Promise.all([...this.#calls].map((call) => call.done));
    };
    await within(idle(), graceMs);
    for (const call of this.#calls) call.cancel();
    await within(idle(), stopMs);
  }

  #timeout(request: CallRequest): ProviderError {
    const seconds = Math.round(request.timeoutMs / 100) / 10;
    const message = `The ${request.what} did not finish within ${seconds} s.`;
    return new ProviderError({ provider: request.provider, kind: 'timeout', message });
  }
}

/** Time runs while nothing holds it: what a slow provider takes is not the work's own. */
class Deadline {
  readonly #over: () => void;
  #leftMs: number;
  #since = performance.now();
  #holds = 0;
  #timer: NodeJS.Timeout;

  constructor(ms: number, over: () => void) {
    this.#leftMs = ms;
    this.#over = over;
    this.#timer = setTimeout(over, ms);
  }
  get isHeld(): boolean {
    return this.#holds > 0;
  }
  hold(): void {
    if (this.#holds++ > 0) return;
    clearTimeout(this.#timer);
    this.#leftMs -= performance.now() - this.#since;
  }
  goOn(): void {
    if (--this.#holds > 0) return;
    this.#since = performance.now();
    this.#timer = setTimeout(this.#over, Math.max(0, this.#leftMs));
  }
  end(): void {
    this.#holds = Number.POSITIVE_INFINITY;
    clearTimeout(this.#timer);
  }
}

function cancelled(request: CallRequest): ProviderError {
  return new ProviderError({ provider: request.provider, kind: 'cancelled', message: `The ${request.what} was cancelled.` });
}

async function inTurn<T>(key: string | undefined, work: () => Promise<T>): Promise<T> {
  if (key === undefined) return work();
  const turn = (turns.get(key) ?? Promise.resolve()).then(work);
  const settled = turn.catch(() => undefined);
  turns.set(key, settled);
  try {
    return await turn;
  } finally {
    if (turns.get(key) === settled) turns.delete(key);
  }
}

/**
 * Never resolves; rejects when the signal has been aborted for longer than the grace, and no call that the provider may be
 * running is unanswered: its answer is the id of what was bought. Such a call has a deadline of its own.
 */
function stopped(signal: AbortSignal, graceMs: () => number, isWaiting: () => boolean): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => void (isWaiting() ? setTimeout(end, LOOK_MS).unref() : reject(signal.reason));
    signal.addEventListener('abort', () => setTimeout(end, graceMs()).unref(), { once: true });
  });
}

/** A wait that only says it was aborted is told by why it was. */
function reasonOf(error: unknown, signal: AbortSignal): unknown {
  if (!signal.aborted) return error;
  const merelyAborted =
    error === signal.reason ||
    (error instanceof ProviderError && error.kind === 'cancelled') ||
    (error instanceof Error && error.name === 'AbortError');
  return merelyAborted ? signal.reason : error;
}

async function within(work: Promise<void>, ms: number): Promise<void> {
  const timer = new AbortController();
  await Promise.race([work, delay(ms, undefined, { signal: timer.signal }).catch(() => undefined)]);
  timer.abort();
}
