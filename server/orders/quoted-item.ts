/** What a quote, and the order that is made of it, keep of each item. */
import type { OrderItemRequest } from '../../contract/order.ts';
import type { PricedOption } from '../billing/subscriptions/period-lines.ts';
import type { PreparedVps } from '../vps/vps.ts';

/** Of one item: what its price, its options and its setup fee get off, in that order. */
export interface Reduction {
  readonly couponId: string;
  readonly code: string;
  readonly off: readonly string[];
  /** Of a coupon over an amount: what falls on each period. */
  readonly share: string | null;
}

/** An item as a quote keeps it: price, place, and the server that it would become. No secret. */
export interface QuotedItem {
  readonly id: string;
  readonly request: OrderItemRequest;
  readonly productId: string;
  readonly name: string;
  readonly amount: string;
  readonly setupFee: string;
  readonly taxBehavior: string;
  /** Null where a person makes it. */
  readonly candidateId: string | null;
  readonly accountId: string | null;
  /** The exact package that it takes, where its place is one. */
  readonly stockItemId?: string | null;
  readonly dnsAccountId: string | null;
  readonly spec: PreparedVps['spec'] | null;
  /** Of its region: where another provider may stand in. */
  readonly country: string | null;
  /** The seller asked: its own rules for names hold. */
  readonly bySeller: boolean;
  /** What was added, with what it costs a period. */
  readonly options?: readonly PricedOption[];
  readonly reduction?: Reduction;
  /** Days that cost nothing before the first period; and for how many months it is bought at least. */
  readonly trialDays?: number | null;
  readonly termMonths?: number | null;
}
