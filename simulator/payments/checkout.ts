/** Checkout Sessions, and the page where a person pays, lets a card fail, or is asked by their bank. */
import { Router, urlencoded, type Request, type Response } from 'express';
import type { SimWorld } from '../../providers/simulation.ts';
import { MEANS } from './cards.ts';
import { invalid, missing, noSuch, StripeRefusal } from './errors.ts';
import { tell } from './events.ts';
import { type FormObject, listOf, metadataOf, objectOf, textOf } from './form.ts';
import {
  authenticated,
  cancelPayment,
  confirmPayment,
  confirmSetup,
  mustMethod,
  newMethod,
  newPaymentIntent,
  newSetupIntent,
} from './intents.ts';
import { all, fresh, type PaymentIntent, type Session, type SetupIntent } from './objects.ts';
import { askPage, donePage, payPage } from './page.ts';

const MIN_S = 30 * 60;
const MAX_S = 24 * 3600;

export function watchSessions(world: SimWorld): void {
  world.onTimer('session-expires', ({ session }) => {
    const found = all(world, 'sessions').get(String(session));
    if (found?.status === 'open') expire(world, found);
  });
}

/** @param base where the simulator's own pages are, as the caller reaches it */
export function createSession(world: SimWorld, form: FormObject, base: string): Session {
  const mode = textOf(form, 'mode');
  if (mode !== 'payment' && mode !== 'setup') throw invalid('Invalid mode: must be one of payment, setup, or subscription', 'mode');
  const success = textOf(form, 'success_url');
  if (success === undefined) throw missing('success_url');
  const customer = textOf(form, 'customer') ?? null;
  if (customer !== null && !all(world, 'customers').get(customer)) throw noSuch('customer', customer);
  const sum = mode === 'payment' ? lineSum(form) : null;
  if (mode === 'setup' && customer === null) throw missing('customer');
  const start = fresh(world, 'sessions', 'checkout.session');
  const asked = textOf(form, 'expires_at');
  const expires = asked === undefined ? start.created + MAX_S : Number(asked);
  // A minute more or less, as clocks differ.
  if (!(expires >= start.created + MIN_S - 60 && expires <= start.created + MAX_S + 60))
    throw invalid(
      'The `expires_at` timestamp must be at least 30 minutes and less than 24 hours from Checkout Session creation.',
      'expires_at',
    );
  const intentData = objectOf(form, 'payment_intent_data');
  const session: Session = {
    ...start,
    mode,
    status: 'open',
    payment_status: mode === 'setup' ? 'no_payment_required' : 'unpaid',
    url: `${base}/pay/${start.id}`,
    amount_total: sum?.amount ?? null,
    currency: sum?.currency ?? null,
    customer,
    client_reference_id: textOf(form, 'client_reference_id') ?? null,
    metadata: metadataOf(form),
    payment_intent: null,
    setup_intent:
      mode === 'setup' ? newSetupIntent(world, customer!, start.id, metadataOf(objectOf(form, 'setup_intent_data')), base).id : null,
    success_url: success,
    cancel_url: textOf(form, 'cancel_url') ?? null,
    expires_at: expires,
    _intentMetadata: metadataOf(intentData),
    _future: textOf(intentData, 'setup_future_usage') ?? null,
    _description: textOf(intentData, 'description') ?? null,
    _base: base,
  };
  all(world, 'sessions').put(session);
  world.scheduleAt('session-expires', { session: session.id }, expires * 1000);
  return session;
}

function lineSum(form: FormObject): { amount: number; currency: string } {
  const lines = listOf(form, 'line_items');
  if (lines.length === 0) throw missing('line_items');
  let [amount, currency] = [0, ''];
  for (const line of lines) {
    const data = objectOf(line as FormObject, 'price_data');
    const [unit, quantity] = [Number(textOf(data, 'unit_amount')), Number(textOf(line as FormObject, 'quantity') ?? 1)];
    const own = textOf(data, 'currency') ?? '';
    if (!Number.isSafeInteger(unit) || unit < 0)
      throw invalid('Invalid integer', 'line_items[0][price_data][unit_amount]', 'parameter_invalid_integer');
    if (!/^[a-z]{3}$/.test(own) || (currency !== '' && own !== currency))
      throw invalid(`Invalid currency: ${own}`, 'line_items[0][price_data][currency]');
    if (textOf(objectOf(data, 'product_data'), 'name') === undefined) throw missing('line_items[0][price_data][product_data][name]');
    amount += unit * quantity;
    currency = own;
  }
  if (amount <= 0)
    throw invalid(
      'The Checkout Session’s total amount due must add up to at least the minimum charge amount.',
      undefined,
      'amount_too_small',
    );
  return { amount, currency };
}

export function expireSession(world: SimWorld, session: Session): Session {
  if (session.status !== 'open')
    throw invalid(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`,
    );
  return expire(world, session);
}

function expire(world: SimWorld, session: Session): Session {
  const expired = all(world, 'sessions').put({ ...session, status: 'expired', url: null });
  const intent = session.payment_intent === null ? undefined : all(world, 'payment_intents').get(session.payment_intent);
  if (intent && ['requires_payment_method', 'requires_action', 'requires_confirmation'].includes(intent.status))
    cancelPayment(world, intent, 'abandoned');
  tell(world, 'checkout.session.expired', expired);
  return expired;
}

/** What the person's choice on the page leads to: `done`, a page to be asked on, or why it failed. */
export function payWith(world: SimWorld, session: Session, number: string): { ask: string } | { error: string } | { done: true } {
  if (session.status !== 'open') return { error: `This page has ended: the session is ${session.status}.` };
  let method;
  try {
    method = newMethod(world, number);
  } catch (error) {
    if (error instanceof StripeRefusal) return { error: error.message };
    throw error;
  }
  if (session.mode === 'setup')
    return afterSetup(world, session, confirmSetup(world, all(world, 'setup_intents').get(session.setup_intent!)!, method, false));
  const intent = session.payment_intent === null ? newIntent(world, session) : all(world, 'payment_intents').get(session.payment_intent)!;
  all(world, 'sessions').put({ ...session, payment_intent: intent.id });
  return afterPayment(world, { ...session, payment_intent: intent.id }, confirmPayment(world, intent, method, false));
}

function newIntent(world: SimWorld, session: Session): PaymentIntent {
  return newPaymentIntent(world, {
    amount: session.amount_total!,
    currency: session.currency!,
    customer: session.customer,
    metadata: session._intentMetadata,
    description: session._description,
    future: session._future,
    session: session.id,
    base: session._base,
  });
}

function afterPayment(world: SimWorld, session: Session, intent: PaymentIntent): { ask: string } | { error: string } | { done: true } {
  if (intent.status === 'requires_action') return { ask: intent.next_action!.redirect_to_url.url };
  if (intent.status === 'requires_payment_method') return { error: intent.last_payment_error?.message ?? 'The payment failed.' };
  const paid = intent.status === 'succeeded';
  tell(
    world,
    'checkout.session.completed',
    all(world, 'sessions').put({ ...session, status: 'complete', url: null, payment_status: paid ? 'paid' : 'unpaid' }),
  );
  return { done: true };
}

function afterSetup(world: SimWorld, session: Session, intent: SetupIntent): { ask: string } | { error: string } | { done: true } {
  if (intent.status === 'requires_action') return { ask: intent.next_action!.redirect_to_url.url };
  if (intent.status !== 'succeeded') return { error: intent.last_setup_error?.message ?? 'The card was refused.' };
  tell(world, 'checkout.session.completed', all(world, 'sessions').put({ ...session, status: 'complete', url: null }));
  return { done: true };
}

/** The pages. They need no credential: whoever has the address may pay. */
export function pagesRouter(world: SimWorld): Router {
  const router = Router();
  const form = urlencoded({ extended: false, limit: '4kb' });
  const session = (request: Request): Session => {
    const found = all(world, 'sessions').get(String(request.params['id']));
    if (!found) throw noSuch('checkout.session', String(request.params['id']));
    return found;
  };
  router.get('/pay/:id', (request, response) => html(response, payPage(session(request), MEANS, null)));
  router.post('/pay/:id', form, (request, response) => {
    const at = session(request);
    if (request.body?.cancel !== undefined) return redirect(response, at.cancel_url ?? at.success_url, at.id);
    const outcome = payWith(world, at, String(request.body?.card ?? ''));
    if ('ask' in outcome) return response.redirect(303, outcome.ask);
    if ('error' in outcome) return html(response, payPage(session(request), MEANS, outcome.error), 402);
    redirect(response, at.success_url, at.id);
  });
  router.get('/authenticate/:id', (request, response) => html(response, askPage(intentOf(world, String(request.params['id'])))));
  router.post('/authenticate/:id', form, (request, response) => {
    const { intent, at } = answered(world, String(request.params['id']), request.body?.answer === 'yes');
    if (at === undefined) return html(response, donePage(intent.status));
    const outcome =
      intent.object === 'payment_intent' ? afterPayment(world, at, intent as PaymentIntent) : afterSetup(world, at, intent as SetupIntent);
    if ('done' in outcome) return redirect(response, at.success_url, at.id);
    html(response, payPage(all(world, 'sessions').get(at.id)!, MEANS, 'error' in outcome ? outcome.error : 'Try again.'), 402);
  });
  return router;
}

function intentOf(world: SimWorld, id: string): PaymentIntent | SetupIntent {
  const found = all(world, 'payment_intents').get(id) ?? all(world, 'setup_intents').get(id);
  if (!found) throw noSuch('intent', id);
  return found;
}

function answered(world: SimWorld, id: string, yes: boolean): { intent: PaymentIntent | SetupIntent; at: Session | undefined } {
  const intent = intentOf(world, id);
  const at = intent._session === null ? undefined : all(world, 'sessions').get(intent._session);
  if (intent.object === 'payment_intent') return { intent: authenticated(world, intent as PaymentIntent, yes), at };
  const setup = intent as SetupIntent;
  if (setup.status !== 'requires_action') return { intent: setup, at };
  if (yes) return { intent: confirmSetup(world, setup, mustMethod(world, setup.payment_method!), true), at };
  const error = {
    type: 'invalid_request_error',
    code: 'setup_intent_authentication_failure',
    message: 'The provided PaymentMethod has failed authentication.',
  };
  return {
    intent: all(world, 'setup_intents').put({ ...setup, status: 'requires_payment_method', next_action: null, last_setup_error: error }),
    at,
  };
}

function html(response: Response, text: string, status = 200): void {
  response
    .status(status)
    .set({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      'cache-control': 'no-store',
    })
    .send(text);
}

function redirect(response: Response, url: string, session: string): void {
  response.redirect(303, url.replaceAll('{CHECKOUT_SESSION_ID}', session));
}
