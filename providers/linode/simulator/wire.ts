/** How Linode's API talks: errors as sentences, pages, `X-Filter`, times without a zone, paths below both versions. */
import { Refusal, type RefusalKind } from '../../../simulator/cloud/model.ts';
import type { Answer, Call, Wire, Words } from '../../../simulator/cloud/wire.ts';

const MIN_PAGE = 25;
const MAX_PAGE = 500;

/** What the world refuses in its own words is said in these; every other sentence is the route's, with status 400. */
const SAID: Partial<Record<RefusalKind, readonly [number, string]>> = {
  credentials: [401, 'Invalid Token'],
  read_only: [401, 'Your OAuth token is not authorized to use this endpoint.'],
  not_found: [404, 'Not found'],
  rate_limited: [429, 'Too many requests'],
  locked: [400, 'Linode busy.'],
  quota: [400, 'Account Limit reached. Please open a support ticket.'],
  unpaid: [400, 'Your account has a past due balance. Please make a payment.'],
  sold_out: [403, 'The Linode plan you chose is not currently available in the selected region. Please choose a different plan or region.'],
};

export const words: Words = {
  refuse(kind, message, field): Answer {
    const [status, reason] = SAID[kind] ?? [400, message];
    return { status, body: errorBody(reason, field) };
  },
  rateHeaders: ({ limit, remaining, resetAtMs, limited }, account) => ({
    'X-OAuth-Scopes': account.readOnly ? '*:read_only' : '*',
    'X-Ratelimit-Limit': String(limit),
    'X-Ratelimit-Remaining': String(remaining),
    'X-Ratelimit-Reset': String(Math.ceil(resetAtMs / 1_000)),
    ...(limited ? { 'Retry-After': String(Math.max(0, Math.ceil((resetAtMs - Date.now()) / 1_000))) } : {}),
  }),
  // Orders have a budget of their own.
  take: ({ method, path }, account, world) =>
    world.takeRate(account, method === 'POST' && /^\/v4(beta)?\/linode\/instances\/?$/.test(path) ? 'create' : 'all'),
  open(request) {
    // Outside of both versions nothing is there, whoever asks.
    if (!/^\/v4(beta)?(\/|$)/.test(request.path)) return true;
    const isCatalogue = /^\/v4(beta)?\/(linode\/types|linode\/kernels|regions|images)(\/|$)/.test(request.path);
    return isCatalogue && request.method === 'GET' && request.get('authorization') === undefined;
  },
};

export function errorBody(reason: string, field?: string): { errors: { reason: string; field?: string }[] } {
  return { errors: [field === undefined ? { reason } : { reason, field }] };
}

/** A refusal in Linode's own sentence. */
export function no(reason: string, field?: string): Refusal {
  return new Refusal('invalid', reason, field);
}

export const notFound = (): Refusal => new Refusal('not_found', 'Not found');

type Route = `${'get' | 'post' | 'put' | 'delete'} ${string}`;
export type Routes = (route: Route, run: (call: Call) => unknown) => void;

/** Routes below both versions of the API; who has nothing to tell answers `{}`. */
export function routesOf(wire: Wire): Routes {
  return (route, run) => {
    const [method, path] = route.split(' ') as ['get', string];
    wire.on(`${method} /v4{beta}${path}`, (call) => run(call) ?? {});
  };
}

export function stamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}

/** Shown, filtered, ordered and cut: the answer of every list. */
export function paged<T extends object>(call: Call, items: readonly T[], show: (item: T) => object = (item) => item): object {
  const page = wholeNumber(call, 'page', 1);
  const size = wholeNumber(call, 'page_size', 100);
  if (size < MIN_PAGE || size > MAX_PAGE) throw no(`Must be ${MIN_PAGE}-${MAX_PAGE}`, 'page_size');
  const chosen = filtered(call.request.header('x-filter') ?? '', items.map(show));
  if (page < 1) throw notFound();
  // A page beyond the last is there and empty: the vendor's plugin tries its token with page 100 of the plans.
  const data = chosen.slice((page - 1) * size, page * size);
  return { data, page, pages: Math.max(1, Math.ceil(chosen.length / size)), results: chosen.length };
}

function wholeNumber(call: Call, field: string, fallback: number): number {
  const value = call.request.query[field];
  if (value === undefined) return fallback;
  if (typeof value !== 'string' || !/^\d{1,9}$/.test(value)) throw no('Must be an integer', field);
  return Number(value);
}

type Filter = Record<string, unknown>;

function filtered(header: string, items: readonly object[]): object[] {
  if (header === '') return [...items];
  let filter: unknown;
  try {
    filter = JSON.parse(header);
  } catch {
    throw no('X-Filter is not valid JSON', 'X-Filter');
  }
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) throw no('X-Filter must be an object', 'X-Filter');
  const asked = filter as Filter;
  for (const field of fieldsOf(asked)) {
    // What no item of a list has cannot be told apart from a list that is empty.
    if (items.length > 0 && !items.some((item) => String(field.split('.')[0]) in item)) throw no(`Cannot filter on ${field}`, 'X-Filter');
  }
  const chosen = items.filter((item) => matches(item, asked));
  const by = asked['+order_by'];
  if (typeof by !== 'string') return chosen;
  const sign = asked['+order'] === 'desc' ? -1 : 1;
  return chosen.sort((a, b) => sign * compare(valueAt(a, by), valueAt(b, by)));
}

function fieldsOf(filter: Filter): string[] {
  return Object.entries(filter).flatMap(([key, wanted]) => {
    if (key === '+and' || key === '+or') return (wanted as Filter[]).flatMap(fieldsOf);
    if (key === '+order_by') return [String(wanted)];
    return key === '+order' ? [] : [key];
  });
}

function matches(item: object, filter: Filter): boolean {
  return Object.entries(filter).every(([key, wanted]) => {
    if (key === '+order_by' || key === '+order') return true;
    if (key === '+and') return (wanted as Filter[]).every((each) => matches(item, each));
    if (key === '+or') return (wanted as Filter[]).some((each) => matches(item, each));
    return fits(valueAt(item, key), wanted);
  });
}

const OPERATORS: Readonly<Record<string, (value: unknown, operand: unknown) => boolean>> = {
  '+contains': (value, operand) =>
    String(value ?? '')
      .toLowerCase()
      .includes(String(operand).toLowerCase()),
  '+neq': (value, operand) => !same(value, operand),
  '+gt': (value, operand) => compare(value, operand) > 0,
  '+gte': (value, operand) => compare(value, operand) >= 0,
  '+lt': (value, operand) => compare(value, operand) < 0,
  '+lte': (value, operand) => compare(value, operand) <= 0,
};

function fits(value: unknown, wanted: unknown): boolean {
  if (Array.isArray(value)) return value.some((each) => fits(each, wanted));
  if (typeof wanted !== 'object' || wanted === null) return same(value, wanted);
  return Object.entries(wanted).every(([operator, operand]) => {
    const test = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
    if (!test) throw no(`Cannot filter on ${operator}`, 'X-Filter');
    return test(value, operand);
  });
}

/** Text is compared without case, as labels and tags are. */
function same(a: unknown, b: unknown): boolean {
  return typeof a === 'string' && typeof b === 'string' ? a.toLowerCase() === b.toLowerCase() : a === b;
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a ?? '').localeCompare(String(b ?? ''));
}

/** `entity.id` looks into the entity. */
function valueAt(item: unknown, path: string): unknown {
  let value = item;
  for (const part of path.split('.')) value = (value as Record<string, unknown> | null | undefined)?.[part];
  return value;
}
