/** The service's API for the commands: one Idempotency-Key per change, kept through automatic retries, and plain errors. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from '../contract/ids.ts';
import type { Connection } from './connection.ts';
import { CliError, EXIT, type ExitCode } from './errors.ts';

const TRIES = 4;
const FIRST_PAUSE_MS = 300;
const ANSWER_TIMEOUT_MS = 60_000;
const AGAIN: ReadonlySet<number> = new Set([429, 502, 503, 504]);

export interface CallOptions {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** For a change; random when absent. */
  readonly idempotencyKey?: string | undefined;
}

export class Api {
  readonly connection: Connection;
  readonly signal: AbortSignal;

  constructor(connection: Connection, signal: AbortSignal) {
    this.connection = connection;
    this.signal = signal;
  }

  get<T>(path: string, query: CallOptions['query'] = {}): Promise<T> {
    return this.#call<T>('GET', path, { query });
  }

  change<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, options: CallOptions = {}): Promise<T> {
    return this.#call<T>(method, path, options);
  }

  /** One attempt, whatever the status; for streams. @throws CliError when nothing answers. */
  async open(
    method: string,
    path: string,
    options: CallOptions & { headers?: Record<string, string>; signal?: AbortSignal },
  ): Promise<Response> {
    const { url, token } = this.connection;
    const target = new URL(`${url}${path}`);
    for (const [name, value] of Object.entries(options.query ?? {})) if (value !== undefined) target.searchParams.set(name, String(value));
    return await fetch(target, {
      method,
      headers: {
        accept: 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      redirect: 'error',
      signal: options.signal ?? this.signal,
    });
  }

  async #call<T>(method: string, path: string, options: CallOptions): Promise<T> {
    const key = options.idempotencyKey ?? randomUUID();
    const headers: Record<string, string> = method === 'GET' ? {} : { 'idempotency-key': key };
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#attempt(method, path, { ...options, headers });
      const last = attempt === TRIES;
      if (answer instanceof Error) {
        if (last || connectionRefused(answer)) throw unreachable(this.connection.url, answer);
      } else {
        const text = await answer.text();
        if (answer.ok) return (text === '' ? null : parseJson(text, answer, this.connection.url)) as T;
        const error = problemError(answer.status, text, this.connection);
        const inFlight = (error.problem as { code?: string } | undefined)?.code === 'idempotency_in_flight';
        if (last || !(AGAIN.has(answer.status) || inFlight)) throw error;
      }
      await delay(pauseMs(attempt, answer instanceof Error ? null : answer.headers.get('retry-after')), undefined, { signal: this.signal });
    }
  }

  async #attempt(method: string, path: string, options: CallOptions & { headers: Record<string, string> }): Promise<Response | Error> {
    const timeout = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    try {
      return await this.open(method, path, { ...options, signal: AbortSignal.any([this.signal, timeout]) });
    } catch (error) {
      this.signal.throwIfAborted();
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}

function pauseMs(attempt: number, retryAfter: string | null): number {
  const asked = Number(retryAfter ?? 0) * 1000;
  return Math.max(Number.isFinite(asked) ? Math.min(asked, 30_000) : 0, FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.75 + Math.random() / 2));
}

function parseJson(text: string, answer: Response, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CliError(
      EXIT.unreachable,
      `${url} answered ${answer.status} with something that is not JSON. Is this the address of Plinth? Set PLINTH_URL.`,
    );
  }
}

/** Nobody listens there: asking again within seconds changes nothing. */
function connectionRefused(error: Error): boolean {
  return ['ECONNREFUSED', 'ENOTFOUND'].includes(causeCode(error));
}

function causeCode(error: Error): string {
  const cause = error.cause as { code?: string; errors?: { code?: string }[] } | undefined;
  return cause?.code ?? cause?.errors?.[0]?.code ?? error.name;
}

export function unreachable(url: string, error: Error): CliError {
  const code = causeCode(error);
  const reason = code === 'ECONNREFUSED' ? 'nothing listens there' : code === 'TimeoutError' ? 'no answer in time' : code;
  return new CliError(
    EXIT.unreachable,
    `Cannot reach Plinth at ${url}: ${reason}. Start it with: plinth serve; or set PLINTH_URL to where it runs.`,
  );
}

/** A problem document as what people read: what, then one line per field with rule and remedy. */
export function problemError(status: number, text: string, { url, tokenFrom }: Connection): CliError {
  const parsed = Problem.safeParse(safeJson(text));
  if (!parsed.success)
    return new CliError(exitCodeOf(status), `${url} answered ${status} without saying why. Is this the address of Plinth? Set PLINTH_URL.`);
  const problem = parsed.data;
  const lines = [problem.detail];
  if (problem.errors.length > 1 || (problem.errors[0] && !problem.detail.includes(problem.errors[0].rule)))
    lines.push(...problem.errors.map(({ field, rule, remedy }) => `  ${field}: ${rule}. ${remedy}`));
  else if (problem.errors[0] && !problem.detail.includes(problem.errors[0].remedy)) lines.push(`  ${problem.errors[0].remedy}`);
  if (status === 401)
    lines[0] =
      tokenFrom === null
        ? 'Not logged in. Run: plinth login, or set PLINTH_TOKEN.'
        : `The token from ${tokenFrom} is not valid at ${url}: unknown, expired or revoked. Run: plinth login`;
  if (status >= 500) lines.push(`  request ${problem.request_id}`);
  return new CliError(exitCodeOf(status), lines.join('\n'), problem);
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function exitCodeOf(status: number): ExitCode {
  if (status === 401 || status === 403) return EXIT.forbidden;
  if (status === 404) return EXIT.notFound;
  return status >= 500 || status === 429 ? EXIT.unreachable : EXIT.refused;
}
