/** Listings that a provider gives page by page. */
import type { Page } from './provider.ts';

/** A listing with more pages than this is not read: the cursor of a broken answer may lead in circles. */
const MAX_PAGES = 5_000;

/**
 * Everything of a listing, in the provider's order.
 * @param ask reads the page at a cursor; null is the first
 * @throws Error when the listing does not end
 */
export async function everyItem<T>(ask: (cursor: string | null) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  for (let count = 1; ; count++) {
    const { items, next }: Page<T> = await ask(cursor);
    all.push(...items);
    if (next === null) return all;
    if (next === cursor || count >= MAX_PAGES) throw new Error(`The listing does not end: page ${count} leads on to "${next}".`);
    cursor = next;
  }
}
