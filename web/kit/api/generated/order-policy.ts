/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type OrderPolicy = {
  when_failed: 'refund' | 'credit' | 'wait';
  review: ReviewRule[];
  declines_an_hour: number;
  unpaid_orders: number;
  withdrawal_days: number;
};
export type OrderPolicyAnswer = { policy: OrderPolicy };
export type OrderPolicyInput = {
  when_failed?: 'refund' | 'credit' | 'wait';
  review?: ReviewRule[];
  declines_an_hour?: number;
  unpaid_orders?: number;
  withdrawal_days?: number;
};
export type ReviewRule = {
  name: string;
  new_customer?: boolean;
  amount_from?: { amount: string; currency: string };
  countries?: string[];
  orders_a_day?: number;
  does: 'review' | 'refuse';
};
