/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { OfferedProfile } from './setup-profile.ts';

export type Candidate = {
  id: string;
  position: number;
  account_id: string;
  account_name: string;
  provider: string;
  plan: string;
  regions: string[];
  images: string[];
  cost: { amount: string; currency: string; seen_at: string } | null;
  available: boolean;
  reason: string | null;
};
export type CandidateRequest = { account_id: string; plan: string; regions?: string[]; images?: string[] };
export type CandidatesRequest = { candidates: CandidateRequest[] };
export type ExchangeRate = { base: string; quote: string; rate: string };
export type ExchangeRateList = { rates: { base: string; quote: string; rate: string; at: string; source: string }[] };
export type Interval = 'month' | 'quarter' | 'year';
export type Meter = 'traffic' | 'snapshot' | 'hours';
export type OptionsRequest = {
  options: {
    key: string;
    kind: 'image' | 'backups' | 'storage' | 'ips';
    name: string;
    min?: number;
    max?: number;
    step?: number;
    images?: string[];
    prices: { interval: Interval; currency: string; amount: string }[];
  }[];
};
export type Price = {
  id: string;
  interval: Interval;
  currency: string;
  amount: string;
  setup_fee: string;
  tax_behavior: 'exclusive' | 'inclusive';
  valid_from: string;
  valid_to: string | null;
};
export type PriceChange = {
  id: string;
  interval: Interval;
  currency: string;
  amount: string;
  effective_on: string;
  announced_by: string;
  announced_at: string;
};
export type PriceChangeAnswer = { price_change: PriceChange; subscriptions: number };
export type PriceChangeList = { price_changes: PriceChange[] };
export type PriceChangeRequest = { interval: Interval; currency: string; amount: string; effective_on: string };
export type PriceRequest = {
  interval: Interval;
  currency: string;
  amount: string;
  setup_fee?: string;
  tax_behavior?: 'exclusive' | 'inclusive';
  valid_from?: string;
};
export type PriceRule = {
  percent: string;
  plus: string;
  currency: string;
  rounding: 'none' | 'up_cent' | 'end_99' | 'end_49';
  min_margin_percent: string;
};
export type PriceRuleInput = {
  percent?: string;
  plus?: string;
  currency: string;
  rounding?: 'none' | 'up_cent' | 'end_99' | 'end_49';
  min_margin_percent?: string;
};
export type PriceSuggestion = {
  candidates: {
    candidate_id: string;
    cost: { amount: string; currency: string } | null;
    price: string | null;
    margin: string | null;
    sellable: boolean;
    reason: string | null;
  }[];
  currency: string;
};
export type Product = {
  id: string;
  number: number;
  name: string;
  description: string;
  kind: 'vps' | 'dedicated';
  visibility: 'public' | 'hidden' | 'retired';
  sort: number;
  features: string[];
  module: 'automatic' | 'manual';
  max_per_organization: number | null;
  once_per_reference: boolean;
  recommended: boolean;
  trial_days: number | null;
  term_months: number | null;
  setup_profiles: string[];
  options: ProductOption[];
  prices: Price[];
  meters: ProductMeter[];
  available: boolean;
  stock: Stock | null;
  candidates: Candidate[] | null;
  price_rule: PriceRule | null;
  created_at: string;
  updated_at: string;
};
export type ProductAnswer = { product: Product };
export type ProductChoices = {
  regions: { id: string; name: string; country: string | null }[];
  images: { id: string; name: string; family: 'linux' | 'windows' | 'other' }[];
  setup_profiles: OfferedProfile[];
};
export type ProductCreate = {
  name: string;
  description?: string;
  kind?: 'vps' | 'dedicated';
  visibility?: 'public' | 'hidden' | 'retired';
  sort?: number;
  features?: string[];
  module?: 'automatic' | 'manual';
  max_per_organization?: number | null;
  once_per_reference?: boolean;
  recommended?: boolean;
  trial_days?: number | null;
  term_months?: number | null;
  setup_profiles?: string[];
};
export type ProductMeter = { meter: Meter; currency: string; unit_price: string; included: string; cap: string | null };
export type ProductMeterInput = { meter: Meter; currency: string; unit_price: string; included?: string; cap?: string | null };
export type ProductOption = {
  key: string;
  kind: 'image' | 'backups' | 'storage' | 'ips';
  name: string;
  min: number;
  max: number;
  step: number;
  images: string[];
  prices: { interval: Interval; currency: string; amount: string }[];
};
export type ProductPage = { products: Product[]; next: string | null };
export type ProductPatch = {
  name?: string;
  description?: string;
  visibility?: 'public' | 'hidden' | 'retired';
  sort?: number;
  features?: string[];
  max_per_organization?: number | null;
  once_per_reference?: boolean;
  recommended?: boolean;
  trial_days?: number | null;
  term_months?: number | null;
  setup_profiles?: string[];
};
export type Stock = { total: number | null; reserved: number; sold: number; free: number | null };
export type StockRequest = { total: number | null };
