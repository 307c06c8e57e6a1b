/** Payments, attempts, refunds, disputes, methods and payment accounts on the wire. */
import { z } from 'zod';
import { Currency, PositiveAmount, PrintedText } from './billing.ts';
import { InstantText, Reason } from './fields.ts';
import { Cursor, Limit, OrganizationId, Timestamp } from './ids.ts';
import { InvoiceId } from './invoice.ts';

export const ATTEMPT_STATUSES = ['created', 'pending', 'processing', 'succeeded', 'failed', 'cancelled', 'expired'] as const;
/** Where a browser goes back to: of http or https. */
const Back = z.url({ protocol: /^https?$/, error: 'an http:// or https:// address' }).max(2_000);

export const PaymentAttempt = z.strictObject({
  id: z.uuid(),
  invoice_id: InvoiceId,
  organization_id: OrganizationId,
  number: z.int(),
  provider: z.string(),
  kind: z.enum(['interactive', 'off_session', 'manual']),
  status: z.enum(ATTEMPT_STATUSES),
  amount: z.string(),
  currency: z.string(),
  /** Where a person pays, or confirms with their bank; null when nobody has to go anywhere. */
  url: z.string().nullable(),
  requires_action: z.boolean(),
  failure_code: z.string().nullable(),
  failure_message: z.string().nullable(),
  /** Whether the same method may work later. */
  retryable: z.boolean(),
  expires_at: Timestamp.nullable(),
  created_at: Timestamp,
});
export type PaymentAttempt = z.infer<typeof PaymentAttempt>;
export const AttemptAnswer = z.strictObject({ attempt: PaymentAttempt });
export const AttemptList = z.strictObject({ attempts: z.array(PaymentAttempt) });
export const AttemptParams = z.strictObject({ id: z.uuid('an attempt id is a UUID') });
export const PayRequest = z.strictObject({
  /** `{CHECKOUT_SESSION_ID}` in it is filled in. Default: the service's own address. */
  return_url: Back.optional(),
  /** Keep the method, and charge what comes later by it. */
  save_method: z.boolean().default(false),
});

export const Payment = z.strictObject({
  id: z.uuid(),
  organization_id: OrganizationId,
  invoice_id: InvoiceId.nullable(),
  attempt_id: z.uuid().nullable(),
  provider: z.string(),
  amount: z.string(),
  currency: z.string(),
  refunded: z.string(),
  disputed: z.string(),
  /** Taken back by a bank. */
  reversed: z.string(),
  received_at: Timestamp,
  source: z.enum(['webhook', 'poll', 'staff', 'restore']),
  /** Brand and last digits, or what a transfer said. */
  label: z.string().nullable(),
  created_at: Timestamp,
});
export type Payment = z.infer<typeof Payment>;
export const PaymentAnswer = z.strictObject({ payment: Payment });
export const PaymentPage = z.strictObject({ payments: z.array(Payment), next: z.string().nullable() });
export type PaymentPage = z.infer<typeof PaymentPage>;
export const PaymentParams = z.strictObject({ id: z.uuid('a payment id is a UUID') });
export const PaymentQuery = z.strictObject({
  organization_id: OrganizationId.optional(),
  invoice_id: InvoiceId.optional(),
  cursor: Cursor.optional(),
  limit: Limit,
});
/** Money that came by transfer. The same reference for an invoice is one payment, however often it is told. */
export const PaymentRecord = z.strictObject({
  invoice_id: InvoiceId,
  amount: PositiveAmount,
  currency: Currency,
  reference: PrintedText,
  received_at: InstantText.optional(),
});

export const Refund = z.strictObject({
  id: z.uuid(),
  organization_id: OrganizationId,
  payment_id: z.uuid(),
  invoice_id: InvoiceId.nullable(),
  credit_note_id: z.string().nullable(),
  amount: z.string(),
  currency: z.string(),
  status: z.enum(['pending', 'succeeded', 'failed']),
  reason: z.string(),
  failure: z.string().nullable(),
  /** `provider`: made in the payment provider's own pages; `order`: by itself, of what could not be made; `restore`: found again there after a restore. */
  source: z.enum(['staff', 'provider', 'order', 'restore']),
  created_at: Timestamp,
});
export type Refund = z.infer<typeof Refund>;
export const RefundAnswer = z.strictObject({ refund: Refund });
export const RefundPage = z.strictObject({ refunds: z.array(Refund), next: z.string().nullable() });
export const RefundQuery = z.strictObject({
  organization_id: OrganizationId.optional(),
  payment_id: z.uuid().optional(),
  cursor: Cursor.optional(),
  limit: Limit,
});
export const RefundCreate = z.strictObject({ amount: PositiveAmount, reason: Reason });

export const Dispute = z.strictObject({
  id: z.uuid(),
  organization_id: OrganizationId,
  payment_id: z.uuid(),
  amount: z.string(),
  currency: z.string(),
  status: z.enum(['open', 'won', 'lost']),
  reason: z.string(),
  /** The invoice that asks for the money again. */
  debt_invoice_id: z.string().nullable(),
  opened_at: Timestamp,
  closed_at: Timestamp.nullable(),
});
export type Dispute = z.infer<typeof Dispute>;
export const DisputePage = z.strictObject({ disputes: z.array(Dispute), next: z.string().nullable() });
export const DisputeQuery = z.strictObject({
  organization_id: OrganizationId.optional(),
  status: z.enum(['open', 'won', 'lost']).optional(),
  cursor: Cursor.optional(),
  limit: Limit,
});

export const PaymentMethod = z.strictObject({
  id: z.uuid(),
  organization_id: OrganizationId,
  provider: z.string(),
  brand: z.string(),
  last4: z.string(),
  exp_month: z.int().nullable(),
  exp_year: z.int().nullable(),
  is_default: z.boolean(),
  created_at: Timestamp,
});
export type PaymentMethod = z.infer<typeof PaymentMethod>;
export const PaymentMethodList = z.strictObject({ payment_methods: z.array(PaymentMethod) });
export const MethodParams = z.strictObject({ id: z.uuid('a payment method id is a UUID') });
export const MethodSetup = z.strictObject({ organization_id: OrganizationId.optional(), return_url: Back.optional() });
/** Where a person saves a method; it is listed once they have. */
export const MethodSetupAnswer = z.strictObject({ url: z.string() });

export const PaymentAccount = z.strictObject({
  provider: z.string(),
  name: z.string(),
  endpoint: z.enum(['real', 'simulator']),
  mode: z.enum(['test', 'live']),
  account: z.string().nullable(),
  enabled: z.boolean(),
  /** Where its events have to go. */
  webhook_path: z.string(),
  webhook_secrets: z.int(),
  last_event_at: Timestamp.nullable(),
  last_poll_at: Timestamp.nullable(),
  events: z.record(z.string(), z.int()),
});
export type PaymentAccount = z.infer<typeof PaymentAccount>;
export const PaymentAccountList = z.strictObject({ payment_accounts: z.array(PaymentAccount) });
export const PaymentAccountAnswer = z.strictObject({ payment_account: PaymentAccount });
const Provider = z.string().regex(/^[a-z]{2,20}$/, 'the id of a payment provider, such as stripe');
export const PaymentAccountParams = z.strictObject({ provider: Provider });
/** The key is checked at the provider; Plinth makes the webhook endpoint there when it knows its own address. */
export const PaymentAccountPut = z.strictObject({ secret_key: z.string().min(8).max(300), connect_webhook: z.boolean().default(true) });
/** Made at the provider by hand; the newest first. Two hold while they are exchanged. */
export const WebhookSecrets = z.strictObject({ secrets: z.array(z.string().min(8).max(200)).min(1).max(3) });
export const PaymentAccountChange = z.strictObject({ enabled: z.boolean() });
