/** What is kept of a person, and forgetting them. */
import { z } from 'zod';
import { Timestamp } from './ids.ts';
import { UserId } from './people.ts';

export const PersonExport = z.strictObject({
  made_at: Timestamp,
  user_id: UserId,
  /** By table, as it is kept; secrets left out. `complete` false: there are more rows than are shown. */
  tables: z.record(z.string(), z.strictObject({ rows: z.array(z.record(z.string(), z.json())), complete: z.boolean() })),
});

const Reason = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .meta({ examples: ['asked by mail'] });
export const PersonErase = z.strictObject({ reason: Reason });
/** Of oneself: written out, so that nobody does it by chance. */
export const SelfErase = z.strictObject({ email: z.string().max(254) });
export const PersonErased = z.strictObject({
  user_id: UserId,
  /** What stands where the name stood. */
  pseudonym: z.string(),
  /** By table: deleted, or given the pseudonym. */
  rows: z.record(z.string(), z.int()),
  stays: z.array(z.strictObject({ table: z.string(), why: z.string() })),
});
