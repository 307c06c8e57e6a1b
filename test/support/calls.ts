/** What an account was asked for, as the simulated clouds logged it. */
import type { Shop } from './shop.ts';

/** Calls of an account in order, as method and path, without what differs from one server to the next. */
export async function callsOf(shop: Shop, token: string): Promise<string[]> {
  const log: { method: string; path: string }[] = await shop.control('GET', `/requests?limit=2000&account=${token}`);
  return log.toReversed().map(({ method, path }) => `${method} ${pattern(path)}`);
}

function pattern(path: string): string {
  const [bare = '', query = ''] = path.split('?');
  // Amazon's reads all have one path.
  const action = new URLSearchParams(query).get('Action');
  return bare.replaceAll(/\/(\d+|[0-9a-f-]{32,36})(?=\/|$)/g, '/:id') + (action === null ? '' : `?${action}`);
}

/** Of the same question, asked between two changes, those that stand for all: its first two and its last. */
const FIRST = 2;

/**
 * Indexes of the calls at which the world differs: every change, and of each read that is repeated between two changes, which
 * only waits, its first two and its last.
 */
export function tellingCalls(calls: readonly string[]): number[] {
  const seen = new Map<string, number[]>();
  let changes = 0;
  for (const [index, call] of calls.entries()) {
    const key = call.startsWith('GET ') ? `${changes} ${call}` : `change ${index}`;
    if (!call.startsWith('GET ')) changes++;
    seen.set(key, [...(seen.get(key) ?? []), index]);
  }
  return [...seen.values()]
    .flatMap((indexes) => (indexes.length > FIRST + 1 ? [...indexes.slice(0, FIRST), indexes.at(-1)!] : indexes))
    .toSorted((a, b) => a - b);
}
