/** What is sold, on the wire: products, their prices, where they can be placed, and how many there are. */
import { z } from 'zod';
import { DayText, IdText, InstantText } from './fields.ts';
import { AccountId, Cursor, Flag, Limit, Timestamp } from './ids.ts';
import { OfferedProfile, ProfileName } from './setup-profile.ts';

export const INTERVALS = ['month', 'quarter', 'year'] as const;
export const Interval = z.enum(INTERVALS);
export type Interval = z.infer<typeof Interval>;

export const PRICE_ROUNDINGS = ['none', 'up_cent', 'end_99', 'end_49'] as const;
export type PriceRounding = (typeof PRICE_ROUNDINGS)[number];

export const ProductId = z.uuid('a product id is a UUID').brand<'ProductId'>();
export type ProductId = z.infer<typeof ProductId>;

/** ISO 4217. */
export const CurrencyCode = z
  .string()
  .regex(/^[A-Z]{3}$/, 'a currency code of three capital letters')
  .meta({ examples: ['EUR'] });
/** A decimal number; the currency says how many digits it may have after the point. */
export const AmountText = z
  .string()
  .regex(/^\d{1,15}(\.\d{1,4})?$/, 'a decimal number such as 12.50')
  .meta({ examples: ['12.50'] });
export const PercentText = z.string().regex(/^\d{1,4}(\.\d{1,4})?$/, 'a percentage such as 35 or 7.5');
/** A day, YYYY-MM-DD. */

const Name = z.string().trim().min(1).max(100);
const Description = z.string().trim().max(4_000);

/** One place where a product can be put, in order of preference. */
const CandidateFields = {
  account_id: AccountId,
  /** The provider's plan. */
  plan: IdText,
  /** Those of the provider that may be ordered; empty: all of the plan's. */
  regions: z.array(IdText).max(200).default([]),
  images: z.array(IdText).max(500).default([]),
};
export const CandidateRequest = z.strictObject(CandidateFields);
export const CandidatesRequest = z.strictObject({ candidates: z.array(CandidateRequest).max(50) });
export type CandidatesRequest = z.infer<typeof CandidatesRequest>;
export const Candidate = z.strictObject({
  id: z.uuid(),
  position: z.int(),
  /** Empty: the account is no more. */
  account_id: z.string(),
  account_name: z.string(),
  provider: z.string(),
  plan: z.string(),
  regions: z.array(z.string()),
  images: z.array(z.string()),
  /** What the provider asks for a month, as last seen. */
  cost: z.strictObject({ amount: z.string(), currency: z.string(), seen_at: Timestamp }).nullable(),
  available: z.boolean(),
  /** Why not. */
  reason: z.string().nullable(),
});

export const PriceRequest = z.strictObject({
  interval: Interval,
  currency: CurrencyCode,
  amount: AmountText,
  setup_fee: AmountText.default('0'),
  tax_behavior: z.enum(['exclusive', 'inclusive']).default('exclusive'),
  /** From when it holds; default: at once. The price before it ends then. */
  valid_from: InstantText.optional(),
});
export type PriceRequest = z.infer<typeof PriceRequest>;
export const Price = z.strictObject({
  id: z.uuid(),
  interval: Interval,
  currency: z.string(),
  amount: z.string(),
  setup_fee: z.string(),
  tax_behavior: z.enum(['exclusive', 'inclusive']),
  valid_from: Timestamp,
  valid_to: Timestamp.nullable(),
});
export type Price = z.infer<typeof Price>;

export const PriceRule = z.strictObject({
  percent: PercentText.default('0'),
  /** Added after the percentage, in whole units of the currency. */
  plus: AmountText.default('0'),
  currency: CurrencyCode,
  rounding: z.enum(PRICE_ROUNDINGS).default('none'),
  min_margin_percent: PercentText.default('0'),
});
export type PriceRule = z.infer<typeof PriceRule>;
/** What the rule makes of the costs that are known now. */
export const PriceSuggestion = z.strictObject({
  candidates: z.array(
    z.strictObject({
      candidate_id: z.uuid(),
      cost: z.strictObject({ amount: z.string(), currency: z.string() }).nullable(),
      price: z.string().nullable(),
      margin: z.string().nullable(),
      sellable: z.boolean(),
      reason: z.string().nullable(),
    }),
  ),
  currency: z.string(),
});

export const OptionKey = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'small letters, digits and underscores');
const OptionFields = {
  key: OptionKey,
  /** `image`: counts by itself where one of `images` is chosen; `storage` and `ips` are added by a person. */
  kind: z.enum(['image', 'backups', 'storage', 'ips']),
  name: Name,
  min: z.int().min(0).max(1_000_000).default(0),
  max: z.int().min(0).max(1_000_000).default(1),
  step: z.int().min(1).max(1_000_000).default(1),
  images: z.array(IdText).max(500).default([]),
};
/** Of one, a period. */
const OptionPrice = z.strictObject({ interval: Interval, currency: CurrencyCode, amount: AmountText });
export const OptionsRequest = z.strictObject({
  options: z.array(z.strictObject({ ...OptionFields, prices: z.array(OptionPrice).max(100) })).max(30),
});
export type OptionsRequest = z.infer<typeof OptionsRequest>;
export const ProductOption = z.strictObject({
  key: z.string(),
  kind: OptionFields.kind,
  name: z.string(),
  min: z.int(),
  max: z.int(),
  step: z.int(),
  images: z.array(z.string()),
  prices: z.array(z.strictObject({ interval: Interval, currency: z.string(), amount: z.string() })),
});
export const PriceChangeRequest = z.strictObject({
  interval: Interval,
  currency: CurrencyCode,
  amount: AmountText,
  /** The first day of the periods that cost it; at least 30 days ahead. */
  effective_on: DayText,
});
export const PriceChange = z.strictObject({
  id: z.uuid(),
  interval: Interval,
  currency: z.string(),
  amount: z.string(),
  effective_on: DayText,
  announced_by: z.string(),
  announced_at: Timestamp,
});
export const PriceChangeAnswer = z.strictObject({
  price_change: PriceChange,
  /** Subscriptions that will have it, each told. */
  subscriptions: z.int(),
});
export const PriceChangeList = z.strictObject({ price_changes: z.array(PriceChange) });

export const Stock = z.strictObject({
  /** null: without limit. */
  total: z.int().nullable(),
  reserved: z.int(),
  sold: z.int(),
  /** null: without limit. */
  free: z.int().nullable(),
});
export const StockRequest = z.strictObject({ total: z.int().min(0).max(1_000_000).nullable() });

const ProductFields = {
  name: Name,
  description: Description.default(''),
  kind: z.enum(['vps', 'dedicated']).default('vps'),
  visibility: z.enum(['public', 'hidden', 'retired']).default('hidden'),
  sort: z.int().min(-1_000).max(1_000).default(0),
  /** Lines for people. */
  features: z.array(z.string().trim().min(1).max(200)).max(50).default([]),
  /** `automatic`: a server is made at a candidate; `manual`: a person makes it. */
  module: z.enum(['automatic', 'manual']).default('automatic'),
  max_per_organization: z.int().min(1).max(10_000).nullable().default(null),
  once_per_reference: z.boolean().default(false),
  recommended: z.boolean().default(false),
  /** Days before the first period that cost nothing, once an organization; null: none. */
  trial_days: z.int().min(1).max(366).nullable().default(null),
  /** It is bought for so many months at least. */
  term_months: z.int().min(1).max(120).nullable().default(null),
  /** Set-up profiles that who bought it may choose where a system is written anew; the newest version of each. */
  setup_profiles: z.array(ProfileName).max(30).default([]),
};
export const ProductCreate = z.strictObject(ProductFields);
export type ProductCreate = z.infer<typeof ProductCreate>;
export const ProductPatch = z
  .strictObject({
    name: Name,
    description: Description,
    visibility: ProductFields.visibility.unwrap(),
    sort: ProductFields.sort.unwrap(),
    features: ProductFields.features.unwrap(),
    max_per_organization: z.int().min(1).max(10_000).nullable(),
    once_per_reference: z.boolean(),
    recommended: z.boolean(),
    trial_days: z.int().min(1).max(366).nullable(),
    term_months: z.int().min(1).max(120).nullable(),
    setup_profiles: ProductFields.setup_profiles.unwrap(),
  })
  .partial();
export type ProductPatch = z.infer<typeof ProductPatch>;

export const METERS = ['traffic', 'snapshot', 'hours'] as const;
/** traffic: GB that go out; snapshot: GB kept for a whole period; hours: of a server that is there, running or not. */
export const Meter = z.enum(METERS);
export const Quantity = z.string().regex(/^\d{1,12}(\.\d{1,4})?$/, 'a number such as 120 or 0.5');

export const ProductMeter = z.strictObject({
  meter: Meter,
  currency: CurrencyCode,
  /** Of one unit; as fine as eight digits after the point. */
  unit_price: z.string().regex(/^\d{1,9}(\.\d{1,8})?$/, 'a number such as 0.00745'),
  /** Of each period, for nothing. */
  included: Quantity.default('0'),
  /** What a period comes to at most. */
  cap: AmountText.nullable().default(null),
});
export const Product = z.strictObject({
  id: ProductId,
  /** The same product as a whole number, for clients that need one. */
  number: z.int(),
  name: z.string(),
  description: z.string(),
  kind: z.enum(['vps', 'dedicated']),
  visibility: z.enum(['public', 'hidden', 'retired']),
  sort: z.int(),
  features: z.array(z.string()),
  module: z.enum(['automatic', 'manual']),
  max_per_organization: z.int().nullable(),
  once_per_reference: z.boolean(),
  recommended: z.boolean(),
  trial_days: z.int().nullable(),
  term_months: z.int().nullable(),
  setup_profiles: z.array(z.string()),
  options: z.array(ProductOption),
  /** That hold now or later. */
  prices: z.array(Price),
  /** What is charged by use, beside the price. */
  meters: z.array(ProductMeter),
  /** Whether it can be ordered now. */
  available: z.boolean(),
  /** null for an organization's tokens. */
  stock: Stock.nullable(),
  candidates: z.array(Candidate).nullable(),
  price_rule: PriceRule.nullable(),
  created_at: Timestamp,
  updated_at: Timestamp,
});
export type Product = z.infer<typeof Product>;
export const ProductAnswer = z.strictObject({ product: Product });
export const ProductParams = z.strictObject({ id: ProductId });
export const ProductPriceParams = z.strictObject({ id: ProductId, price: z.uuid() });
export const ProductQuery = z.strictObject({ cursor: Cursor.optional(), limit: Limit, retired: Flag.default(false) });
export const ProductPage = z.strictObject({ products: z.array(Product), next: z.string().nullable() });

/** Where and with what a product can be ordered now, in people's words; an order names the ids. */
export const ProductChoices = z.strictObject({
  regions: z.array(z.strictObject({ id: z.string(), name: z.string(), country: z.string().nullable() })),
  images: z.array(z.strictObject({ id: z.string(), name: z.string(), family: z.enum(['linux', 'windows', 'other']) })),
  /** What may set the system up, beside nothing: for the seller any profile, for others those that the product offers. */
  setup_profiles: z.array(OfferedProfile),
});
export type ProductChoices = z.infer<typeof ProductChoices>;

export const ExchangeRate = z.strictObject({
  base: CurrencyCode,
  quote: CurrencyCode,
  /** What one unit of `base` is in `quote`. */
  rate: z.string().regex(/^\d{1,9}(\.\d{1,10})?$/, 'a decimal number such as 0.9215'),
});
export const ExchangeRateList = z.strictObject({ rates: z.array(ExchangeRate.extend({ at: Timestamp, source: z.string() })) });
