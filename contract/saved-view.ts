/** Looks at a list that a person keeps under a name: what it shows, in what order. */
import { z } from 'zod';
import { Timestamp } from './ids.ts';

/** The lists that have views. */
export const ViewedList = z.enum(['vps']);
export const ViewName = z.string().trim().min(1).max(40);
const MOST_BYTES = 2_048;

/** As the list's address has it, by the names of its parts. */
const ViewSearch = z
  .record(z.string().min(1).max(60), z.union([z.string(), z.boolean(), z.number()]))
  .refine((search) => new TextEncoder().encode(JSON.stringify(search)).length <= MOST_BYTES, `at most ${MOST_BYTES} bytes as JSON`)
  .meta({ examples: [{ status: 'error', sort: 'label' }] });

export const SavedView = z.strictObject({ list: ViewedList, name: z.string(), search: ViewSearch, changed_at: Timestamp });
export type SavedView = z.infer<typeof SavedView>;
export const SavedViewQuery = z.strictObject({ list: ViewedList.optional() });
export const SavedViewParams = z.strictObject({ list: ViewedList, name: ViewName });
export const SavedViewPut = z.strictObject({ search: ViewSearch });
export const SavedViewList = z.strictObject({ views: z.array(SavedView) });
export const SavedViewAnswer = z.strictObject({ view: SavedView });
