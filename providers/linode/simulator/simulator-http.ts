/** How Linode's API talks: errors as sentences, pages, `X-Filter`, times without a zone. */
import type { Request, RequestHandler, Response } from 'express';
import type { SimAccount } from '../../simulation.ts';

const MIN_PAGE = 25;
const MAX_PAGE = 500;

/** Thrown by routes; becomes `{"errors":[{"reason","field"?}]}`. */
export class Refusal extends Error {
  readonly status: number;
  readonly field: string | undefined;
  constructor(status: number, reason: string, field?: string) {
    super(reason);
    this.status = status;
    this.field = field;
  }
}

export function errorBody(reason: string, field?: string): { errors: { reason: string; field?: string }[] } {
  return { errors: [field === undefined ? { reason } : { reason, field }] };
}

/** Content type exactly `application/json`: the vendor's Go client compares it, and Express would add a charset. */
export function answer(response: Response, status: number, body: unknown): void {
  response.status(status).setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(body));
}

/** Runs the route's work; its result is the 200 answer, a Refusal the error. */
export function route(work: (request: Request) => unknown): RequestHandler {
  return (request, response) => {
    try {
      answer(response, 200, work(request) ?? {});
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answer(response, error.status, errorBody(error.message, error.field));
    }
  };
}

export function accountOf(request: Request): SimAccount {
  return request.res!.locals['account'] as SimAccount;
}

export function bodyOf(request: Request): Record<string, unknown> {
  const body: unknown = request.body;
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : {};
}

export function stamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}

/** Filter, order and cut; the answer of every list. */
export function paged(request: Request, items: readonly object[]): { data: object[]; page: number; pages: number; results: number } {
  const page = wholeNumber(request.query['page'], 'page', 1);
  const size = wholeNumber(request.query['page_size'], 'page_size', 100);
  if (size < MIN_PAGE || size > MAX_PAGE) throw new Refusal(400, `Must be ${MIN_PAGE}-${MAX_PAGE}`, 'page_size');
  const chosen = filtered(request, items);
  const pages = Math.max(1, Math.ceil(chosen.length / size));
  if (page < 1) throw new Refusal(404, 'Not found');
  // A page beyond the last is there and empty: the vendor's plugin tries its token with page 100 of the plans.
  return { data: chosen.slice((page - 1) * size, page * size), page, pages, results: chosen.length };
}

function wholeNumber(value: unknown, field: string, fallback: number): number {
  if (value === undefined) return fallback;
  if (typeof value !== 'string' || !/^\d{1,9}$/.test(value)) throw new Refusal(400, 'Must be an integer', field);
  return Number(value);
}

type Filter = Record<string, unknown>;

function filtered(request: Request, items: readonly object[]): object[] {
  const header = request.header('x-filter');
  if (header === undefined || header === '') return [...items];
  let filter: unknown;
  try {
    filter = JSON.parse(header);
  } catch {
    throw new Refusal(400, 'X-Filter is not valid JSON', 'X-Filter');
  }
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter))
    throw new Refusal(400, 'X-Filter must be an object', 'X-Filter');
  for (const field of fieldsOf(filter as Filter)) {
    // What no item of a list has cannot be told apart from a list that is empty.
    if (items.length > 0 && !items.some((item) => String(field.split('.')[0]) in item))
      throw new Refusal(400, `Cannot filter on ${field}`, 'X-Filter');
  }
  const chosen = items.filter((item) => matches(item, filter as Filter));
  return ordered(chosen, filter as Filter);
}

function fieldsOf(filter: Filter): string[] {
  return Object.entries(filter).flatMap(([key, wanted]) => {
    if (key === '+and' || key === '+or') return (wanted as Filter[]).flatMap(fieldsOf);
    if (key === '+order_by') return [String(wanted)];
    return key === '+order' ? [] : [key];
  });
}

function ordered(items: object[], filter: Filter): object[] {
  const by = filter['+order_by'];
  if (typeof by !== 'string') return items;
  const sign = filter['+order'] === 'desc' ? -1 : 1;
  return items.sort((a, b) => sign * compare(valueAt(a, by), valueAt(b, by)));
}

function matches(item: object, filter: Filter): boolean {
  return Object.entries(filter).every(([key, wanted]) => {
    if (key === '+order_by' || key === '+order') return true;
    if (key === '+and') return (wanted as Filter[]).every((each) => matches(item, each));
    if (key === '+or') return (wanted as Filter[]).some((each) => matches(item, each));
    return fits(valueAt(item, key), wanted);
  });
}

function fits(value: unknown, wanted: unknown): boolean {
  if (Array.isArray(value)) return value.some((each) => fits(each, wanted));
  if (typeof wanted !== 'object' || wanted === null) return same(value, wanted);
  return Object.entries(wanted).every(([operator, operand]) => {
    switch (operator) {
      case '+contains':
        return String(value ?? '')
          .toLowerCase()
          .includes(String(operand).toLowerCase());
      case '+neq':
        return !same(value, operand);
      case '+gt':
        return compare(value, operand) > 0;
      case '+gte':
        return compare(value, operand) >= 0;
      case '+lt':
        return compare(value, operand) < 0;
      case '+lte':
        return compare(value, operand) <= 0;
      default:
        throw new Refusal(400, `Cannot filter on ${operator}`, 'X-Filter');
    }
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
