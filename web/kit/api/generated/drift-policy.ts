/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { DriftPolicy } from './drift.ts';

export type DriftField = 'power' | 'plan' | 'label' | 'region' | 'addresses' | 'identity' | 'records';
export type DriftPolicyChange = { account_id: string; plan?: string | null; fields?: DriftField[]; policy: DriftPolicy | null };
export type DriftPolicyEntry = {
  account_id: string;
  plan: string | null;
  field: DriftField | null;
  policy: DriftPolicy;
  changed_by: string;
  changed_at: string;
};
export type DriftPolicyList = { rules: DriftPolicyEntry[] };
