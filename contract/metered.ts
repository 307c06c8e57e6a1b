/** What is measured and charged by use, on the wire. */
import { z } from 'zod';
import { Timestamp } from './ids.ts';
import { Meter, ProductMeter, Quantity } from './product.ts';

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
