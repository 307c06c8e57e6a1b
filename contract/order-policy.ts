/** What an order is held to, and what becomes of one that cannot be fulfilled: the seller's rules, as data. */
import { z } from 'zod';
import { AmountText, Country, Currency, PrintedText } from './billing.ts';

/** All that a rule names must hold for it to apply; one that names nothing applies to every order. */
export const ReviewRule = z.strictObject({
  name: PrintedText,
  /** The customer has had no order fulfilled before. */
  new_customer: z.boolean().optional(),
  /** The order's total is this much or more, in this currency. */
  amount_from: z.strictObject({ amount: AmountText, currency: Currency }).optional(),
  /** The customer is invoiced there. */
  countries: z.array(Country).min(1).max(250).optional(),
  /** This many orders of the customer were placed within a day, this one counted. */
  orders_a_day: z.int().min(1).max(1000).optional(),
  /** `review`: a person looks at it when it is paid, before anything is made; `refuse`: it is not placed at all. */
  does: z.enum(['review', 'refuse']),
});
export type ReviewRule = z.infer<typeof ReviewRule>;

export const OrderPolicy = z.strictObject({
  /** Of what could not be made: the money goes back by the way it came, becomes credit, or a person decides. */
  when_failed: z.enum(['refund', 'credit', 'wait']).default('refund'),
  /** The first that applies counts. */
  review: z.array(ReviewRule).max(50).default([]),
  /** Cards that were declined for one customer within an hour, until no more are taken for an hour. */
  declines_an_hour: z.int().min(1).max(1000).default(8),
  /** Orders of one customer that wait for their payment at a time. */
  unpaid_orders: z.int().min(1).max(1000).default(20),
  /** Days in which a consumer can withdraw; 0: none. A customer with a tax id is no consumer. */
  withdrawal_days: z.int().min(0).max(90).default(14),
});
export type OrderPolicy = z.infer<typeof OrderPolicy>;
export const OrderPolicyAnswer = z.strictObject({ policy: OrderPolicy });
