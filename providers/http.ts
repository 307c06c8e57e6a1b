/**
 * The HTTP floor of every provider client: one rate budget per account, deadlines, retries that can
 * never repeat a purchase, and typed errors. A client adds paths, shapes and its error translation.
 *
 * Rules: reads (GET) are repeated on 429, 5xx, cut connections and malformed bodies. Calls that change
 * something are repeated only after a 429 (the provider did not run them); anything else unclear about
 * them becomes `unknown_outcome`, and the caller looks before it repeats. Redirects are never followed.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ProviderError, type ProviderErrorDetail } from './errors.ts';
import { callPatienceMs } from './patience.ts';
import type { Endpoint } from './provider.ts';
import type { RateBudget } from './rate-budget.ts';

const MAX_ATTEMPTS = 5;
const MAX_RATE_LIMIT_WAIT_MS = 120_000;
const MAX_BODY_BYTES = 32 * 1024 * 1024;

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the endpoint's base URL, beginning with `/`. Path parts from outside must be encoded by the caller. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Per attempt, while the operator leaves the patience as it is; in proportion to theirs otherwise. */
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
  /** Numbers from the provider's rate headers, where it sends them. */
  readonly readRate?: (headers: Headers) => { remaining: number; resetAtMs: number } | undefined;
}

export class ApiClient {
  readonly #options: ApiClientOptions;
  constructor(options: ApiClientOptions) {
    this.#options = options;
  }

  /** Resolves on 2xx; rejects with ProviderError. */
  async request(request: ApiRequest): Promise<ApiResponse> {
    const repeatable = request.method === 'GET' || request.repeatable === true;
    let rateLimitedForMs = 0;
    for (let attempt = 1; ; attempt++) {
      await this.#takeTurn(request);
      this.#mayChange(request);
      let failure: ProviderError;
      try {
        return await this.#once(request, repeatable);
      } catch (error) {
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
    const backoff = Math.min(10_000, 200 * 2 ** (attempt - 1)) * (0.75 + Math.random() / 2);
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

  async #once(request: ApiRequest, repeatable: boolean): Promise<ApiResponse> {
    const timeout = AbortSignal.timeout(callPatienceMs(request.timeoutMs));
    // A changing call that is under way is never cut short: the provider may be running it already, and
    // its answer, the id of what was bought above all, would be lost. A cancellation takes effect after it.
    const signal = request.signal && repeatable ? AbortSignal.any([request.signal, timeout]) : timeout;
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.#url(request), {
        method: request.method,
        headers: {
          accept: 'application/json',
          'user-agent': 'plinth',
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...this.#options.headers,
          ...request.headers,
        },
        body: request.body === undefined ? null : JSON.stringify(request.body),
        redirect: 'manual',
        signal,
      });
      text = await this.#readBody(response);
    } catch (error) {
      if (error instanceof ProviderError) throw error;
      throw this.#transportError(request, repeatable, timeout.aborted, error);
    }
    const rate = this.#options.readRate?.(response.headers);
    if (rate) this.#options.budget.observe(rate.remaining);
    return this.#interpret(request, repeatable, response, text);
  }

  async #readBody(response: Response): Promise<string> {
    const length = Number(response.headers.get('content-length') ?? 0);
    if (length > MAX_BODY_BYTES)
      throw this.#error({ kind: 'malformed', message: `The answer is too large (${length} bytes).` }, response.status);
    return response.text();
  }

  #interpret(request: ApiRequest, repeatable: boolean, response: Response, text: string): ApiResponse {
    const retryAfterMs = retryAfter(response.headers, this.#options.readRate?.(response.headers));
    let body: unknown;
    let parsed = true;
    try {
      body = text === '' ? undefined : JSON.parse(text);
    } catch {
      parsed = false;
    }
    const { status } = response;
    const where = `${request.method} ${request.path}`;
    if (status >= 200 && status < 300) {
      if (parsed) return { status, headers: response.headers, body };
      const kind = repeatable ? 'malformed' : 'unknown_outcome';
      throw this.#error({ kind, message: `${where}: the answer is not JSON.` }, status);
    }
    if (status === 429) {
      const translated = this.#options.translate(status, parsed ? body : undefined, request);
      throw this.#error({ ...translated, kind: 'rate_limited', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }, status);
    }
    if (status >= 500 || (status >= 300 && status < 400)) {
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
function retryAfter(headers: Headers, rate?: { remaining: number; resetAtMs: number }): number | undefined {
  const value = headers.get('retry-after');
  if (value !== null) {
    const seconds = Number(value);
    if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
    const date = Date.parse(value);
    if (Number.isFinite(date)) return Math.max(0, date - Date.now());
  }
  if (rate && rate.remaining <= 0) return Math.max(0, rate.resetAtMs - Date.now());
  return undefined;
}

function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = (cause as { code?: unknown } | null)?.code;
  if (typeof code === 'string') return code;
  return cause instanceof Error ? cause.message : String(cause);
}
