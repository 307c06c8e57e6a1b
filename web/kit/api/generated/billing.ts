/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type BillingProfile = {
  organization_id: string;
  name: string;
  address: string[];
  country: string;
  region: string | null;
  currency: string;
  currency_fixed: boolean;
  tax_id: string | null;
  tax_id_valid: boolean;
  tax_exempt: boolean;
  email: string | null;
  locale: 'en' | 'de';
  time_zone: string;
};
export type BillingProfileAnswer = { profile: BillingProfile };
export type BillingProfileChange = {
  name: string;
  address: string[];
  country: string;
  region?: string | null;
  currency: string;
  tax_id?: string | null;
  tax_exempt?: boolean;
  email?: string | null;
  locale?: 'en' | 'de';
  time_zone?: string;
};
export type CreditAnswer = { balance: CreditBalance };
export type CreditBalance = { currency: string; amount: string };
export type CreditChange = { organization_id: string; amount: unknown & unknown; reason: string };
export type CreditEntry = {
  id: string;
  organization_id: string;
  amount: string;
  currency: string;
  kind: 'topup' | 'downgrade' | 'overpayment' | 'goodwill' | 'applied' | 'refunded' | 'expired' | 'cancellation' | 'void' | 'unapplied';
  invoice_id: string | null;
  note: string | null;
  actor: string;
  at: string;
};
export type CreditPage = { organization_id: string; balances: CreditBalance[]; entries: CreditEntry[]; next: string | null };
export type Seller = {
  name: string;
  address: string[];
  country: string;
  currency: string;
  tax_id: string | null;
  email: string | null;
  bank: string | null;
  time_zone: string;
};
export type SellerAnswer = { seller: Seller };
export type TaxRate = {
  id: string;
  name: string;
  country: string;
  region: string | null;
  percent: string;
  reverse_charge: 'none' | 'business_abroad';
  valid_from: string;
  valid_to: string | null;
};
export type TaxRateAnswer = { tax_rate: TaxRate };
export type TaxRateCreate = {
  name: string;
  country: string;
  region?: string | null;
  percent: string;
  reverse_charge?: 'none' | 'business_abroad';
  valid_from: string;
};
export type TaxRateEnd = { valid_to: string | null };
export type TaxRateList = { tax_rates: TaxRate[] };
export type VatCheck = { number: string; result: 'valid' | 'invalid' | 'unavailable'; evidence: Record<string, unknown>; at: string };
export type VatCheckAnswer = { check: VatCheck };
export type VatCheckList = { checks: VatCheck[] };
