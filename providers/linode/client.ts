/**
 * Linode's API v4 over the shared HTTP floor: authentication, pages, `X-Filter`, and the one place
 * where Linode's error texts become kinds. Linode has no error codes, only sentences.
 */
import { z } from 'zod';
import { ProviderError, isProviderError, type ProviderErrorDetail } from '../errors.ts';
import { ApiClient, type ApiRequest } from '../http.ts';
import type { AccountConnection } from '../provider.ts';
import { RateBudget } from '../rate-budget.ts';
import { waitFor } from '../wait.ts';
import { PROVIDER_ID, descriptor } from './descriptor.ts';

const API_VERSION = '/v4';
/** The largest page Linode gives. */
const PAGE_SIZE = 500;
const BUSY_DEADLINE_MS = 10 * 60_000;

export type Filter = Readonly<Record<string, unknown>>;

export interface Call {
  readonly query?: ApiRequest['query'];
  readonly filter?: Filter;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly repeatable?: boolean;
}

const Listed = z.looseObject({ data: z.array(z.unknown()), page: z.number(), pages: z.number() });
const Errors = z.looseObject({ errors: z.array(z.looseObject({ reason: z.string(), field: z.string().nullish() })).min(1) });

/** One create budget per account budget, so that every client of an account in this process shares it. */
const createBudgets = new WeakMap<RateBudget, RateBudget>();

export class LinodeClient {
  readonly #api: ApiClient;
  readonly #creates: RateBudget;
  /** How long a fresh object may be missing from lists, in ms; a lost create is looked for this long before it is repeated. */
  readonly consistencyWindowMs: number;

  constructor(connection: AccountConnection) {
    const { budget, endpoint } = connection;
    this.consistencyWindowMs = endpoint.kind === 'simulator' ? 2_000 : 15_000;
    this.#creates = createBudget(budget);
    this.#api = new ApiClient({
      provider: PROVIDER_ID,
      endpoint,
      headers: { authorization: `Bearer ${connection.credential.token ?? ''}` },
      budget,
      translate,
      readRate,
    });
  }

  async get<T>(path: string, schema: z.ZodType<T>, call: Call = {}): Promise<T> {
    return this.#parse(`GET ${path}`, schema, await this.#send('GET', path, call), true);
  }

  async post<T>(path: string, schema: z.ZodType<T>, call: Call = {}): Promise<T> {
    return this.#parse(`POST ${path}`, schema, await this.#send('POST', path, call), false);
  }

  /** Repeated freely: Linode's PUTs set values. */
  async put<T>(path: string, schema: z.ZodType<T>, call: Call = {}): Promise<T> {
    return this.#parse(`PUT ${path}`, schema, await this.#send('PUT', path, { repeatable: true, ...call }), true);
  }

  /** Already gone is success. */
  async delete(path: string, call: Call = {}): Promise<void> {
    await unlessGone(this.#send('DELETE', path, { repeatable: true, ...call }));
  }

  /** POST of a new server: also takes its turn in the create limit (20 per 15 s). */
  async createServer<T>(schema: z.ZodType<T>, body: unknown, signal?: AbortSignal): Promise<T> {
    await this.#creates.take(signal);
    return this.post('/linode/instances', schema, { body, signal });
  }

  /** `null` on 404, every other failure throws. */
  async find<T>(path: string, schema: z.ZodType<T>, call: Call = {}): Promise<T | null> {
    return (await unlessGone(this.get(path, schema, call))) ?? null;
  }

  async page<T>(path: string, item: z.ZodType<T>, page: number, call: Call = {}): Promise<{ items: T[]; page: number; pages: number }> {
    const query = { ...call.query, page, page_size: PAGE_SIZE };
    const listed = await this.get(path, Listed, { ...call, query });
    const items = this.#parse(`GET ${path}`, z.array(item), listed.data, true);
    return { items, page: listed.page, pages: listed.pages };
  }

  /** Every page, in the API's order. */
  async list<T>(path: string, item: z.ZodType<T>, call: Call = {}): Promise<T[]> {
    const all: T[] = [];
    for (let page = 1; ; page++) {
      const { items, pages } = await this.page(path, item, page, call);
      all.push(...items);
      if (page >= pages) return all;
    }
  }

  /** Repeats `act` while Linode answers 400 "Linode busy.", as it does for a while after a boot or resize. */
  async whenFree<T>(what: string, signal: AbortSignal, act: () => Promise<T>): Promise<T> {
    const done = await waitFor({
      provider: PROVIDER_ID,
      what: `${what} while the server is busy`,
      key: 'linode/busy',
      signal,
      deadlineMs: BUSY_DEADLINE_MS,
      probe: async () => {
        try {
          return { value: await act() };
        } catch (error) {
          if (isBusy(error)) return undefined;
          throw error;
        }
      },
    });
    return done.value;
  }

  async #send(method: ApiRequest['method'], path: string, call: Call): Promise<unknown> {
    const answer = await this.#api.request({
      method,
      path: API_VERSION + path,
      ...(call.query ? { query: call.query } : {}),
      ...(call.filter ? { headers: { 'x-filter': JSON.stringify(call.filter) } } : {}),
      ...(call.body === undefined ? {} : { body: call.body }),
      ...(call.signal ? { signal: call.signal } : {}),
      ...(call.repeatable === undefined ? {} : { repeatable: call.repeatable }),
    });
    return answer.body;
  }

  #parse<T>(where: string, schema: z.ZodType<T>, body: unknown, repeatable: boolean): T {
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const kind = repeatable ? 'malformed' : 'unknown_outcome';
    const path = issue?.path.join('.') || 'the body';
    throw linodeError(kind, `${where}: the answer is not what Linode's API promises (${path}: ${issue?.message}).`);
  }
}

export function linodeError(kind: ProviderErrorDetail['kind'], message: string, extra: Partial<ProviderErrorDetail> = {}): ProviderError {
  return new ProviderError({ provider: PROVIDER_ID, kind, message, ...extra });
}

/** 400 "Linode busy.": another job of this server is running; nothing was done. */
function isBusy(error: unknown): boolean {
  return isProviderError(error, 'conflict') && error.detail.providerCode === 'busy';
}

/** 400 "Label must be unique …". */
export function isLabelTaken(error: unknown): error is ProviderError {
  return isProviderError(error, 'conflict') && error.detail.providerCode === 'label';
}

async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isProviderError(error, 'not_found')) return undefined;
    throw error;
  }
}

function createBudget(budget: RateBudget): RateBudget {
  const known = createBudgets.get(budget);
  if (known) return known;
  const limit = descriptor.rate.createsPerMs ?? descriptor.rate;
  const created = new RateBudget(limit.requests, limit.perMs);
  createBudgets.set(budget, created);
  return created;
}

type Translation = Omit<ProviderErrorDetail, 'provider' | 'httpStatus' | 'retryAfterMs'>;

/** Reason texts seen in recordings and the vendor's guides; see README.md, "Errors". */
const REASONS: readonly {
  readonly pattern: RegExp;
  readonly kind: Translation['kind'];
  readonly code?: string;
  readonly remedy: string;
}[] = [
  {
    pattern: /^linode busy\.?$/i,
    kind: 'conflict',
    code: 'busy',
    remedy: 'Another job of this server is running; try again when it has ended.',
  },
  {
    pattern: /account limit reached|limit.*open a support ticket/i,
    kind: 'quota',
    remedy: 'Ask Linode support to raise the account’s limit, or use another account.',
  },
  { pattern: /must be unique/i, kind: 'conflict', code: 'label', remedy: 'Choose another label, or remove the object that has it.' },
  {
    pattern:
      /(sold out|out of stock|no capacity|currently unavailable|not (currently )?available in (this|the selected) region|unavailable in (this|the selected) region)/i,
    kind: 'out_of_stock',
    remedy: 'Choose another region or plan.',
  },
];

function translate(status: number, body: unknown, request: ApiRequest): Translation {
  const parsed = Errors.safeParse(body);
  const first = parsed.success ? parsed.data.errors[0] : undefined;
  const said = parsed.success
    ? parsed.data.errors.map((e) => (e.field ? `${e.field}: ${e.reason}` : e.reason)).join('; ')
    : `HTTP ${status}`;
  const field = first?.field ? { field: first.field } : {};
  const where = `${request.method} ${request.path}`;
  // An unknown token and a token without the scope both answer 401; only the sentence differs.
  if (status === 403 || (status === 401 && /not authorized to use/i.test(said)))
    return {
      kind: 'forbidden',
      message: `The access token may not do this (${where}: ${said}). Give it the scope and the user the grant.`,
    };
  if (status === 401)
    return { kind: 'credentials', message: `Linode refused the access token (${said}). Store a valid one for this account.` };
  if (status === 404) return { kind: 'not_found', message: `${where}: Linode has no such object (${said}).` };
  if (status === 429) return { kind: 'rate_limited', message: `${where}: too many requests (${said}).` };
  if (status === 408) {
    const kind = request.method === 'GET' || request.repeatable === true ? 'provider_down' : 'unknown_outcome';
    return { kind, message: `${where}: Linode did not finish in time (${said}).` };
  }
  const known = REASONS.find(({ pattern }) => parsed.success && parsed.data.errors.some(({ reason }) => pattern.test(reason)));
  if (known) {
    return { kind: known.kind, message: `Linode: ${said}. ${known.remedy}`, ...(known.code ? { providerCode: known.code } : {}), ...field };
  }
  if (status === 400) return { kind: 'invalid', message: `Linode refused a value (${said}).`, ...field };
  return { kind: 'unexpected', message: `${where}: Linode answered ${status} (${said}).`, ...field };
}

/**
 * `X-Ratelimit-*` describe the bucket of the endpoint called. Small buckets (server creation: 8 to 20
 * per 15 s) say nothing about the other calls, so only the large ones teach the account's budget.
 */
function readRate(headers: Headers): { remaining: number; resetAtMs: number } | undefined {
  const limit = Number(headers.get('x-ratelimit-limit'));
  const remaining = Number(headers.get('x-ratelimit-remaining') ?? Number.NaN);
  const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN);
  if (!Number.isFinite(remaining) || !Number.isFinite(reset) || !(limit >= 100)) return undefined;
  return { remaining, resetAtMs: reset * 1_000 };
}
