/** Vultr's manners: compact error bodies, bearer keys, the rate limit, cursor pages. */
import type { Request, RequestHandler, Response } from 'express';
import type { SimAccount, SimWorld } from '../simulation.ts';

/** A refusal in Vultr's words. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const TEXTS: Readonly<Record<number, string>> = {
  400: 'Bad Request.',
  401: 'Invalid API token.',
  403: 'Forbidden.',
  404: 'Not found.',
  429: 'Too many requests.',
  500: 'Internal server error.',
  503: 'Service unavailable.',
};

/** Field order matters to nobody, spaces do: the vendor's provider searches for `"status":404`. */
export function errorAnswer(status: number): { body: unknown } {
  return { body: { error: TEXTS[status] ?? 'Request failed.', status } };
}

export function accountOf(response: Response): SimAccount {
  return response.locals['account'] as SimAccount;
}

/** Runs a route; what it returns is sent, what it refuses becomes an error answer. */
export function route(run: (request: Request, response: Response) => [status: number, body?: unknown]): RequestHandler {
  return (request, response) => {
    try {
      const [status, body] = run(request, response);
      if (body === undefined) response.status(status).end();
      else response.status(status).json(body);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      response.status(error.status).json({ error: error.message, status: error.status });
    }
  };
}

/** 401 for unknown and revoked keys, 429 above 30 requests a second, 403 for changes with a read-only key. */
export function gate(world: SimWorld): RequestHandler {
  return (request, response, next) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const account = token === undefined ? undefined : world.account(token);
    const refuse = (status: number, error: string): void => {
      response.status(status).json({ error, status });
    };
    if (account === undefined) return refuse(401, 'Invalid API token.');
    if (world.takeRate(account, 'all').limited) return refuse(429, 'Rate limit exceeded.');
    if (account.readOnly && request.method !== 'GET') return refuse(403, 'This API key is not authorized to make changes.');
    response.locals['account'] = account;
    next();
  };
}

/** One page with Vultr's meta object; the cursor is the opaque place of the next item. */
export function page(request: Request, key: string, items: readonly unknown[]): [number, unknown] {
  const asked = Number(request.query['per_page'] ?? 100);
  const size = Math.min(500, Number.isInteger(asked) && asked > 0 ? asked : 100);
  const start = offsetOf(request.query['cursor']);
  const cursor = (offset: number): string => Buffer.from(`next__${offset}`).toString('base64');
  const links = {
    next: start + size < items.length ? cursor(start + size) : '',
    prev: start > 0 ? cursor(Math.max(0, start - size)) : '',
  };
  return [200, { [key]: items.slice(start, start + size), meta: { total: items.length, links } }];
}

function offsetOf(cursor: unknown): number {
  if (typeof cursor !== 'string' || cursor === '') return 0;
  const offset = /^next__(\d+)$/.exec(Buffer.from(cursor, 'base64').toString())?.[1];
  if (offset === undefined) throw new Refusal(400, 'Invalid cursor.');
  return Number(offset);
}

export function vultrDate(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}+00:00`;
}

export function bodyOf(request: Request): Record<string, unknown> {
  return typeof request.body === 'object' && request.body !== null ? (request.body as Record<string, unknown>) : {};
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
