/** Taking over an older system's rows on the wire: previewed first, repeated without doubling, undone. */
import { z } from 'zod';
import { Timestamp } from '../ids.ts';

export const MovingSystem = z.enum(['A', 'B', 'C', 'D', 'E']);
export const MovingId = z.uuid('the id of an import is a UUID');
export const MovingParams = z.strictObject({ id: MovingId });
const Cell = z.union([z.string().max(4_000), z.number(), z.boolean(), z.null(), z.record(z.string(), z.json()), z.array(z.json())]);
export const MovingRequest = z.strictObject({
  system: MovingSystem,
  /** Columns by the older system's names; `kind` says what a row is, where a system has several. */
  rows: z
    .array(z.record(z.string().max(64), Cell))
    .min(1)
    .max(5_000),
  /** Nothing is written. */
  preview: z.boolean().default(false),
});
export type MovingRequest = z.output<typeof MovingRequest>;
export type MovingRow = MovingRequest['rows'][number];

export const MovingOutcome = z.enum(['created', 'known', 'refused']);
export const MovingAnswer = z.strictObject({
  /** Null: a preview, or nothing was taken over. */
  id: MovingId.nullable(),
  system: MovingSystem,
  preview: z.boolean(),
  summary: z.strictObject({ created: z.int(), known: z.int(), refused: z.int() }),
  rows: z.array(
    z.strictObject({
      /** In the file, from 1. */
      row: z.int(),
      kind: z.string(),
      key: z.string(),
      outcome: MovingOutcome,
      /** What it is here. */
      target_id: z.string().nullable(),
      /** Why not, and what to do. */
      reason: z.string().nullable(),
    }),
  ),
});
export const MovingList = z.strictObject({
  imports: z.array(
    z.strictObject({
      id: MovingId,
      system: MovingSystem,
      by: z.string(),
      rows: z.int(),
      created_at: Timestamp,
      undone_at: Timestamp.nullable(),
    }),
  ),
});
export const MovingUndone = z.strictObject({
  removed: z.int(),
  /** What is in use here by now, and so stays. */
  kept: z.array(z.strictObject({ kind: z.string(), key: z.string(), reason: z.string() })),
});
