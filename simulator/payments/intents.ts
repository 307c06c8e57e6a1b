/** PaymentIntents and SetupIntents: confirmed by a method, by the person's bank where it asks, settled at once or after days. */
import type { SimWorld } from '../../providers/simulation.ts';
import { MEANS, type Means, NAMED } from './cards.ts';
import { invalid, noSuch, StripeRefusal } from './errors.ts';
import { tell } from './events.ts';
import {
  all,
  type Charge,
  fresh,
  type PaymentError,
  type PaymentIntent,
  type PaymentMethod,
  seconds,
  type SetupIntent,
} from './objects.ts';
import { openDispute } from './refunds.ts';

/** How long a debit takes; realistic would be days, and nobody learns more from waiting. */
const DEBIT_MS = 60_000;

export function watchIntents(world: SimWorld): void {
  world.onTimer('settle', ({ intent }) => {
    const found = all(world, 'payment_intents').get(String(intent));
    if (found?.status === 'processing') settle(world, found);
  });
  world.onTimer('dispute', ({ charge }) => {
    const found = all(world, 'charges').get(String(charge));
    if (found && !found.disputed) openDispute(world, found, 'fraudulent');
  });
}

export function meansOf({ _number: number }: PaymentMethod): Means {
  return MEANS[number]!;
}

/** @throws StripeRefusal for a number that is none of Stripe's test numbers */
export function newMethod(world: SimWorld, number: string): PaymentMethod {
  const plain = number.replaceAll(/\s/g, '');
  const means = MEANS[plain];
  if (!means)
    throw new StripeRefusal(402, {
      type: 'card_error',
      code: 'incorrect_number',
      param: 'number',
      message: 'Your card number is incorrect.',
    });
  const last4 = plain.slice(-4);
  const details =
    means.type === 'card'
      ? { card: { brand: means.brand, last4, exp_month: 12, exp_year: new Date(world.now()).getUTCFullYear() + 3 } }
      : { sepa_debit: { last4, country: plain.slice(0, 2) } };
  return all(world, 'payment_methods').put({
    ...fresh(world, 'payment_methods', 'payment_method'),
    type: means.type,
    ...details,
    customer: null,
    _number: plain,
    _setUp: false,
  });
}

export function mustMethod(world: SimWorld, id: string): PaymentMethod {
  const named = NAMED[id];
  if (named !== undefined) return newMethod(world, named);
  const found = all(world, 'payment_methods').get(id);
  if (!found) throw noSuch('PaymentMethod', id);
  return found;
}

export function attach(world: SimWorld, method: PaymentMethod, customer: string): PaymentMethod {
  const { decline } = meansOf(method);
  if (decline?.attach)
    throw new StripeRefusal(402, { type: 'card_error', code: decline.code, decline_code: decline.declineCode, message: decline.message });
  const attached = all(world, 'payment_methods').put({ ...method, customer });
  tell(world, 'payment_method.attached', attached);
  return attached;
}

export interface NewIntent {
  readonly amount: number;
  readonly currency: string;
  readonly customer: string | null;
  readonly metadata: Record<string, string>;
  readonly description: string | null;
  readonly future: string | null;
  readonly session: string | null;
  readonly base: string;
}

export function newPaymentIntent(world: SimWorld, given: NewIntent): PaymentIntent {
  const start = fresh(world, 'payment_intents', 'payment_intent');
  const intent = all(world, 'payment_intents').put({
    ...start,
    status: 'requires_payment_method',
    amount: given.amount,
    amount_received: 0,
    currency: given.currency,
    customer: given.customer,
    payment_method: null,
    latest_charge: null,
    last_payment_error: null,
    next_action: null,
    metadata: given.metadata,
    description: given.description,
    setup_future_usage: given.future,
    client_secret: `${start.id}_secret_${world.hex(24)}`,
    canceled_at: null,
    cancellation_reason: null,
    _session: given.session,
    _base: given.base,
  });
  tell(world, 'payment_intent.created', intent);
  return intent;
}

/**
 * Pays with the method, or asks the person's bank first.
 * @param offSession nobody is there to be asked
 */
export function confirmPayment(world: SimWorld, intent: PaymentIntent, method: PaymentMethod, offSession: boolean): PaymentIntent {
  if (!['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(intent.status))
    throw invalid(
      `You cannot confirm this PaymentIntent because it has already ${intent.status}.`,
      undefined,
      'payment_intent_unexpected_state',
    );
  const means = meansOf(method);
  const chosen = { ...intent, payment_method: method.id, last_payment_error: null };
  if (means.decline) {
    const { code, declineCode, message } = means.decline;
    return fail(world, chosen, method, { type: 'card_error', code, decline_code: declineCode, message });
  }
  const asks = means.confirms === 'always' || (means.confirms === 'once' && !method._setUp);
  if (asks && offSession)
    return fail(world, chosen, method, {
      type: 'card_error',
      code: 'authentication_required',
      decline_code: 'authentication_required',
      message: 'Your card was declined. This transaction requires authentication.',
    });
  if (asks) {
    const url = `${intent._base}/authenticate/${intent.id}`;
    const waiting = all(world, 'payment_intents').put({
      ...chosen,
      status: 'requires_action',
      next_action: { type: 'redirect_to_url', redirect_to_url: { url, return_url: null } },
    });
    tell(world, 'payment_intent.requires_action', waiting);
    return waiting;
  }
  return pay(world, chosen, method);
}

/** What the person answered to their bank. */
export function authenticated(world: SimWorld, intent: PaymentIntent, yes: boolean): PaymentIntent {
  const method = mustMethod(world, intent.payment_method!);
  if (intent.status !== 'requires_action') return intent;
  if (!yes)
    return fail(world, intent, method, {
      type: 'invalid_request_error',
      code: 'payment_intent_authentication_failure',
      message: 'The provided PaymentMethod has failed authentication.',
    });
  return pay(world, intent, method);
}

function pay(world: SimWorld, intent: PaymentIntent, method: PaymentMethod): PaymentIntent {
  const means = meansOf(method);
  const charge = all(world, 'charges').put(newCharge(world, intent, method, means.type === 'card' ? 'succeeded' : 'pending'));
  if (intent.setup_future_usage !== null && intent.customer !== null) {
    all(world, 'payment_methods').put({ ...method, customer: intent.customer, _setUp: true });
    if (method.customer === null) tell(world, 'payment_method.attached', { ...method, customer: intent.customer });
  }
  const next = { ...intent, next_action: null, latest_charge: charge.id };
  if (means.type === 'sepa_debit') {
    const processing = all(world, 'payment_intents').put({ ...next, status: 'processing' });
    tell(world, 'payment_intent.processing', processing);
    world.schedule('settle', { intent: intent.id }, DEBIT_MS);
    return processing;
  }
  const paid = all(world, 'payment_intents').put({ ...next, status: 'succeeded', amount_received: intent.amount });
  tell(world, 'charge.succeeded', charge);
  tell(world, 'payment_intent.succeeded', paid);
  if (means.disputed) world.schedule('dispute', { charge: charge.id }, 5_000);
  return paid;
}

function newCharge(world: SimWorld, intent: PaymentIntent, method: PaymentMethod, status: Charge['status']): Charge {
  const [brand, last4] = [method.card?.brand ?? '', (method.card ?? method.sepa_debit)?.last4 ?? ''];
  return {
    ...fresh(world, 'charges', 'charge'),
    amount: intent.amount,
    amount_refunded: 0,
    currency: intent.currency,
    customer: intent.customer,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details:
      method.type === 'card' ? { type: 'card', card: { brand, last4 } } : { type: 'sepa_debit', sepa_debit: { last4 } },
    status,
    paid: status === 'succeeded',
    refunded: false,
    disputed: false,
    failure_code: null,
    failure_message: null,
    metadata: intent.metadata,
  };
}

/** A debit at its end. */
function settle(world: SimWorld, intent: PaymentIntent): void {
  const method = mustMethod(world, intent.payment_method!);
  const charge = all(world, 'charges').get(intent.latest_charge!)!;
  if (meansOf(method).settles === 'failed') {
    all(world, 'charges').put({
      ...charge,
      status: 'failed',
      failure_code: 'insufficient_funds',
      failure_message: 'The customer’s account has insufficient funds.',
    });
    fail(world, intent, method, {
      type: 'card_error',
      code: 'insufficient_funds',
      message: 'The customer’s account has insufficient funds.',
    });
    const session = sessionOf(world, intent);
    if (session) tell(world, 'checkout.session.async_payment_failed', session);
    return;
  }
  all(world, 'charges').put({ ...charge, status: 'succeeded', paid: true });
  const paid = all(world, 'payment_intents').put({ ...intent, status: 'succeeded', amount_received: intent.amount });
  tell(world, 'payment_intent.succeeded', paid);
  const session = sessionOf(world, intent);
  if (session) tell(world, 'checkout.session.async_payment_succeeded', all(world, 'sessions').put({ ...session, payment_status: 'paid' }));
}

const sessionOf = (world: SimWorld, { _session: id }: PaymentIntent) => (id === null ? undefined : all(world, 'sessions').get(id));

function fail(world: SimWorld, intent: PaymentIntent, method: PaymentMethod, error: PaymentError): PaymentIntent {
  const failed = all(world, 'payment_intents').put({
    ...intent,
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    last_payment_error: { ...error, payment_method: { id: method.id, type: method.type } },
  });
  tell(world, 'payment_intent.payment_failed', failed);
  return failed;
}

export function cancelPayment(world: SimWorld, intent: PaymentIntent, reason: string | null): PaymentIntent {
  if (['succeeded', 'canceled', 'processing'].includes(intent.status))
    throw invalid(
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`,
      undefined,
      'payment_intent_unexpected_state',
    );
  const cancelled = all(world, 'payment_intents').put({
    ...intent,
    status: 'canceled',
    canceled_at: seconds(world),
    cancellation_reason: reason,
    next_action: null,
  });
  tell(world, 'payment_intent.canceled', cancelled);
  return cancelled;
}

export function newSetupIntent(
  world: SimWorld,
  customer: string,
  session: string | null,
  metadata: Record<string, string>,
  base: string,
): SetupIntent {
  const start = fresh(world, 'setup_intents', 'setup_intent');
  return all(world, 'setup_intents').put({
    ...start,
    status: 'requires_payment_method',
    customer,
    payment_method: null,
    metadata,
    next_action: null,
    description: null,
    client_secret: `${start.id}_secret_${world.hex(24)}`,
    canceled_at: null,
    cancellation_reason: null,
    usage: 'off_session',
    last_setup_error: null,
    _session: session,
    _base: base,
  });
}

export function confirmSetup(world: SimWorld, intent: SetupIntent, method: PaymentMethod, asked: boolean): SetupIntent {
  const means = meansOf(method);
  if (means.decline?.attach) {
    const { code, declineCode, message } = means.decline;
    const failed = all(world, 'setup_intents').put({
      ...intent,
      last_setup_error: { type: 'card_error', code, decline_code: declineCode, message },
    });
    tell(world, 'setup_intent.setup_failed', failed);
    return failed;
  }
  if (means.confirms !== undefined && !asked) {
    const url = `${intent._base}/authenticate/${intent.id}`;
    return all(world, 'setup_intents').put({
      ...intent,
      payment_method: method.id,
      status: 'requires_action',
      next_action: { type: 'redirect_to_url', redirect_to_url: { url, return_url: null } },
    });
  }
  const attached = attach(world, { ...method, _setUp: true }, intent.customer!);
  const done = all(world, 'setup_intents').put({ ...intent, payment_method: attached.id, status: 'succeeded', next_action: null });
  tell(world, 'setup_intent.succeeded', done);
  return done;
}
