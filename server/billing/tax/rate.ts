/** Which tax an organization pays at a moment. */
import { Temporal } from 'temporal-polyfill';
import type { Db } from '../../kernel/database.ts';
import { type LineTax, plainPercent } from '../invoices/totals.ts';
import type { BillingProfile } from '../profile/store.ts';
import { rateAt } from './store.ts';

export interface AppliedTax extends Pick<LineTax, 'category' | 'percent'> {
  readonly rateId: string | null;
}

const OUTSIDE: AppliedTax = { category: 'O', percent: null, rateId: null };

/**
 * Exempt organizations pay none. A business in another country with a checked tax id accounts for it itself where that
 * country's rate says so. Else the rate of the buyer's country (of its region first), and none where there is no rate.
 */
export async function taxOf(db: Db, sellerCountry: string, buyer: BillingProfile, at: Date): Promise<AppliedTax> {
  if (buyer.taxExempt) return { category: 'E', percent: '0', rateId: null };
  const date = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(buyer.timeZone).toPlainDate().toString();
  const rate = await rateAt(db, buyer.country, buyer.region, date);
  if (!rate) return OUTSIDE;
  const abroad = buyer.country !== sellerCountry && buyer.taxId !== null && buyer.taxIdValid;
  if (abroad && rate.reverseCharge === 'business_abroad') return { category: 'AE', percent: '0', rateId: rate.id };
  const percent = plainPercent(rate.percent.toString());
  return { category: percent === '0' ? 'Z' : 'S', percent, rateId: rate.id };
}
