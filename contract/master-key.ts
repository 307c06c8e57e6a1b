/** The master key on the wire: ids and counts, never a key. */
import { z } from 'zod';

export const MasterKeyState = z.strictObject({
  /** Id of the key that seals new values: a digest, useless to decrypt with. */
  key_id: z.string(),
  keys: z.array(z.strictObject({ key_id: z.string(), values: z.int(), loaded: z.boolean() })),
});
export type MasterKeyState = z.infer<typeof MasterKeyState>;

export const MasterKeyRotated = MasterKeyState.extend({
  rewrapped: z.int(),
  /** Values that could not be moved, at most 50 of them. */
  unreadable: z.array(z.strictObject({ table: z.string(), column: z.string(), id: z.string(), reason: z.string() })),
  /** False: ask again, or repair what is unreadable. */
  done: z.boolean(),
});
export type MasterKeyRotated = z.infer<typeof MasterKeyRotated>;
