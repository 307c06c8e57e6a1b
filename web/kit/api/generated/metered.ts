/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { Meter, ProductMeter, ProductMeterInput } from './product.ts';

export type MetersAnswer = { meters: ProductMeter[] };
export type MetersRequest = { meters: ProductMeterInput[] };
export type UsageList = { usage: UsageRecord[] };
export type UsageRecord = {
  meter: Meter;
  period_index: number;
  quantity: string;
  amount: string | null;
  invoice_id: string | null;
  measured_at: string;
};
export type UsageReport = { meter: 'traffic'; quantity: string };
