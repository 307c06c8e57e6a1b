/** Rules for what is done about drift without asking, by plan and by kind of difference. */
import { z } from 'zod';
import { DriftPolicy } from './drift.ts';
import { IdText } from './fields.ts';
import { AccountId, Timestamp } from './ids.ts';
import { DRIFT_FIELDS } from './words.ts';

export { DRIFT_FIELDS } from './words.ts';

export const DriftField = z.enum(DRIFT_FIELDS);
export type DriftField = z.infer<typeof DriftField>;

/** What it names must both fit; null fits everything. The most specific rule wins, then the account's own policy. */
export const DriftPolicyEntry = z.strictObject({
  account_id: AccountId,
  /** The plan that the VPS is meant to have. */
  plan: z.string().nullable(),
  field: DriftField.nullable(),
  policy: DriftPolicy,
  changed_by: z.string(),
  changed_at: Timestamp,
});
export type DriftPolicyEntry = z.infer<typeof DriftPolicyEntry>;
export const DriftPolicyList = z.strictObject({ rules: z.array(DriftPolicyEntry) });
export const DriftPolicyQuery = z.strictObject({ account_id: AccountId.optional() });

/** One rule for each of `fields`, or one for all kinds of difference. A policy of null takes the rules away. */
export const DriftPolicyChange = z
  .strictObject({
    account_id: AccountId,
    plan: IdText.nullable().default(null),
    fields: z.array(DriftField).max(DRIFT_FIELDS.length).default([]),
    policy: DriftPolicy.nullable(),
  })
  .refine((body) => body.plan !== null || body.fields.length > 0, {
    message: 'a rule names a plan, fields or both; the policy for everything else is the account’s own (PUT /api/admin/kill-switches)',
    path: ['fields'],
  });
