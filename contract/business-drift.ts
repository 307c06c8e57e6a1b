/** Where what is sold, what runs and what is paid for differ, and what it costs, on the wire. */
import { z } from 'zod';
import { Flag, OrganizationId, Timestamp } from './ids.ts';
import { AmountText, CurrencyCode } from './product.ts';

/** What each kind is, and what is done about it. */
export const BUSINESS_DRIFTS = {
  'paid-without-server': 'Make the server: order it again for the customer, or cancel the subscription with a refund.',
  'server-without-subscription': 'Sell it by an order, mark the organization as internal, or end the server.',
  'plan-other-than-sold': 'Change the subscription to the product of that plan, or resize the server back.',
  'price-below-cost': 'Announce a price that covers the cost, or move the product to another place.',
  'suspended-but-running': 'Switch it off, or lift the suspension.',
  'running-but-unpaid': 'Ask for the money, hold its collection with a reason, or suspend it.',
  'ended-but-billed': 'End the server at the provider; it goes on being charged until it is proven gone.',
} as const;
export type BusinessDriftKind = keyof typeof BUSINESS_DRIFTS;
export const BusinessDriftKind = z.enum(Object.keys(BUSINESS_DRIFTS) as [BusinessDriftKind, ...BusinessDriftKind[]]);

export const BusinessDrift = z.strictObject({
  id: z.uuid(),
  kind: BusinessDriftKind,
  organization_id: OrganizationId.nullable(),
  subscription_id: z.uuid().nullable(),
  vps_id: z.string().nullable(),
  product_id: z.uuid().nullable(),
  account_id: z.string().nullable(),
  /** What it costs the seller, or is charged for nothing, a month; null: not known. */
  monthly: z.strictObject({ amount: z.string(), currency: z.string() }).nullable(),
  message: z.string(),
  remedy: z.string(),
  found_at: Timestamp,
  last_seen_at: Timestamp,
  resolved_at: Timestamp.nullable(),
});
export type BusinessDrift = z.infer<typeof BusinessDrift>;
export const BusinessDriftQuery = z.strictObject({ kind: BusinessDriftKind.optional(), resolved: Flag.default(false) });
export const BusinessDriftList = z.strictObject({
  drifts: z.array(BusinessDrift),
  /** What all open ones come to a month, by currency. */
  monthly: z.array(z.strictObject({ currency: z.string(), amount: z.string() })),
});

export const MonthText = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'a month such as 2027-03')
  .meta({ examples: ['2027-03'] });

/** Lines of a provider's bill, as it names them; the same ones again change nothing. */
export const ProviderBillRequest = z.strictObject({
  account_id: z.string().min(1).max(100),
  month: MonthText,
  lines: z
    .array(
      z.strictObject({
        external_id: z.string().min(1).max(200),
        /** The provider's id of the server or snapshot. */
        object_id: z.string().min(1).max(200).nullable().default(null),
        description: z.string().max(500).default(''),
        amount: AmountText,
        currency: CurrencyCode,
      }),
    )
    .max(2_000),
  /** These lines are all of the account's month: what was brought in before and is not among them goes. */
  whole: z.boolean().default(false),
});
export const ProviderBillLine = z.strictObject({
  /** As it was brought in; null: of an estimate. */
  external_id: z.string().nullable(),
  description: z.string(),
  amount: z.string(),
  currency: z.string(),
  explained_by: z.enum(['vps', 'snapshot', 'orphan', 'nothing']),
  /** Of what explains it. */
  vps_id: z.string().nullable(),
  object_id: z.string().nullable(),
});
export const ProviderBill = z.strictObject({
  account_id: z.string(),
  account_name: z.string(),
  month: z.string(),
  /** `bill`: what the provider charged; `estimate`: the catalogue's prices by the time that things were there. */
  source: z.enum(['bill', 'estimate']),
  lines: z.array(ProviderBillLine),
  totals: z.array(
    z.strictObject({ currency: z.string(), amount: z.string(), explained: z.string(), unexplained: z.string(), estimate: z.string() }),
  ),
});
export const ProviderBillQuery = z.strictObject({ month: MonthText, account_id: z.string().max(100).optional() });
export const ProviderBillList = z.strictObject({ bills: z.array(ProviderBill) });

export const REPORTS = ['revenue', 'margin', 'churn', 'unpaid'] as const;
export const ReportParams = z.strictObject({ report: z.enum(REPORTS) });
export const ReportQuery = z.strictObject({
  /** Months, both counted. */
  from: MonthText,
  to: MonthText,
  /** Of the margin. */
  by: z.enum(['vps', 'product', 'account']).default('product'),
  format: z.enum(['json', 'csv']).default('json'),
});
export const Report = z.strictObject({
  report: z.enum(REPORTS),
  columns: z.array(z.string()),
  /** Amounts as decimal texts; null: not known. */
  rows: z.array(z.array(z.string().nullable())),
});
export type Report = z.infer<typeof Report>;
