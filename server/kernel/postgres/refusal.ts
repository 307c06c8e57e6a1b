/** What callers are told while the database is away: it is not their mistake, and the same request is right again in a moment. */
import { Refusal } from '../problem.ts';
import { databaseTrouble } from './trouble.ts';

export const UNREACHABLE = new Refusal(
  503,
  'database_unreachable',
  'The database cannot be reached. Nothing is lost; send the same again in a few seconds.',
  [],
  { 'retry-after': '5' },
);

const FULL = new Refusal(
  503,
  'disk_full',
  'The database’s disk is full, so this was not written. Make room there, then send the same again.',
  [],
  { 'retry-after': '30' },
);

/** A 503 with Retry-After, or null when the database is not the reason. */
export function databaseRefusal(error: unknown): Refusal | null {
  const trouble = databaseTrouble(error);
  if (trouble === null) return null;
  if (trouble === 'unreachable') return UNREACHABLE;
  if (trouble === 'full') return FULL;
  return new Refusal(503, 'database_busy', 'The database did not answer in time. Send the same again in a few seconds.', [], {
    'retry-after': '2',
  });
}
