/** Vultr's manners: compact errors without codes, texts that clients match, cursor pages. */
import { Refusal, type RefusalKind } from '../../../simulator/cloud/model.ts';
import type { Call, Words } from '../../../simulator/cloud/wire.ts';

/** What the fault switches make, and paths that are not there. */
const TEXTS: Readonly<Record<number, string>> = {
  400: 'Bad Request.',
  401: 'Invalid API token.',
  403: 'Forbidden.',
  404: 'Not found.',
  429: 'Too many requests.',
  500: 'Internal server error.',
  503: 'Service unavailable.',
};

/** 400 where nothing else is said. A locked server is a 500, and nothing is done (vultr/ansible-collection-vultr #89, #113, #131). */
const STATUS: Partial<Readonly<Record<RefusalKind, number>>> = {
  credentials: 401,
  forbidden: 403,
  read_only: 403,
  not_found: 404,
  rate_limited: 429,
  locked: 500,
  broken: 500,
};
/** Vultr's words for what the cloud refuses of itself. */
const SAID: Partial<Readonly<Record<RefusalKind, string>>> = {
  credentials: 'Invalid API token.',
  read_only: 'This API key is not authorized to make changes.',
  rate_limited: 'Rate limit exceeded.',
  sold_out: 'Server add failed: Plan is not available in the selected region.',
  unpaid: 'Server add failed: The account has insufficient funds.',
  quota:
    'Server add failed: You have reached the maximum number of active virtual machines for this account. ' +
    'For security reasons, please contact our support team to have the limit raised',
};

/** Field order matters to nobody, spaces do: the vendor's provider searches for `"status":404`. */
export const words: Words = {
  refuse(kind, message) {
    const status = STATUS[kind] ?? 400;
    return { status, body: { error: SAID[kind] ?? message.replace(/^server not found$/, 'instance not found'), status } };
  },
};

export function errorAnswer(status: number): { body: unknown } {
  return { body: { error: TEXTS[status] ?? 'Request failed.', status } };
}

export const invalid = (text: string): Refusal => new Refusal('invalid', text);
/** `doing` as in "Unable to reinstall server". */
export const locked = (doing: string, what = 'Server'): Refusal => new Refusal('locked', `Unable to ${doing}: ${what} is currently locked`);

/** One page with Vultr's meta object; the cursor is the opaque place of the next item. */
export function page(call: Call, key: string, items: readonly unknown[]): object {
  const asked = Number(call.query('per_page') ?? 100);
  const size = Math.min(500, Number.isInteger(asked) && asked > 0 ? asked : 100);
  const start = offsetOf(call.query('cursor') ?? '');
  const cursor = (offset: number): string => Buffer.from(`next__${offset}`).toString('base64');
  const links = {
    next: start + size < items.length ? cursor(start + size) : '',
    prev: start > 0 ? cursor(Math.max(0, start - size)) : '',
  };
  return { [key]: items.slice(start, start + size), meta: { total: items.length, links } };
}

function offsetOf(cursor: string): number {
  if (cursor === '') return 0;
  const offset = /^next__(\d+)$/.exec(Buffer.from(cursor, 'base64').toString())?.[1];
  if (offset === undefined) throw invalid('Invalid cursor.');
  return Number(offset);
}

/** A text of the body; what is no text counts as none. */
export function textOf(call: Call, key: string): string {
  const value = call.body[key];
  return typeof value === 'string' ? value : '';
}

export function required(call: Call, key: string): string {
  const value = textOf(call, key);
  if (value === '') throw invalid(`The ${key} field is required.`);
  return value;
}
