/** A VPS's stack on the wire: what `plinth stack pull` writes into Pulumi's own config file. */
import { z } from 'zod';

/** A secret as the stack's own ciphertext, in the form of Pulumi's config files. */
const SecureValue = z.strictObject({ secure: z.string() });

export const StackAnswer = z.strictObject({
  /** Slug; the stack's full name is organization/project/stack. */
  organization: z.string(),
  project: z.string(),
  stack: z.string(),
  /** By `namespace:key`; no readable secret. */
  config: z.record(z.string(), z.union([SecureValue, z.json()])),
});
export type StackAnswer = z.infer<typeof StackAnswer>;
