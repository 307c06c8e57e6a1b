/** What changed, of all VPSes and operations that a token may see, on the wire. */
import { z } from 'zod';
import { OperationId, Timestamp, VpsId } from './ids.ts';

/** Two numbers of the database, of 64 bits each, without leading zeros: it would read those as octal. */
const ChangeCursor = z
  .string()
  .regex(/^(0|[1-9]\d{0,18})-(0|[1-9]\d{0,17}|[1-8]\d{18}|9223372036854775807)$/, 'use the id of the last event, unchanged');

/** A notice, not the thing: ask for what you show. */
export const Change = z.strictObject({
  id: ChangeCursor,
  vps_id: VpsId,
  /** null: the VPS itself changed. */
  operation_id: OperationId.nullable(),
  /** Of the operation, or else of the VPS. */
  status: z.string(),
  at: Timestamp,
});
export type Change = z.infer<typeof Change>;

export const ChangeQuery = z.strictObject({
  /** Left out: from now on. */
  after: ChangeCursor.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(500),
});
export const ChangePage = z.strictObject({
  changes: z.array(Change),
  /** Go on after this. */
  last: ChangeCursor,
  /** True: what came after `after` is no longer known. Ask for everything anew. */
  reset: z.boolean(),
});
export type ChangePage = z.infer<typeof ChangePage>;
