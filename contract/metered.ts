/** What is measured and charged by use, on the wire. */
import { z } from 'zod';
import { Timestamp } from './ids.ts';
import { AmountText, CurrencyCode } from './product.ts';

export const METERS = ['traffic', 'snapshot', 'hours'] as const;
/** traffic: GB that go out; snapshot: GB kept for a whole period; hours: of a server that is there, running or not. */
export const Meter = z.enum(METERS);
const Quantity = z.string().regex(/^\d{1,12}(\.\d{1,4})?$/, 'a number such as 120 or 0.5');

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
export const MetersRequest = z.strictObject({ meters: z.array(ProductMeter).max(30) });
export const MetersAnswer = z.strictObject({ meters: z.array(ProductMeter) });

export const UsageRecord = z.strictObject({
  meter: Meter,
  period_index: z.int(),
  quantity: z.string(),
  /** Null until the period is over. */
  amount: z.string().nullable(),
  invoice_id: z.uuid().nullable(),
  measured_at: Timestamp,
});
export const UsageList = z.strictObject({ usage: z.array(UsageRecord) });
/** Of the period that runs. */
export const UsageReport = z.strictObject({ meter: z.enum(['traffic']), quantity: Quantity });
