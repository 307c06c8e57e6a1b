/** What changed, of everything that a token may see, on the wire. */
import { z } from 'zod';
import { EventKind, Topic } from './events.ts';
import { OperationId, Timestamp, VpsId } from './ids.ts';

/** A number of the database, of 64 bits, without leading zeros: it would read those as octal. With a second one: of a former release. */
const ChangeCursor = z.string().regex(/^(0|[1-9]\d{0,18})(-(0|[1-9]\d{0,18}))?$/, 'use the id of the last event, unchanged');

/** A notice, not the thing: ask for what you show. */
export const Change = z.strictObject({
  id: ChangeCursor,
  kind: EventKind,
  /** null: it is about something else. */
  vps_id: VpsId.nullable(),
  /** null: the VPS itself changed, or it is about something else. */
  operation_id: OperationId.nullable(),
  /** Of the operation, the VPS, or the bulk run. */
  status: z.string().nullable(),
  /** The ids that it carries, by its kind. */
  data: z.record(z.string(), z.unknown()),
  at: Timestamp,
});
export type Change = z.infer<typeof Change>;

const TopicList = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(Topic).min(1))
  .meta({ type: 'string', example: 'vps,operation,drift' });

export const ChangeQuery = z.strictObject({
  /** Left out: from now on. */
  after: ChangeCursor.optional(),
  /** With commas between them; of those, what the token may see. Left out: vps and operation. */
  topics: TopicList.optional(),
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
