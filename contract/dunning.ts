/** What happens to invoices that are not paid, as data. */
import { z } from 'zod';
import { Timestamp } from './ids.ts';

export const DunningStage = z.strictObject({
  /** Stands in the history of invoices: a name is for ever. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'small letters, digits and dashes'),
  act: z.enum(['remind', 'charge', 'notice', 'suspend', 'terminate', 'destroy']),
  /** From the start of the period that is unpaid; before it: negative. */
  days: z.int().min(-60).max(365),
  /** Of that day; left out: its first moment. */
  hour: z.int().min(0).max(23).optional(),
});
export const DunningPolicy = z.strictObject({
  name: z.string().trim().min(1).max(60),
  /** Days before a period at which its invoice is issued: of months and quarters, of years. */
  issue_days: z.int().min(1).max(60).default(14),
  issue_days_of_year: z.int().min(1).max(60).default(30),
  /** After an outage of ours: days before anything harms the customer. */
  grace_days: z.int().min(0).max(60).default(3),
  stages: z.array(DunningStage).min(1).max(40),
  /** For everybody who has no policy of their own. */
  is_default: z.boolean().default(false),
});
export type DunningPolicy = z.infer<typeof DunningPolicy>;
export const DunningPolicyShown = DunningPolicy.extend({ id: z.uuid().nullable(), updated_at: Timestamp.nullable() });
export const DunningPolicyList = z.strictObject({ policies: z.array(DunningPolicyShown) });
export const DunningPolicyAnswer = z.strictObject({ policy: DunningPolicyShown });
export const DunningPolicyOf = z.strictObject({
  /** Null: the default one. */
  policy_id: z.uuid().nullable(),
});
