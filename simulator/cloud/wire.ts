/** What the wires share: routes that answer or refuse, the gate, query values, labels, pages. The words are each provider's. */
import type { Request, Response, Router } from 'express';
import type { SimAccount, SimWorld } from '../../providers/simulation.ts';
import type { Cloud } from './cloud.ts';
import { Refusal, type RefusalKind } from './model.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
}

/** What a call took of what its account may ask. */
export interface Budget {
  readonly limit: number;
  readonly remaining: number;
  readonly resetAtMs: number;
  readonly limited: boolean;
  /** Until a limited one may ask again, where that is not the reset. */
  readonly retryMs?: number;
}

/** How a provider says things. */
export interface Words {
  refuse(kind: RefusalKind, message: string, field?: string): Answer;
  /** The credential of a call; the bearer token unless told. */
  credential?(request: Request, world: SimWorld): string | undefined;
  /** Headers of every answer that took from the budget. */
  rateHeaders?(budget: Budget, account: SimAccount): Record<string, string>;
  /** Takes a call from its budgets; from the account's only one unless told. */
  take?(request: Request, account: SimAccount, world: SimWorld): Budget;
  /** Whose call it says to be, looked at by nobody yet; absent where that stands in `Authorization`. */
  readonly named?: (request: Request) => string | undefined;
  /** Whether a call only looks, where the method does not say it. */
  isRead?(request: Request): boolean;
  /** What anybody may call. */
  open?(request: Request): boolean;
}

export class Call {
  readonly request: Request;
  readonly response: Response;
  readonly account: SimAccount;
  readonly body: Record<string, unknown>;
  constructor(request: Request, response: Response) {
    this.request = request;
    this.response = response;
    this.account = response.locals['account'] as SimAccount;
    const body: unknown = request.body;
    this.body = typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : {};
  }
  param(name: string): string {
    return String(this.request.params[name]);
  }
  /** A value of the query, the first of several. */
  query(name: string): string | undefined {
    const value = this.request.query[name];
    return value === undefined ? undefined : String(Array.isArray(value) ? value[0] : value);
  }
  /** Every value of a name that may stand more than once. */
  queries(name: string): string[] {
    const value = this.request.query[name];
    return value === undefined ? [] : (Array.isArray(value) ? value : [value]).map(String);
  }
  text(name: string): string {
    const value = this.body[name];
    return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
  }
  /** @throws Refusal `invalid` when it is not there. */
  required(name: string): string {
    const value = this.text(name);
    if (value === '') throw new Refusal('invalid', `missing ${name}`, name);
    return value;
  }
  flag(name: string): boolean | undefined {
    const value = this.body[name];
    return typeof value === 'boolean' ? value : undefined;
  }
  list(name: string): unknown[] {
    const value = this.body[name];
    return Array.isArray(value) ? value : [];
  }
  strings(name: string): string[] {
    return this.list(name).map(String);
  }
  labels(name = 'labels'): Record<string, string> | undefined {
    const value = this.body[name];
    if (typeof value !== 'object' || value === null) return undefined;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, String(each)]));
  }
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
/** A body to send, or undefined for none. */
type Run = (call: Call) => unknown;

export class Wire {
  readonly #router: Router;
  readonly #words: Words;
  constructor(router: Router, cloud: Pick<Cloud, 'world'>, words: Words) {
    this.#router = router;
    this.#words = words;
    router.use((request, response, next) => {
      if (words.open?.(request)) return next();
      try {
        this.#enter(cloud, request, response);
      } catch (error) {
        return this.#failed(error, response);
      }
      next();
    });
  }
  /** `method path`, for example `get /v1/servers`; `status` is of a good answer. */
  on(route: `${Method} ${string}`, run: Run, status = 200): void {
    const [method, path] = route.split(' ') as [Method, string];
    this.#router[method](path, (request, response) => {
      try {
        const body = run(new Call(request, response));
        if (response.headersSent) return;
        // A route that answers with another status than usual has said so already.
        const answered = response.statusCode === 200 ? status : response.statusCode;
        if (body === undefined) response.status(answered).end();
        else response.status(answered).json(body);
      } catch (error) {
        this.#failed(error, response);
      }
    });
  }
  /** Of what makes something, be it a job: 201. */
  made(route: `${Method} ${string}`, run: Run): void {
    this.on(route, run, 201);
  }
  /** Of what takes something away, or tells nothing of what it changed: 204, and no body. */
  gone(route: `${Method} ${string}`, run: (call: Call) => void): void {
    this.on(route, (call) => void run(call), 204);
  }

  /** 401 for unknown and revoked keys, 429 above the budget, 403 for changes with a read-only key. */
  #enter(cloud: Pick<Cloud, 'world'>, request: Request, response: Response): void {
    const token = this.#words.credential
      ? this.#words.credential(request, cloud.world)
      : /^Bearer (\S+)$/i.exec(request.get('authorization') ?? '')?.[1];
    const account = token === undefined ? undefined : cloud.world.account(token);
    if (account === undefined) throw new Refusal('credentials', 'unable to authenticate');
    const budget = this.#words.take?.(request, account, cloud.world) ?? cloud.world.takeRate(account, 'all');
    for (const [name, value] of Object.entries(this.#words.rateHeaders?.(budget, account) ?? {})) response.setHeader(name, value);
    if (budget.limited) throw new Refusal('rate_limited', 'too many requests');
    const isRead = this.#words.isRead?.(request) ?? request.method === 'GET';
    if (account.readOnly && !isRead) throw new Refusal('read_only', 'the token may only read');
    response.locals['account'] = account;
  }
  #failed(error: unknown, response: Response): void {
    if (!(error instanceof Refusal)) throw error;
    const { status, body, headers } = this.#words.refuse(error.kind, error.message, error.field);
    for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
    if (typeof body === 'string')
      response
        .status(status)
        .type(headers?.['content-type'] ?? 'text/plain')
        .send(body);
    else response.status(status).json(body);
  }
}

export interface NumberedPage<T> {
  readonly items: T[];
  readonly page: number;
  readonly perPage: number;
  readonly last: number;
  readonly total: number;
}

/** Pages by number, as most APIs have them. @throws Refusal `invalid` for a page that is no number. */
export function pageOf<T>(call: Call, items: readonly T[], { size, most }: { size: number; most: number }): NumberedPage<T> {
  const page = Number(call.query('page') ?? 1);
  const asked = Number(call.query('per_page') ?? size);
  if (!Number.isInteger(page) || page < 1) throw new Refusal('invalid', 'page must be a positive number', 'page');
  if (!Number.isInteger(asked) || asked < 1) throw new Refusal('invalid', 'per_page must be a positive number', 'per_page');
  const perPage = Math.min(most, asked);
  const last = Math.max(1, Math.ceil(items.length / perPage));
  return { items: items.slice((page - 1) * perPage, page * perPage), page, perPage, last, total: items.length };
}

/** `key`, `!key`, `key=value`, `key==value`, `key!=value`, `key in (a,b)`, `key notin (a,b)`, joined by commas; all where nothing is asked. @throws Refusal `invalid` */
export function labelSelector(selector = ''): (labels: Readonly<Record<string, string>>) => boolean {
  const parts = selector.split(/,(?![^(]*\))/).map((part) => part.trim());
  const tests = parts.filter((part) => part !== '').map(oneSelector);
  return (labels) => tests.every((test) => test(labels));
}

function oneSelector(part: string): (labels: Readonly<Record<string, string>>) => boolean {
  const set = /^(\S+) (in|notin) \(([^)]*)\)$/.exec(part);
  if (set) {
    const values = set[3]!.split(',').map((value) => value.trim());
    return (labels) => (labels[set[1]!] !== undefined && values.includes(labels[set[1]!]!)) === (set[2] === 'in');
  }
  const equal = /^([\w./-]+)\s*(!=|==?)\s*([\w.-]*)$/.exec(part);
  if (equal) return (labels) => (labels[equal[1]!] === equal[3]) === (equal[2] !== '!=');
  const bare = /^(!?)([\w./-]+)$/.exec(part);
  if (!bare) throw new Refusal('invalid', 'invalid label selector', 'label_selector');
  return (labels) => (labels[bare[2]!] === undefined) === (bare[1] === '!');
}

/** Tags are labels without a value. */
export function labelsOfTags(tags: readonly string[]): Record<string, string> {
  return Object.fromEntries(tags.map((tag) => [tag, '']));
}

/** RFC 3339 with seconds, as `2026-01-30T23:50:00+00:00`. */
export function rfc3339(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}+00:00`;
}
