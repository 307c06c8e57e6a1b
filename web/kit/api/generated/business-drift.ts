/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { CreditBalance } from './billing.ts';

export type BusinessDrift = {
  id: string;
  kind: BusinessDriftKind;
  organization_id: string | null;
  subscription_id: string | null;
  vps_id: string | null;
  product_id: string | null;
  account_id: string | null;
  monthly: { amount: string; currency: string } | null;
  message: string;
  remedy: string;
  found_at: string;
  last_seen_at: string;
  resolved_at: string | null;
};
export type BusinessDriftKind =
  | 'paid-without-server'
  | 'server-without-subscription'
  | 'plan-other-than-sold'
  | 'price-below-cost'
  | 'suspended-but-running'
  | 'running-but-unpaid'
  | 'ended-but-billed';
export type BusinessDriftList = { drifts: BusinessDrift[]; monthly: CreditBalance[] };
export type ProviderBill = {
  account_id: string;
  account_name: string;
  month: string;
  source: 'bill' | 'estimate';
  lines: ProviderBillLine[];
  totals: { currency: string; amount: string; explained: string; unexplained: string; estimate: string }[];
};
export type ProviderBillLine = {
  external_id: string | null;
  description: string;
  amount: string;
  currency: string;
  explained_by: 'vps' | 'snapshot' | 'orphan' | 'nothing';
  vps_id: string | null;
  object_id: string | null;
};
export type ProviderBillList = { bills: ProviderBill[] };
export type ProviderBillRequest = {
  account_id: string;
  month: string;
  lines: { external_id: string; object_id?: string | null; description?: string; amount: string; currency: string }[];
  whole?: boolean;
};
export type Report = { report: 'revenue' | 'margin' | 'churn' | 'unpaid'; columns: string[]; rows: (string | null)[][] };
