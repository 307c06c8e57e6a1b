/**
 * What a payment provider can do, in Plinth's words. Its amounts are Plinth's (the smallest unit of ISO 4217), its states those
 * of attempts and payments. What a call throws says whether it may have happened: see `PaymentCallError`.
 */
import type { Money } from '../../contract/money.ts';

/**
 * `unknown`: no answer, or one that says nothing; it may have happened, so it is repeated with the same key or looked up.
 * `refused`: it did not happen and will not (what the provider said is in the message). `credentials`: the key is wrong.
 * `missing`: there is no such object.
 */
export type PaymentCallFault = 'unknown' | 'refused' | 'credentials' | 'missing';

export class PaymentCallError extends Error {
  readonly fault: PaymentCallFault;
  constructor(fault: PaymentCallFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PaymentCallError';
    this.fault = fault;
  }
}

/** Where money is taken, and by which key. */
export interface OpenAccount {
  readonly apiBase: string;
  readonly secretKey: string;
}

export interface MethodState {
  /** The provider's id of it: a secret of ours, though worth nothing without the key. */
  readonly ref: string;
  readonly customer: string | null;
  readonly brand: string;
  readonly last4: string;
  readonly expMonth: number | null;
  readonly expYear: number | null;
}

export interface Failure {
  readonly code: string;
  /** For the payer. */
  readonly message: string;
  /** Whether the same method may work later. */
  readonly retryable: boolean;
  /** The payer has to confirm with their bank, so nobody can do it without them. */
  readonly needsPayer: boolean;
}

/** `waiting`: for the payer. */
export type PaymentStatus = 'waiting' | 'processing' | 'succeeded' | 'failed' | 'cancelled';

export interface PaymentState {
  readonly payment: string;
  readonly status: PaymentStatus;
  /** What arrived when it succeeded, else what was asked. */
  readonly money: Money;
  /** Of our own, as the provider gives them back: a hint, never an authority. */
  readonly attemptId: string | null;
  readonly numbers: string | null;
  readonly invoiceId: string | null;
  /** The provider's customer. */
  readonly customer: string | null;
  readonly createdAt: Date;
  readonly failure: Failure | null;
  /** Where the payer confirms. */
  readonly actionUrl: string | null;
  readonly method: MethodState | null;
  /** Brand and last digits. */
  readonly label: string | null;
}

export interface CheckoutState {
  readonly session: string;
  readonly status: 'open' | 'complete' | 'expired';
  readonly url: string | null;
  /** Known once the payer has begun to pay. */
  readonly payment: string | null;
  /** Of a session that saves a method. */
  readonly setup: string | null;
  readonly attemptId: string | null;
  readonly expiresAt: Date;
}

export interface RefundState {
  readonly refund: string;
  readonly payment: string;
  readonly money: Money;
  readonly status: 'pending' | 'succeeded' | 'failed';
  readonly failure: string | null;
  /** Ours; null for one made elsewhere. */
  readonly refundId: string | null;
  readonly createdAt: Date;
}

export interface DisputeState {
  readonly dispute: string;
  readonly payment: string;
  readonly money: Money;
  readonly status: 'open' | 'won' | 'lost';
  readonly reason: string;
  readonly createdAt: Date;
}

/** What an event is about; the event itself is only a hint to look. */
export interface Notice {
  readonly eventId: string;
  readonly type: string;
  readonly createdAt: Date;
  readonly live: boolean;
  /** The account that it is of, where it says so. */
  readonly account: string | null;
  readonly subject: { readonly kind: 'payment' | 'checkout' | 'refund' | 'dispute' | 'setup' | 'charge' | 'other'; readonly id: string };
}

export interface CheckoutInput {
  /** The attempt's id: the key under which the call is made once. */
  readonly attemptId: string;
  readonly invoiceId: string;
  readonly money: Money;
  readonly customer: string;
  readonly description: string;
  /** Which numbers were given out so far: read again after a restore. */
  readonly numbers: string;
  readonly returnUrl: string;
  readonly cancelUrl: string;
  /** When the page ends; providers have their own limits. A repetition says the same. */
  readonly expiresAt: Date;
  readonly saveMethod: boolean;
  readonly locale: string;
}

export interface ChargeInput {
  readonly attemptId: string;
  readonly invoiceId: string;
  readonly money: Money;
  readonly customer: string;
  readonly method: string;
  readonly description: string;
  readonly numbers: string;
}

export interface SetupInput {
  readonly key: string;
  readonly customer: string;
  readonly returnUrl: string;
  readonly cancelUrl: string;
}

/** The calls of one account. All are made once however often they are repeated with the same key. @throws PaymentCallError */
export interface PaymentClient {
  /** The provider's id of the account. */
  account(): Promise<string>;
  customer(input: {
    readonly key: string;
    readonly organizationId: string;
    readonly name: string;
    readonly email: string | null;
  }): Promise<string>;
  checkout(input: CheckoutInput): Promise<CheckoutState>;
  checkoutState(session: string): Promise<CheckoutState>;
  expireCheckout(session: string): Promise<CheckoutState>;
  /** Without the payer. A decline is a state, not an error. */
  charge(input: ChargeInput): Promise<PaymentState>;
  paymentState(payment: string): Promise<PaymentState>;
  cancelPayment(payment: string): Promise<PaymentState>;
  setup(input: SetupInput): Promise<CheckoutState>;
  /** The method that a session saved; null while it has not. */
  savedMethod(setup: string): Promise<MethodState | null>;
  detach(method: string): Promise<void>;
  refund(input: { readonly refundId: string; readonly payment: string; readonly money: Money }): Promise<RefundState>;
  refundState(refund: string): Promise<RefundState>;
  disputeState(dispute: string): Promise<DisputeState>;
  /** All refunds of a payment, whoever made them. */
  refundsOf(payment: string): Promise<readonly RefundState[]>;
  /** The payment of a charge, where the provider tells them apart. */
  paymentOfCharge(charge: string): Promise<string | null>;
  /** What happened since then, for the time after a restore. */
  paymentsSince(at: Date): Promise<readonly PaymentState[]>;
  refundsSince(at: Date): Promise<readonly RefundState[]>;
  disputesSince(at: Date): Promise<readonly DisputeState[]>;
  /** Events go to that address from now on; the secret is told only of an endpoint made now. */
  ensureWebhook(url: string, endpoint: string | null): Promise<{ readonly endpoint: string; readonly secret: string | null }>;
}

/** How long a page may stay, in milliseconds. */
export interface PageLimits {
  readonly leastMs: number;
  readonly mostMs: number;
}

export interface PaymentProvider {
  readonly id: string;
  readonly name: string;
  /** Of its real API. */
  readonly apiBase: string;
  /** Below the simulator. */
  readonly simulatorPath: string;
  /** A key that the simulator takes. */
  readonly simulatorKey: string;
  readonly pages: PageLimits;
  /** Why the provider cannot take this amount; null: it can. */
  unchargeable(money: Money): string | null;
  /** `test` or `live`, by the key's own form; null: it is no key of this provider. */
  modeOf(secretKey: string): 'test' | 'live' | null;
  open(account: OpenAccount): PaymentClient;
  /**
   * What a delivery says, when one of the secrets signed these very bytes at a time near now.
   * @param toleranceMs to both sides
   * @returns null when it is not signed so: the same work is done for each
   */
  verify(raw: Buffer, header: string, secrets: readonly string[], now: Date, toleranceMs: number): Notice | null;
  /** Whether an event of that type says that a card was declined; its subject is the payment then. */
  isDecline(type: string): boolean;
  /** What a delivery that was verified before is about. */
  subjectOf(payload: string): Notice['subject'];
}
