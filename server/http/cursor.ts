/** Reads a page position that `encodeCursor` wrote; anything else is the caller's mistake. */
import { refuseField } from '../problem.ts';

export function decodeCursor(cursor: string | undefined, dated: boolean): readonly [string, string] | undefined {
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
