/**
 * One REST speaker for every provider that talks JSON over HTTP: a sheet says how the vendor identifies a caller, words its
 * refusals and cuts its lists into pages; what any of it means is decided here, once.
 */
import { z } from 'zod';
import { isProviderError, ProviderError, type ProviderErrorDetail, type ProviderErrorKind } from '../errors.ts';
import { ApiClient, type ApiRequest, type ApiResponse, type Carrier, type Signer, type Speech } from '../http.ts';
import { PURCHASE_CALL_MS } from '../patience.ts';
import type { AccountConnection, Page } from '../provider.ts';
import { RateBudget } from '../rate-budget.ts';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** What an error's body tells, in the vendor's words. */
export interface Said {
  readonly code?: string | undefined;
  readonly text?: string | undefined;
  /** The field it is about. */
  readonly field?: string | undefined;
}

export interface Refusal {
  readonly status?: number | readonly number[];
  readonly code?: string | RegExp;
  readonly text?: RegExp;
  readonly kind: ProviderErrorKind;
  /** What to do about it; a kind's own remedy otherwise. */
  readonly remedy?: string;
  /** Told on as the error's code, where several of one kind must be told apart. */
  readonly as?: string;
}

export interface Dialect {
  readonly provider: string;
  /** As people call it, for sentences. */
  readonly name: string;
  /** Where the real API is, when the account itself says it. */
  readonly baseUrlOf?: (credential: Readonly<Record<string, string>>) => string;
  /** Before every path, `/v1` for example. */
  readonly basePath?: string;
  readonly headers: (credential: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
  /** Where headers depend on what is sent, or must be asked for. */
  readonly signer?: (connection: AccountConnection) => Signer;
  /** What does not speak HTTP; its sentences name no status. */
  readonly carrier?: (connection: AccountConnection) => Carrier;
  /** Absent: JSON. */
  readonly speech?: Speech;
  readonly said: (body: unknown) => Said;
  /** First match wins, by status, code and text; then the status alone decides. */
  readonly refusals: readonly Refusal[];
  readonly remedies?: Readonly<Partial<Record<ProviderErrorKind, string>>>;
  /** True for a 5xx answer that says in the vendor's own words that nothing was done. */
  readonly refused?: (status: number, body: unknown) => boolean;
  /** The query of the first page, and of the one after an answer; null = that was the last. */
  readonly pages: { readonly first: Query; readonly next: (answer: unknown, asked: Query) => Query | null };
  readonly rate?: (headers: Headers) => { remaining: number; resetAtMs: number } | undefined;
  /** How long what exists may be missing from listings and look-ups, in ms. */
  readonly consistencyMs: { readonly real: number; readonly simulator: number };
  /** A limit of purchases beside that of all calls. */
  readonly purchases?: { readonly requests: number; readonly perMs: number };
}

export interface Ask extends Omit<ApiRequest, 'method' | 'signal'> {
  /** GET unless told. */
  readonly method?: ApiRequest['method'];
  readonly signal?: AbortSignal | undefined;
}

const BY_STATUS: Readonly<Record<number, ProviderErrorKind>> = {
  400: 'invalid',
  401: 'credentials',
  402: 'quota',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  412: 'out_of_stock',
  422: 'invalid',
  423: 'conflict',
  429: 'rate_limited',
};
/** A listing with more pages is not read: the cursor of a broken answer may lead in circles. */
const MAX_PAGES = 5_000;

/** One budget of purchases for each budget of calls, so that every client of an account in this process shares it. */
const purchaseBudgets = new WeakMap<RateBudget, RateBudget>();

function placed(connection: AccountConnection, { baseUrlOf }: Dialect): AccountConnection {
  const { endpoint, credential } = connection;
  return baseUrlOf && endpoint.kind === 'real' ? { ...connection, endpoint: { ...endpoint, baseUrl: baseUrlOf(credential) } } : connection;
}

export class Rest {
  readonly dialect: Dialect;
  readonly connection: AccountConnection;
  /** ms for which a listing may miss what exists. */
  readonly consistencyMs: number;
  readonly #api: ApiClient;
  readonly #purchases: RateBudget | undefined;

  constructor(dialect: Dialect, account: AccountConnection) {
    const connection = placed(account, dialect);
    const { endpoint, credential, budget } = connection;
    this.dialect = dialect;
    this.connection = connection;
    this.consistencyMs = dialect.consistencyMs[endpoint.kind];
    this.#purchases = dialect.purchases && purchaseBudget(budget, dialect.purchases);
    this.#api = new ApiClient({
      provider: dialect.provider,
      endpoint,
      budget,
      headers: dialect.headers(credential),
      translate: (status, body, request) => this.#translate(status, body, request),
      ...(dialect.signer ? { signer: dialect.signer(connection) } : {}),
      ...(dialect.carrier ? { carrier: dialect.carrier(connection) } : {}),
      ...(dialect.speech ? { speech: dialect.speech } : {}),
      ...(dialect.rate ? { readRate: dialect.rate } : {}),
      ...(dialect.refused ? { refused: dialect.refused } : {}),
    });
  }

  /** The provider's time, in ms since the epoch, as its last answer told it; ours before the first. Births are told in it. */
  now(): number {
    return this.#api.now();
  }

  /** One call, its answer unread. @throws ProviderError */
  send(ask: Ask): Promise<ApiResponse> {
    const { signal, method = 'GET', path, ...rest } = ask;
    return this.#api.request({ ...rest, method, path: (this.dialect.basePath ?? '') + path, ...(signal ? { signal } : {}) });
  }

  /** One call, its answer of this shape. @throws ProviderError; `unknown_outcome` for an accepted change that cannot be read */
  async call<T>(ask: Ask, shape: z.ZodType<T>): Promise<T> {
    const { body, status } = await this.send(ask);
    const parsed = shape.safeParse(body);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const { method = 'GET' } = ask;
    // A change was accepted, yet nobody knows what it made: as good as lost, whatever its method.
    const kind = method === 'GET' ? 'malformed' : 'unknown_outcome';
    const where = issue?.path.join('.') || 'its body';
    const message = `${method} ${ask.path}: unexpected answer at "${where}": ${issue?.message ?? 'wrong shape'}.`;
    throw new ProviderError({ provider: this.dialect.provider, kind, message, httpStatus: status });
  }

  /** The same, below the envelope's key. */
  async one<T>(ask: Ask, key: string, shape: z.ZodType<T>): Promise<T> {
    return below(key, await this.call(ask, envelope(key, shape)));
  }

  /** A purchase takes its turn, is never cut short and never repeated. */
  async buy<T>(ask: Ask, shape: z.ZodType<T>): Promise<T> {
    await this.#purchases?.take(ask.signal);
    ask.signal?.throwIfAborted();
    const { signal: _signal, ...bound } = ask;
    return this.call({ method: 'POST', timeoutMs: PURCHASE_CALL_MS, ...bound }, shape);
  }

  /** null on a definite "not found" only. */
  find<T>(path: string, key: string, shape: z.ZodType<T>, signal?: AbortSignal): Promise<T | null> {
    return orGone(this.one({ path, signal }, key, shape));
  }

  /** One page; `cursor` is the query of the page, null = the first. */
  async page<T>(ask: Ask, key: string, item: z.ZodType<T>, cursor: Query | null = null): Promise<{ items: T[]; next: Query | null }> {
    const query = cursor ?? this.dialect.pages.first;
    const answer = await this.call({ ...ask, query: { ...ask.query, ...query } }, envelope(key, z.array(item)));
    return { items: below<T[]>(key, answer), next: this.dialect.pages.next(answer, query) };
  }

  /** Everything of a listing, in the vendor's order. */
  async all<T>(ask: Ask, key: string, item: z.ZodType<T>): Promise<T[]> {
    const items: T[] = [];
    let cursor: Query | null = null;
    for (let page = 0; ; page++) {
      const { items: more, next }: { items: T[]; next: Query | null } = await this.page(ask, key, item, cursor);
      items.push(...more);
      if (next === null) return items;
      if (page >= MAX_PAGES || sameQuery(next, cursor)) throw this.error('malformed', `GET ${ask.path}: the list does not end.`);
      cursor = next;
    }
  }

  /** A page with its cursor as a text, for those who come back for the next one. */
  async textPage<T>(ask: Ask, key: string, item: z.ZodType<T>, cursor: string | null): Promise<Page<T>> {
    const { items, next } = await this.page(ask, key, item, cursor === null ? null : (JSON.parse(cursor) as Query));
    return { items, next: next === null ? null : JSON.stringify(next) };
  }

  error(kind: ProviderErrorKind, message: string, more: Partial<ProviderErrorDetail> = {}): ProviderError {
    return new ProviderError({ provider: this.dialect.provider, kind, message, ...more });
  }

  /** What the vendor means by it: the same rules for answers and for jobs that ended badly. */
  meaning(said: Said, status?: number): Refusal {
    const known = this.dialect.refusals.find(
      (each) =>
        (each.status === undefined || [each.status].flat().includes(status ?? 0)) &&
        (each.code === undefined || (typeof each.code === 'string' ? each.code === said.code : each.code.test(said.code ?? ''))) &&
        (each.text === undefined || each.text.test(said.text ?? '')),
    );
    return known ?? { kind: BY_STATUS[status ?? 0] ?? 'unexpected' };
  }

  #translate(status: number, body: unknown, request: ApiRequest): Omit<ProviderErrorDetail, 'provider' | 'httpStatus' | 'retryAfterMs'> {
    const said = this.dialect.said(body);
    const { kind, remedy = this.dialect.remedies?.[kind], as = said.code } = this.meaning(said, status);
    const answer = [this.dialect.carrier ? '' : ` ${status}`, said.text ? ` "${said.text}"` : ''].join('');
    const words = `${request.method} ${request.path}: ${this.dialect.name} answered${answer}.`;
    return {
      kind: kind === 'provider_down' && request.method !== 'GET' && !request.repeatable ? 'unknown_outcome' : kind,
      message: remedy === undefined ? words : `${words} ${remedy}`,
      ...(as === undefined ? {} : { providerCode: as }),
      ...(said.field === undefined ? {} : { field: said.field }),
    };
  }
}

/** null for a definite "not found"; anything else still rejects. */
export async function orGone<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (isProviderError(error, 'not_found')) return null;
    throw error;
  }
}

/** The shape of an answer that has something below a key; no key where it is the answer itself. */
export function envelope(key: string, shape: z.ZodType): z.ZodType {
  return key === '' ? shape : z.looseObject({ [key]: shape });
}
export function below<T>(key: string, answer: unknown): T {
  return (key === '' ? answer : (answer as Record<string, unknown>)[key]) as T;
}

/** A part of a path that came from outside. */
export function part(text: string): string {
  return encodeURIComponent(text);
}

function sameQuery(a: Query, b: Query | null): boolean {
  return b !== null && JSON.stringify(a) === JSON.stringify(b);
}

function purchaseBudget(budget: RateBudget, limit: { readonly requests: number; readonly perMs: number }): RateBudget {
  const known = purchaseBudgets.get(budget) ?? new RateBudget(limit.requests, limit.perMs);
  purchaseBudgets.set(budget, known);
  return known;
}
