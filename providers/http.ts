/**
 * The HTTP floor of every provider client: one rate budget per account, deadlines by the kind of call, retries that can
 * never repeat a purchase, and typed errors. Who waits is told when an answer is late; see call-watch.ts. A client adds paths, shapes and its error translation.
 *
 * Rules: reads (GET) are repeated on 429, 5xx, cut connections and malformed bodies. Calls that change
 * something are repeated only after a 429 (the provider did not run them); anything else unclear about
 * them becomes `unknown_outcome`, and the caller looks before it repeats. Redirects are never followed.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ProviderError, type ProviderErrorDetail } from './errors.ts';
import { callWatch } from './call-watch.ts';
import { callPatienceMs, CHANGE_CALL_MS, SLOW_CALL_MS, pauseAfterMs } from './patience.ts';
import type { Endpoint } from './provider.ts';
import type { RateBudget } from './rate-budget.ts';

const MAX_ATTEMPTS = 5;
const MAX_RATE_LIMIT_WAIT_MS = 120_000;
/** A difference of clocks that none of our waits is troubled by. */
const CLOCKS_AGREE_MS = 3_000;
const MAX_BODY_BYTES = 32 * 1024 * 1024;

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the endpoint's base URL, beginning with `/`. Path parts from outside must be encoded by the caller. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /**
   * Per attempt, while the operator leaves the patience as it is; in proportion to theirs otherwise. By default that of a look,
   * or of a change; a purchase says PURCHASE_CALL_MS.
   */
  readonly timeoutMs?: number;
  /** Changing calls that may be repeated freely because repeating has no further effect (DELETE by id, PUT of a whole object). */
  readonly repeatable?: boolean;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or undefined for an empty body. */
  readonly body: unknown;
}

/** How a provider writes that does not write JSON. */
export interface Speech {
  readonly accept: string;
  readonly contentType: string;
  readonly write: (body: unknown) => string;
  /** Answers of every status. Throws for what is not of this provider. */
  readonly read: (text: string) => unknown;
}

/** A call as it goes out. */
export interface Outgoing {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** Who signs what goes out. */
export interface Signer {
  /** Further headers of what is sent, made for it: a signature, or a token that was asked for just now. A ProviderError stops the call. */
  sign(sent: Outgoing, signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /** True where a call was refused because our clock is not the provider's, which is known now: it is signed and sent once more. */
  outOfTime?(status: number, body: unknown, headers: Headers): boolean;
}

/** Who carries calls that do not go by HTTP, and tells the answers in its words. Rejects as `fetch` does. */
export type Carrier = (request: ApiRequest, signal: AbortSignal) => Promise<Response>;

export interface ApiClientOptions {
  readonly provider: string;
  readonly endpoint: Endpoint;
  readonly headers: Readonly<Record<string, string>>;
  readonly budget: RateBudget;
  /** Translates a non-2xx answer; kinds by the provider's own codes. `provider`, `httpStatus` are filled in. */
  readonly translate: (
    status: number,
    body: unknown,
    request: ApiRequest,
  ) => Omit<ProviderErrorDetail, 'provider' | 'httpStatus' | 'retryAfterMs'>;
  /**
   * True for a 5xx answer that is a considered refusal all the same: the provider says in its own words that it did
   * nothing. Such an answer is translated like any other; without this every 5xx means that nobody knows.
   */
  readonly refused?: (status: number, body: unknown) => boolean;
  /** How a good answer is read that is not plain JSON; throws for one that is not of this provider. Absent: JSON. */
  readonly read?: (text: string) => unknown;
  /** Absent: JSON in both directions. */
  readonly speech?: Speech;
  readonly signer?: Signer;
  /** Absent: HTTP. */
  readonly carrier?: Carrier;
  /** Numbers from the provider's rate headers, where it sends them. */
  readonly readRate?: (headers: Headers) => { remaining: number; resetAtMs: number } | undefined;
}

/** Refused for its time alone, so nothing was done. */
class OutOfTime extends Error {}

export class ApiClient {
  readonly #options: ApiClientOptions;
  #aheadMs = 0;
  constructor(options: ApiClientOptions) {
    this.#options = options;
  }

  /** The provider's clock, in ms since the epoch, by the `Date` of its last answer; ours before it. */
  now(): number {
    return Date.now() + this.#aheadMs;
  }

  /** Resolves on 2xx; rejects with ProviderError. */
  async request(request: ApiRequest): Promise<ApiResponse> {
    const repeatable = request.method === 'GET' || request.repeatable === true;
    let rateLimitedForMs = 0;
    let rightedClock = false;
    for (let attempt = 1; ; attempt++) {
      await this.#takeTurn(request);
      this.#mayChange(request);
      let failure: ProviderError;
      try {
        return await this.#once(request, repeatable, rightedClock);
      } catch (error) {
        if (error instanceof OutOfTime) {
          rightedClock = true;
          continue;
        }
        if (!(error instanceof ProviderError)) throw error;
        failure = error;
      }
      const wait = this.#patience(failure, attempt, repeatable, rateLimitedForMs);
      if (wait === null) throw failure;
      if (failure.kind === 'rate_limited') {
        rateLimitedForMs += wait;
        this.#options.budget.pause(wait);
      }
      await this.#sleep(wait, request.signal);
    }
  }

  #patience(failure: ProviderError, attempt: number, repeatable: boolean, rateLimitedForMs: number): number | null {
    const backoff = pauseAfterMs(attempt) * (0.75 + Math.random() / 2);
    if (failure.kind === 'rate_limited') {
      const wait = failure.detail.retryAfterMs ?? backoff;
      return rateLimitedForMs + wait > MAX_RATE_LIMIT_WAIT_MS ? null : wait;
    }
    const passing = failure.kind === 'provider_down' || failure.kind === 'malformed' || failure.kind === 'timeout';
    if (!repeatable || !passing || attempt >= MAX_ATTEMPTS) return null;
    return failure.detail.retryAfterMs ?? backoff;
  }

  async #takeTurn(request: ApiRequest): Promise<void> {
    try {
      await this.#options.budget.take(request.signal);
    } catch (error) {
      throw this.#cancelled(request, error);
    }
  }

  /** Nothing was sent, so the caller may try again later without a look. */
  #mayChange(request: ApiRequest): void {
    const refusal = request.method === 'GET' ? null : this.#options.budget.refusal();
    if (refusal !== null)
      throw this.#error({ kind: 'provider_down', message: `${request.method} ${request.path} was not sent: ${refusal}` });
  }

  async #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await delay(ms, undefined, { signal }).catch((error: unknown) => {
      throw this.#error({ kind: 'cancelled', message: 'The wait was cancelled.' }, undefined, error);
    });
  }

  async #once(request: ApiRequest, repeatable: boolean, rightedClock: boolean): Promise<ApiResponse> {
    const stretch = repeatable ? this.#options.budget.stretch : 1;
    const usualMs = callPatienceMs(request.timeoutMs ?? (request.method === 'GET' ? undefined : CHANGE_CALL_MS));
    const timeout = AbortSignal.timeout(usualMs * stretch);
    const slowness = this.#tellSlowness(request, usualMs * stretch);
    // A changing call that is under way is never cut short: the provider may be running it already, and
    // its answer, the id of what was bought above all, would be lost. A cancellation takes effect after it.
    const signal = request.signal && repeatable ? AbortSignal.any([request.signal, timeout]) : timeout;
    let response: Response;
    let text: string;
    try {
      response = await (this.#options.carrier?.(request, signal) ?? this.#fetch(request, signal));
      text = await this.#readBody(response);
      if (slowness.end() < usualMs) this.#options.budget.answered();
    } catch (error) {
      if (timeout.aborted && repeatable) this.#options.budget.unanswered(stretch);
      if (error instanceof ProviderError) throw error;
      throw this.#transportError(request, repeatable, timeout.aborted, error);
    } finally {
      slowness.end();
    }
    if (response.headers.has('date')) this.#aheadMs = aheadOf(response.headers);
    const rate = this.#options.readRate?.(response.headers);
    if (rate) this.#options.budget.observe(rate.remaining);
    if (!rightedClock && this.#isOutOfTime(response, text)) throw new OutOfTime();
    return this.#interpret(request, repeatable, response, text);
  }

  async #fetch(request: ApiRequest, signal: AbortSignal): Promise<Response> {
    const { url, ...sent } = this.#outgoing(request);
    const signed = (await this.#options.signer?.sign({ url, ...sent }, signal)) ?? {};
    return await fetch(url, { ...sent, headers: { ...sent.headers, ...signed }, redirect: 'manual', signal });
  }

  #isOutOfTime({ status, headers }: Response, text: string): boolean {
    // A refusal: whatever may have been done is never repeated.
    if (status < 400 || status >= 500 || status === 429) return false;
    let body: unknown;
    try {
      body = (this.#options.speech?.read ?? JSON.parse)(text);
    } catch {}
    return this.#options.signer?.outOfTime?.(status, body, headers) === true;
  }

  #outgoing(request: ApiRequest): Outgoing {
    const { accept = 'application/json', contentType = 'application/json', write = JSON.stringify } = this.#options.speech ?? {};
    return {
      method: request.method,
      url: this.#url(request),
      headers: {
        accept,
        'user-agent': 'plinth',
        ...(request.body === undefined ? {} : { 'content-type': contentType }),
        ...this.#options.headers,
        ...request.headers,
      },
      body: request.body === undefined ? null : write(request.body),
    };
  }

  /** Tells whoever waits for it that the answer is late, less and less often. `end` answers how long it took, in ms. */
  #tellSlowness({ method, path }: ApiRequest, limitMs: number): { end(): number } {
    const watch = callWatch();
    const started = performance.now();
    let isSlow = false;
    let timer: NodeJS.Timeout | undefined;
    const tell = (afterMs: number): void => {
      if (!isSlow) watch?.began();
      isSlow = true;
      const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;
      watch?.slow(
        `The provider is slow: ${this.#options.provider} has not answered ${method} ${path} for ${seconds(afterMs)}. ` +
          `It gets ${seconds(limitMs)}${method === 'GET' ? '' : '; nothing is asked for twice'}.`,
      );
      timer = setTimeout(() => tell(afterMs * 2), afterMs);
    };
    const slowMs = callPatienceMs(SLOW_CALL_MS);
    if (watch) timer = setTimeout(() => tell(slowMs), slowMs);
    return {
      end: () => {
        clearTimeout(timer);
        if (isSlow) watch?.ended();
        isSlow = false;
        return performance.now() - started;
      },
    };
  }

  async #readBody(response: Response): Promise<string> {
    const length = Number(response.headers.get('content-length') ?? 0);
    if (length > MAX_BODY_BYTES)
      throw this.#error({ kind: 'malformed', message: `The answer is too large (${length} bytes).` }, response.status);
    return response.text();
  }

  #interpret(request: ApiRequest, repeatable: boolean, response: Response, text: string): ApiResponse {
    const retryAfterMs = retryAfter(response.headers, this.now(), this.#options.readRate?.(response.headers));
    let body: unknown;
    let parsed = true;
    try {
      const { speech, read = speech?.read ?? JSON.parse } = this.#options;
      body = text === '' ? undefined : response.ok ? read(text) : (speech?.read ?? JSON.parse)(text);
    } catch {
      parsed = false;
    }
    const { status } = response;
    const where = `${request.method} ${request.path}`;
    if (status >= 200 && status < 300) {
      if (parsed) return { status, headers: response.headers, body };
      const kind = repeatable ? 'malformed' : 'unknown_outcome';
      throw this.#error({ kind, message: `${where}: the answer is not ${this.#options.speech ? 'what it should be' : 'JSON'}.` }, status);
    }
    if (status === 429) {
      const translated = this.#options.translate(status, parsed ? body : undefined, request);
      throw this.#error({ ...translated, kind: 'rate_limited', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }, status);
    }
    const unclear = status >= 500 ? !(parsed && this.#options.refused?.(status, body) === true) : status < 400;
    if (unclear) {
      const kind = repeatable ? 'provider_down' : 'unknown_outcome';
      throw this.#error(
        { kind, message: `${where}: the provider answered ${status}.`, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
        status,
      );
    }
    throw this.#error({ ...this.#options.translate(status, parsed ? body : undefined, request) }, status);
  }

  #transportError(request: ApiRequest, repeatable: boolean, timedOut: boolean, error: unknown): ProviderError {
    const where = `${request.method} ${request.path}`;
    if (request.signal?.aborted && repeatable) return this.#cancelled(request, error);
    if (!repeatable) return this.#error({ kind: 'unknown_outcome', message: `${where}: no answer (${reason(error)}).` }, undefined, error);
    if (timedOut) return this.#error({ kind: 'timeout', message: `${where}: no answer in time.` }, undefined, error);
    return this.#error({ kind: 'provider_down', message: `${where}: ${reason(error)}.` }, undefined, error);
  }

  #cancelled(request: ApiRequest, cause: unknown): ProviderError {
    // Whoever waits only so long is not somebody who cancels.
    if ((request.signal?.reason as { name?: string } | undefined)?.name === 'TimeoutError')
      return this.#error({ kind: 'timeout', message: `${request.method} ${request.path}: no answer in time.` }, undefined, cause);
    return this.#error({ kind: 'cancelled', message: `${request.method} ${request.path} was cancelled.` }, undefined, cause);
  }

  #url(request: ApiRequest): string {
    const url = new URL(this.#options.endpoint.baseUrl + request.path);
    for (const [key, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) url.searchParams.set(key, String(value));
    }
    return url.href;
  }

  #error(detail: Omit<ProviderErrorDetail, 'provider'>, httpStatus?: number, cause?: unknown): ProviderError {
    return new ProviderError(
      { provider: this.#options.provider, ...(httpStatus === undefined ? {} : { httpStatus }), ...detail },
      { cause },
    );
  }
}

/** `Retry-After` in seconds or as a date; else the reset of an exhausted rate window. */
function retryAfter(headers: Headers, now: number, rate?: { remaining: number; resetAtMs: number }): number | undefined {
  const value = headers.get('retry-after');
  if (value !== null) {
    const seconds = Number(value);
    if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
    const date = Date.parse(value);
    if (Number.isFinite(date)) return Math.max(0, date - now);
  }
  if (rate && rate.remaining <= 0) return Math.max(0, rate.resetAtMs - now);
  return undefined;
}

/** By how many ms the clock of whoever answered is ahead of ours. `Date` tells whole seconds and left a while ago: a little is nothing. */
function aheadOf(headers: Headers): number {
  const ms = Date.parse(headers.get('date') ?? '') - Date.now();
  return Number.isFinite(ms) && Math.abs(ms) > CLOCKS_AGREE_MS ? ms : 0;
}

function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = (cause as { code?: unknown } | null)?.code;
  if (typeof code === 'string') return code;
  return cause instanceof Error ? cause.message : String(cause);
}
