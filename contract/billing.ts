/** Who sells, who buys, what tax applies, and credit, on the wire. Amounts are decimal texts with the currency's own digits. */
import { z } from 'zod';
import { DayText, Reason } from './fields.ts';
import { Cursor, Limit, OrganizationId, Timestamp } from './ids.ts';

/** `12.50`; `-0.05`; `1250` in a currency without smaller units. Of exactly, or at most, the currency's digits. */
export const AmountText = z.string().regex(/^-?\d{1,15}(\.\d{1,4})?$/, 'a decimal number such as 12.50');
/** More than nothing. */
export const PositiveAmount = AmountText.regex(/[1-9]/, 'more than zero').regex(/^\d/, 'more than zero');
export const Currency = z.string().regex(/^[A-Z]{3}$/, 'three capital letters of ISO 4217, such as EUR');
export const Country = z.string().regex(/^[A-Z]{2}$/, 'two capital letters of ISO 3166, such as DE');
/** One line of text, without control characters: it is printed. */
const printed = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u, 'one line of text');
export const PrintedText = printed(300);
const Address = z.array(printed(120)).max(6);
const TaxId = z.string().regex(/^[A-Z0-9][A-Z0-9 .+*-]{2,30}$/, 'as the tax office writes it, such as DE123456789');
const Email = z.email().max(254);
export const LOCALES = ['en', 'de'] as const;

/** The installation's own. Invoices copy it when they are made. */
export const Seller = z.strictObject({
  name: printed(200),
  /** Without the name and the country. */
  address: Address,
  country: Country,
  /** Of organizations that have not said theirs. */
  currency: Currency,
  tax_id: TaxId.nullable(),
  email: Email.nullable(),
  /** Where transfers go, as it is printed. */
  bank: printed(300).nullable(),
  time_zone: z.string().min(1).max(60),
});
export type Seller = z.infer<typeof Seller>;
export const SellerAnswer = z.strictObject({ seller: Seller });

export const BillingProfile = z.strictObject({
  organization_id: OrganizationId,
  name: z.string(),
  address: z.array(z.string()),
  country: z.string(),
  region: z.string().nullable(),
  currency: z.string(),
  /** No other is possible any more: an invoice was issued. */
  currency_fixed: z.boolean(),
  tax_id: z.string().nullable(),
  /** A tax office said so; the evidence is kept. */
  tax_id_valid: z.boolean(),
  tax_exempt: z.boolean(),
  email: z.string().nullable(),
  locale: z.enum(LOCALES),
  time_zone: z.string(),
});
export type BillingProfile = z.infer<typeof BillingProfile>;
export const BillingProfileAnswer = z.strictObject({ profile: BillingProfile });
export const BillingProfileChange = z.strictObject({
  name: printed(200),
  address: Address,
  country: Country,
  region: z.string().trim().min(1).max(60).nullable().default(null),
  currency: Currency,
  tax_id: TaxId.nullable().default(null),
  /** For the operator of Plinth to say. */
  tax_exempt: z.boolean().optional(),
  email: Email.nullable().default(null),
  locale: z.enum(LOCALES).default('en'),
  time_zone: z.string().min(1).max(60).default('UTC'),
});
/** Whose: for the operator of Plinth; a token of one organization means its own. */
export const OfOrganization = z.strictObject({ organization_id: OrganizationId.optional() });

export const VatCheck = z.strictObject({
  number: z.string(),
  /** `unavailable`: the tax office did not answer; what was known stays. */
  result: z.enum(['valid', 'invalid', 'unavailable']),
  /** What the tax office answered, as it came. */
  evidence: z.record(z.string(), z.unknown()),
  at: Timestamp,
});
export type VatCheck = z.infer<typeof VatCheck>;
export const VatCheckAnswer = z.strictObject({ check: VatCheck });
export const VatCheckList = z.strictObject({ checks: z.array(VatCheck) });

export const TaxRate = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  country: z.string(),
  region: z.string().nullable(),
  percent: z.string(),
  reverse_charge: z.enum(['none', 'business_abroad']),
  valid_from: DayText,
  /** The first day on which it does not hold. */
  valid_to: DayText.nullable(),
});
export type TaxRate = z.infer<typeof TaxRate>;
export const TaxRateList = z.strictObject({ tax_rates: z.array(TaxRate) });
export const TaxRateAnswer = z.strictObject({ tax_rate: TaxRate });
export const TaxRateCreate = z.strictObject({
  name: printed(60),
  country: Country,
  region: z.string().trim().min(1).max(60).nullable().default(null),
  percent: z.string().regex(/^\d{1,2}(\.\d{1,4})?$/, 'a percentage from 0 to below 100, such as 19 or 8.1'),
  /** `business_abroad`: businesses of that country with a checked tax id account for it themselves when the seller is elsewhere. */
  reverse_charge: z.enum(['none', 'business_abroad']).default('none'),
  /** Ends the rate that holds then. */
  valid_from: DayText,
});
export const TaxRateParams = z.strictObject({ id: z.uuid() });
export const TaxRateEnd = z.strictObject({ valid_to: DayText.nullable() });

export const CREDIT_KINDS = [
  'topup',
  'downgrade',
  'overpayment',
  'goodwill',
  'applied',
  'refunded',
  'expired',
  'cancellation',
  'void',
  'unapplied',
] as const;
export const CreditEntry = z.strictObject({
  id: z.uuid(),
  organization_id: OrganizationId,
  amount: z.string(),
  currency: z.string(),
  kind: z.enum(CREDIT_KINDS),
  invoice_id: z.uuid().nullable(),
  note: z.string().nullable(),
  actor: z.string(),
  at: Timestamp,
});
export type CreditEntry = z.infer<typeof CreditEntry>;
export const CreditBalance = z.strictObject({ currency: z.string(), amount: z.string() });
export const CreditPage = z.strictObject({
  organization_id: OrganizationId,
  balances: z.array(CreditBalance),
  entries: z.array(CreditEntry),
  next: z.string().nullable(),
});
export type CreditPage = z.infer<typeof CreditPage>;
export const CreditQuery = z.strictObject({ organization_id: OrganizationId.optional(), cursor: Cursor.optional(), limit: Limit });
export const CreditChange = z.strictObject({
  organization_id: OrganizationId,
  /** Negative takes credit away. */
  amount: AmountText.regex(/[1-9]/, 'not zero'),
  reason: Reason,
});
export const CreditAnswer = z.strictObject({ balance: CreditBalance });

/** Days in the seller's zone, [from, to). */
export const ExportQuery = z.strictObject({ from: DayText, to: DayText });
