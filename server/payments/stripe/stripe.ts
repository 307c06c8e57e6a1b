/**
 * Stripe, by API 2026-10-28. Plinth charges by itself, so nothing of Stripe's own subscriptions and invoices is used. Pages are
 * Checkout Sessions, renewals are PaymentIntents without the payer, saved methods come from either.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type Stripe from 'stripe';
import { z } from 'zod';
import type { Notice, OpenAccount, PaymentClient, PaymentProvider } from '../provider.ts';
import { toStripe, unchargeable } from './amounts.ts';
import { asking, declinedIntent, stripeAt } from './client.ts';
import { ATTEMPT, checkoutState, disputeState, INVOICE, methodState, NUMBERS, paymentState, REFUND, refundState } from './states.ts';

/**
 * A page stays for half an hour at least and a day at most [docs.stripe.com/api/checkout/sessions/create#expires_at]; the rest is
 * for a call that is repeated later.
 */
const PAGES = { leastMs: 45 * 60_000, mostMs: 23.5 * 3_600_000 };
const PAGE = 100;

export const EVENT_TYPES = [
  'checkout.session.completed',
  'checkout.session.expired',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'payment_intent.succeeded',
  'payment_intent.processing',
  'payment_intent.payment_failed',
  'payment_intent.requires_action',
  'payment_intent.canceled',
  'charge.refunded',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'setup_intent.succeeded',
] as const satisfies readonly Stripe.WebhookEndpointCreateParams.EnabledEvent[];

export const stripe: PaymentProvider = {
  id: 'stripe',
  name: 'Stripe',
  apiBase: 'https://api.stripe.com',
  simulatorPath: '/stripe',
  simulatorKey: 'sk_test_simulator',
  pages: PAGES,
  unchargeable,
  modeOf: (key) => (/^(sk|rk)_test_\w+$/.test(key) ? 'test' : /^(sk|rk)_live_\w+$/.test(key) ? 'live' : null),
  open: (account) => new StripeClient(account),
  verify,
  isDecline: (type) => type === 'payment_intent.payment_failed',
  subjectOf: (payload) => noticeOf(Buffer.from(payload))?.subject ?? { kind: 'other', id: '' },
};

const INTENT = { expand: ['latest_charge', 'payment_method'] };

class StripeClient implements PaymentClient {
  readonly #stripe: Stripe;
  constructor(account: OpenAccount) {
    this.#stripe = stripeAt(account);
  }

  async account() {
    return (await asking(() => this.#stripe.accounts.retrieveCurrent())).id;
  }
  async customer({ key, organizationId, name, email }: Parameters<PaymentClient['customer']>[0]) {
    const params = { name, ...(email === null ? {} : { email }), metadata: { plinth_organization: organizationId } };
    return (await asking(() => this.#stripe.customers.create(params, { idempotencyKey: key }))).id;
  }

  async checkout(input: Parameters<PaymentClient['checkout']>[0]) {
    const { attemptId, invoiceId, money, customer, description, numbers, returnUrl, cancelUrl, expiresAt, saveMethod, locale } = input;
    const metadata = { [ATTEMPT]: attemptId, [INVOICE]: invoiceId, [NUMBERS]: numbers };
    const session = await asking(() =>
      this.#stripe.checkout.sessions.create(
        {
          mode: 'payment',
          customer,
          client_reference_id: attemptId,
          metadata,
          line_items: [
            {
              quantity: 1,
              price_data: { currency: money.currency.toLowerCase(), unit_amount: toStripe(money), product_data: { name: description } },
            },
          ],
          payment_intent_data: { description, metadata, ...(saveMethod ? { setup_future_usage: 'off_session' as const } : {}) },
          success_url: returnUrl,
          cancel_url: cancelUrl,
          expires_at: secondsOf(expiresAt),
          locale: locale === 'de' ? 'de' : 'en',
        },
        { idempotencyKey: attemptId },
      ),
    );
    return checkoutState(session);
  }
  async checkoutState(session: string) {
    return checkoutState(await asking(() => this.#stripe.checkout.sessions.retrieve(session)));
  }
  async expireCheckout(session: string) {
    return checkoutState(await asking(() => this.#stripe.checkout.sessions.expire(session)));
  }

  async charge({ attemptId, invoiceId, money, customer, method, description, numbers }: Parameters<PaymentClient['charge']>[0]) {
    const params: Stripe.PaymentIntentCreateParams = {
      amount: toStripe(money),
      currency: money.currency.toLowerCase(),
      customer,
      payment_method: method,
      confirm: true,
      off_session: true,
      description,
      metadata: { [ATTEMPT]: attemptId, [INVOICE]: invoiceId, [NUMBERS]: numbers },
      ...INTENT,
    };
    return await asking(async () => {
      try {
        return paymentState(await this.#stripe.paymentIntents.create(params, { idempotencyKey: attemptId }), true);
      } catch (error) {
        const declined = declinedIntent(error);
        if (declined) return paymentState(declined, true);
        throw error;
      }
    });
  }
  async paymentState(payment: string) {
    return paymentState(await asking(() => this.#stripe.paymentIntents.retrieve(payment, INTENT)), false);
  }
  async cancelPayment(payment: string) {
    return paymentState(await asking(() => this.#stripe.paymentIntents.cancel(payment)), false);
  }

  async setup({ key, customer, returnUrl, cancelUrl }: Parameters<PaymentClient['setup']>[0]) {
    const params = { mode: 'setup' as const, customer, currency: 'eur', success_url: returnUrl, cancel_url: cancelUrl };
    return checkoutState(await asking(() => this.#stripe.checkout.sessions.create(params, { idempotencyKey: key })));
  }
  async savedMethod(setup: string) {
    const intent = await asking(() => this.#stripe.setupIntents.retrieve(setup));
    if (intent.status !== 'succeeded' || intent.payment_method === null) return null;
    const id = typeof intent.payment_method === 'string' ? intent.payment_method : intent.payment_method.id;
    return methodState(await asking(() => this.#stripe.paymentMethods.retrieve(id)));
  }
  async detach(method: string) {
    await asking(() => this.#stripe.paymentMethods.detach(method));
  }

  async refund({ refundId, payment, money }: Parameters<PaymentClient['refund']>[0]) {
    const params = { payment_intent: payment, amount: toStripe(money), metadata: { [REFUND]: refundId } };
    return refundState(await asking(() => this.#stripe.refunds.create(params, { idempotencyKey: refundId })));
  }
  async refundState(refund: string) {
    return refundState(await asking(() => this.#stripe.refunds.retrieve(refund)));
  }
  async refundsOf(payment: string) {
    return (
      await asking(() => this.#stripe.refunds.list({ payment_intent: payment, limit: PAGE }).autoPagingToArray({ limit: 1_000 }))
    ).map(refundState);
  }
  async disputeState(dispute: string) {
    return disputeState(await asking(() => this.#stripe.disputes.retrieve(dispute)));
  }
  async paymentOfCharge(charge: string) {
    const { payment_intent: intent } = await asking(() => this.#stripe.charges.retrieve(charge));
    return typeof intent === 'string' ? intent : (intent?.id ?? null);
  }

  async paymentsSince(at: Date) {
    const params = { created: { gte: secondsOf(at) }, limit: PAGE, expand: ['data.latest_charge'] };
    return (await asking(() => this.#stripe.paymentIntents.list(params).autoPagingToArray({ limit: 10_000 }))).map((each) =>
      paymentState(each, false),
    );
  }
  async refundsSince(at: Date) {
    return (
      await asking(() => this.#stripe.refunds.list({ created: { gte: secondsOf(at) }, limit: PAGE }).autoPagingToArray({ limit: 10_000 }))
    ).map(refundState);
  }
  async disputesSince(at: Date) {
    return (
      await asking(() => this.#stripe.disputes.list({ created: { gte: secondsOf(at) }, limit: PAGE }).autoPagingToArray({ limit: 10_000 }))
    ).map(disputeState);
  }

  async ensureWebhook(url: string, endpoint: string | null) {
    const known = endpoint === null ? null : await this.#moved(endpoint, url);
    if (known !== null) return { endpoint: known, secret: null };
    const made = await asking(() => this.#stripe.webhookEndpoints.create({ url, enabled_events: [...EVENT_TYPES], description: 'Plinth' }));
    return { endpoint: made.id, secret: made.secret ?? null };
  }
  /** Null when there is none any more. */
  async #moved(endpoint: string, url: string): Promise<string | null> {
    try {
      return (
        await asking(() => this.#stripe.webhookEndpoints.update(endpoint, { url, enabled_events: [...EVENT_TYPES], disabled: false }))
      ).id;
    } catch (error) {
      if ((error as { fault?: string }).fault === 'missing') return null;
      throw error;
    }
  }
}

const secondsOf = (at: Date): number => Math.floor(at.getTime() / 1000);

const Delivered = z.object({
  id: z.string().max(255),
  type: z.string().max(255),
  created: z.number(),
  livemode: z.boolean(),
  account: z.string().nullish(),
  data: z.object({ object: z.object({ id: z.string().max(255), object: z.string() }) }),
});

/**
 * The library bounds only the past, so this is Stripe's scheme by hand: `t=<seconds>,v1=<HMAC-SHA256 of "t.body">`, one v1 for
 * each secret that holds [docs.stripe.com/webhooks#verify-manually]. Every secret is tried against every signature.
 */
function verify(raw: Buffer, header: string, secrets: readonly string[], now: Date, toleranceMs: number): Notice | null {
  const parts = header.split(',', 20).map((part) => part.split('=', 2) as [string, string?]);
  const time = parts.find(([name]) => name === 't')?.[1] ?? '';
  const given = parts.filter(([name]) => name === 'v1').map(([, value]) => Buffer.from(value ?? '', 'hex'));
  let signed = false;
  for (const secret of secrets) {
    const expected = createHmac('sha256', secret).update(`${time}.`).update(raw).digest();
    for (const each of given) signed = (each.length === expected.length && timingSafeEqual(each, expected)) || signed;
  }
  const near = /^\d{1,12}$/.test(time) && Math.abs(Number(time) * 1000 - now.getTime()) <= toleranceMs;
  return signed && near ? noticeOf(raw) : null;
}

function noticeOf(raw: Buffer): Notice | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(raw.toString('utf8'));
  } catch {
    return null;
  }
  const event = Delivered.safeParse(parsed);
  if (!event.success) return null;
  const { id, type, created, livemode, account, data } = event.data;
  return {
    eventId: id,
    type,
    createdAt: new Date(created * 1000),
    live: livemode,
    account: account ?? null,
    subject: { kind: KINDS[data.object.object] ?? 'other', id: data.object.id },
  };
}

const KINDS: Readonly<Record<string, Notice['subject']['kind']>> = {
  payment_intent: 'payment',
  'checkout.session': 'checkout',
  refund: 'refund',
  dispute: 'dispute',
  setup_intent: 'setup',
  charge: 'charge',
};
