/** Vultr's manners: compact errors without codes, texts that clients match, cursor pages. */
import type { Collection } from '../../simulation.ts';
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

/**
 * The status of a refusal, 400 where none is said, and Vultr's words for what the cloud refuses of itself. A locked server is a 500,
 * and nothing is done (vultr/ansible-collection-vultr #89, #113, #131).
 */
const REFUSALS: Partial<Readonly<Record<RefusalKind, readonly [status: number, text?: string]>>> = {
  credentials: [401, 'Invalid API token.'],
  forbidden: [403],
  read_only: [403, 'This API key is not authorized to make changes.'],
  not_found: [404],
  rate_limited: [429, 'Rate limit exceeded.'],
  locked: [500],
  broken: [500],
  sold_out: [400, 'Server add failed: Plan is not available in the selected region.'],
  unpaid: [400, 'Server add failed: The account has insufficient funds.'],
  quota: [
    400,
    'Server add failed: You have reached the maximum number of active virtual machines for this account. ' +
      'For security reasons, please contact our support team to have the limit raised',
  ],
};

/** Field order matters to nobody, spaces do: the vendor's provider searches for `"status":404`. */
export const words: Words = {
  refuse(kind, message) {
    const [status, text] = REFUSALS[kind] ?? [400];
    return { status, body: { error: text ?? message.replace(/^server not found$/, 'instance not found'), status } };
  },
};

export function errorAnswer(status: number): { body: unknown } {
  return { body: { error: TEXTS[status] ?? 'Request failed.', status } };
}

export const invalid = (text: string): Refusal => new Refusal('invalid', text);
/** `doing` as in "Unable to reinstall server". */
export const locked = (doing: string, what = 'Server'): Refusal => new Refusal('locked', `Unable to ${doing}: ${what} is currently locked`);

/** The body of an answer that promises: 202. */
export function accepted<T>(call: Call, body: T): T {
  call.response.status(202);
  return body;
}

/** One page with Vultr's meta object; the cursor is the opaque place of the next item. */
export function page<T>(call: Call, key: string, items: readonly T[], show = (item: T): unknown => item): object {
  const asked = Number(call.query('per_page') ?? 100);
  const size = Math.min(500, Number.isInteger(asked) && asked > 0 ? asked : 100);
  const start = offsetOf(call.query('cursor') ?? '');
  const cursor = (isThere: boolean, offset: number): string =>
    isThere ? Buffer.from(`next__${Math.max(0, offset)}`).toString('base64') : '';
  const links = { next: cursor(start + size < items.length, start + size), prev: cursor(start > 0, start - size) };
  return { [key]: items.slice(start, start + size).map((item) => show(item)), meta: { total: items.length, links } };
}

function offsetOf(cursor: string): number {
  if (cursor === '') return 0;
  const offset = /^next__(\d+)$/.exec(Buffer.from(cursor, 'base64').toString())?.[1];
  if (offset === undefined) throw invalid('Invalid cursor.');
  return Number(offset);
}

/** What the caller's account has of it. */
export function owned<T extends { id: string; account: string }>(call: Call, collection: Collection<T>): T[] {
  return collection.filter(({ account }) => account === call.account.id);
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
