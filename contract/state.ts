/** Stacks' state, for the people who look after it, on the wire. */
import { z } from 'zod';
import { Reason } from './fields.ts';
import { Timestamp, VpsId } from './ids.ts';

export const StackUpdate = z.strictObject({
  version: z.int(),
  kind: z.string(),
  status: z.string(),
  actor: z.string(),
  message: z.string(),
  changes: z.record(z.string(), z.int()),
  started_at: Timestamp.nullable(),
  ended_at: Timestamp.nullable(),
  /** The state after it is still kept, so one can go back to it. */
  kept: z.boolean(),
});
export const StackHistory = z.strictObject({
  stack: z.string(),
  /** The version in force; 0 before the first. */
  version: z.int(),
  updates: z.array(StackUpdate),
});
export type StackHistory = z.infer<typeof StackHistory>;
export const StackHistoryQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) });
export const StackVersionParams = z.strictObject({ id: VpsId, version: z.coerce.number().int().min(1).max(2_147_483_647) });

/** What the stack holds, as last recorded. No inputs and no outputs: those may be secrets. */
export const StackResource = z.strictObject({
  urn: z.string(),
  type: z.string(),
  name: z.string(),
  /** URN of the one it belongs to. */
  parent: z.string().nullable(),
  /** The provider's own id; null for what exists in the stack only. */
  provider_id: z.string().nullable(),
  /** Refused to be deleted by any update that was not ordered. */
  protect: z.boolean(),
  /** URNs of what it stands on. */
  dependencies: z.array(z.string()),
});
export type StackResource = z.infer<typeof StackResource>;
export const StackResources = z.strictObject({
  /** The version of the state it was read from; null before the first update. */
  version: z.int().nullable(),
  resources: z.array(StackResource),
});
export type StackResources = z.infer<typeof StackResources>;

/** A kept version as Pulumi exports it; secrets are the stack's own ciphertext. */
export const StackExport = z.strictObject({
  stack: z.string(),
  version: z.int(),
  deployment: z.strictObject({ version: z.int(), deployment: z.json() }),
});
export type StackExport = z.infer<typeof StackExport>;

export const StackRollback = z.strictObject({
  version: z.int().min(1),
  reason: Reason.meta({ examples: ['the import of yesterday was wrong'] }),
});
export const StackRolledBack = z.strictObject({ stack: z.string(), from: z.int(), to: z.int(), version: z.int() });
export type StackRolledBack = z.infer<typeof StackRolledBack>;

export const StateVerifyQuery = z.strictObject({
  after: z.uuid('use the `next` of the page before, unchanged').optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export const StateVerified = z.strictObject({
  checked: z.int(),
  problems: z.array(z.strictObject({ stack: z.string(), rule: z.string(), remedy: z.string() })),
  next: z.string().nullable(),
});
export type StateVerified = z.infer<typeof StateVerified>;
