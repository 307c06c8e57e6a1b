/** Positions in lists: what a page's `next` says, and what a caller sends back as `cursor`. */
import { refuseField } from '../problem.ts';
import type { Place } from '../listing.ts';

/** The position of one row: the value it is sorted by, and its id. */
export function encodeCursor([value, id]: Place): string {
  return Buffer.from(JSON.stringify([value, id])).toString('base64url');
}

/** @throws Refusal for anything that `encodeCursor` did not write; `dated`: a list sorted by a time. */
export function decodeCursor(cursor: string | undefined, dated: boolean): Place | undefined {
  if (cursor === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (
      Array.isArray(value) &&
      value.length === 2 &&
      value.every((part) => typeof part === 'string' && part.length < 200 && !part.includes('\0'))
    ) {
      const [first, id] = value as [string, string];
      if (!dated || !Number.isNaN(Date.parse(first))) return [first, id];
    }
  } catch {
    // Falls through to the refusal: not JSON is as wrong as the wrong JSON.
  }
  throw refuseField('cursor', 'is not a position in this list', 'Use the `next` of the page before with the same sort.');
}

/** The page out of `rows`, which hold one more than `limit` when another page follows. */
export function pageOf<Row>(rows: readonly Row[], limit: number, placeOf: (row: Row) => Place): { page: Row[]; next: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { page, next: rows.length > limit && last !== undefined ? encodeCursor(placeOf(last)) : null };
}

export function placeInTime({ createdAt, id }: { readonly createdAt: Date; readonly id: string }): Place {
  return [createdAt.toISOString(), id];
}
