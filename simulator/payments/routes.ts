/** The calls that are served, each with the parameters that it takes: any other is refused, as Stripe does. */
import type { SimWorld } from '../../providers/simulation.ts';
import { type Api, must, page, PAGE, positive } from './api.ts';
import { createSession, expireSession } from './checkout.ts';
import { invalid, missing, StripeRefusal } from './errors.ts';
import { type FormObject, listOf, metadataOf, objectOf, textOf } from './form.ts';
import { attach, cancelPayment, confirmPayment, mustMethod, newPaymentIntent } from './intents.ts';
import { all, type Charge, fresh, type PaymentIntent, type Refund } from './objects.ts';
import { endDispute, openDispute, refundCharge } from './refunds.ts';
import { tell } from './events.ts';
import { hookRoutes } from './routes-events.ts';

/** `latest_charge` and the like in full where it was asked for. */
function expanded(world: SimWorld, intent: PaymentIntent, form: FormObject): unknown {
  const asks = (name: string): boolean => listOf(form, 'expand').includes(name);
  const charge =
    intent.latest_charge !== null && asks('latest_charge') ? all(world, 'charges').get(intent.latest_charge) : intent.latest_charge;
  const method =
    intent.payment_method !== null && asks('payment_method')
      ? all(world, 'payment_methods').get(intent.payment_method)
      : intent.payment_method;
  return { ...intent, latest_charge: charge, payment_method: method };
}

const customers: Api[] = [
  {
    method: 'post',
    path: '/customers',
    fields: ['email', 'name', 'description', 'address'],
    run: (world, { form }) =>
      all(world, 'customers').put({
        ...fresh(world, 'customers', 'customer'),
        email: textOf(form, 'email') ?? null,
        name: textOf(form, 'name') ?? null,
        metadata: metadataOf(form),
      }),
  },
  {
    method: 'get',
    path: '/customers/:id',
    fields: [],
    run: (world, { params }) => must(all(world, 'customers'), 'customer', params['id']!),
  },
  {
    method: 'get',
    path: '/customers/:id/payment_methods',
    fields: [...PAGE, 'type'],
    run: (world, { params, form }) =>
      page(
        all(world, 'payment_methods').filter(({ customer }) => customer === params['id']),
        form,
        `/v1/customers/${params['id']}/payment_methods`,
      ),
  },
  {
    method: 'get',
    path: '/payment_methods/:id',
    fields: [],
    run: (world, { params }) => must(all(world, 'payment_methods'), 'PaymentMethod', params['id']!),
  },
  {
    method: 'post',
    path: '/payment_methods/:id/attach',
    fields: ['customer'],
    run: (world, { params, form }) => {
      const customer = must(all(world, 'customers'), 'customer', textOf(form, 'customer') ?? '');
      return attach(world, mustMethod(world, params['id']!), customer.id);
    },
  },
  {
    method: 'post',
    path: '/payment_methods/:id/detach',
    fields: [],
    run: (world, { params }) => {
      const method = must(all(world, 'payment_methods'), 'PaymentMethod', params['id']!);
      const detached = all(world, 'payment_methods').put({ ...method, customer: null });
      tell(world, 'payment_method.detached', detached);
      return detached;
    },
  },
];

const payments: Api[] = [
  {
    method: 'post',
    path: '/payment_intents',
    fields: [
      'amount',
      'currency',
      'customer',
      'payment_method',
      'confirm',
      'off_session',
      'description',
      'setup_future_usage',
      'automatic_payment_methods',
      'payment_method_types',
      'error_on_requires_action',
    ],
    run: (world, { form, base }) => {
      const [amount, currency] = [positive(form, 'amount'), textOf(form, 'currency')];
      if (currency === undefined) throw missing('currency');
      if (!/^[a-z]{3}$/.test(currency)) throw invalid(`Invalid currency: ${currency}.`, 'currency');
      const customer = textOf(form, 'customer') ?? null;
      if (customer !== null) must(all(world, 'customers'), 'customer', customer);
      const intent = newPaymentIntent(world, {
        amount,
        currency,
        customer,
        metadata: metadataOf(form),
        description: textOf(form, 'description') ?? null,
        future: textOf(form, 'setup_future_usage') ?? null,
        session: null,
        base,
      });
      if (textOf(form, 'confirm') !== 'true') return expanded(world, intent, form);
      return confirmed(world, intent, form);
    },
  },
  {
    method: 'get',
    path: '/payment_intents',
    fields: [...PAGE, 'customer'],
    run: (world, { form }) => page(all(world, 'payment_intents').all(), form, '/v1/payment_intents'),
  },
  {
    method: 'get',
    path: '/payment_intents/:id',
    fields: [],
    run: (world, { params, form }) => expanded(world, must(all(world, 'payment_intents'), 'payment_intent', params['id']!), form),
  },
  {
    method: 'post',
    path: '/payment_intents/:id/confirm',
    fields: ['payment_method', 'off_session', 'return_url'],
    run: (world, { params, form }) => confirmed(world, must(all(world, 'payment_intents'), 'payment_intent', params['id']!), form),
  },
  {
    method: 'post',
    path: '/payment_intents/:id/cancel',
    fields: ['cancellation_reason'],
    run: (world, { params, form }) =>
      cancelPayment(
        world,
        must(all(world, 'payment_intents'), 'payment_intent', params['id']!),
        textOf(form, 'cancellation_reason') ?? null,
      ),
  },
  {
    method: 'get',
    path: '/setup_intents/:id',
    fields: [],
    run: (world, { params }) => must(all(world, 'setup_intents'), 'setupintent', params['id']!),
  },
  { method: 'get', path: '/charges/:id', fields: [], run: (world, { params }) => must(all(world, 'charges'), 'charge', params['id']!) },
];

/** A decline is an error that carries the intent as it is then. */
function confirmed(world: SimWorld, intent: PaymentIntent, form: FormObject): unknown {
  const id = textOf(form, 'payment_method') ?? intent.payment_method;
  if (id === undefined || id === null)
    throw invalid(
      'You cannot confirm this PaymentIntent because it’s missing a payment method.',
      undefined,
      'payment_intent_unexpected_state',
    );
  const method = mustMethod(world, id);
  if (method.customer !== null && method.customer !== intent.customer)
    throw invalid(
      'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment or belongs to another Customer.',
      'payment_method',
    );
  const done = confirmPayment(world, intent, method, textOf(form, 'off_session') === 'true');
  if (done.last_payment_error) throw new StripeRefusal(402, { ...done.last_payment_error, payment_intent: done });
  return expanded(world, done, form);
}

function chargeOf(world: SimWorld, form: FormObject): Charge {
  const [intent, charge] = [textOf(form, 'payment_intent'), textOf(form, 'charge')];
  if (charge !== undefined) return must(all(world, 'charges'), 'charge', charge);
  if (intent === undefined) throw missing('payment_intent');
  const { latest_charge: latest } = must(all(world, 'payment_intents'), 'payment_intent', intent);
  if (latest === null) throw invalid('This PaymentIntent does not have a successful charge to refund.', 'payment_intent');
  return must(all(world, 'charges'), 'charge', latest);
}

const takenBack: Api[] = [
  {
    method: 'post',
    path: '/refunds',
    fields: ['amount', 'charge', 'payment_intent', 'reason'],
    run: (world, { form }): Refund => {
      const amount = textOf(form, 'amount') === undefined ? undefined : positive(form, 'amount');
      return refundCharge(world, chargeOf(world, form), amount, textOf(form, 'reason') ?? null, metadataOf(form));
    },
  },
  {
    method: 'get',
    path: '/refunds',
    fields: [...PAGE, 'payment_intent', 'charge'],
    run: (world, { form }) => {
      const intent = textOf(form, 'payment_intent');
      return page(
        all(world, 'refunds').filter((refund) => intent === undefined || refund.payment_intent === intent),
        form,
        '/v1/refunds',
      );
    },
  },
  { method: 'get', path: '/refunds/:id', fields: [], run: (world, { params }) => must(all(world, 'refunds'), 'refund', params['id']!) },
  {
    method: 'get',
    path: '/disputes',
    fields: [...PAGE, 'payment_intent', 'charge'],
    run: (world, { form }) => {
      const intent = textOf(form, 'payment_intent');
      return page(
        all(world, 'disputes').filter((dispute) => intent === undefined || dispute.payment_intent === intent),
        form,
        '/v1/disputes',
      );
    },
  },
  { method: 'get', path: '/disputes/:id', fields: [], run: (world, { params }) => must(all(world, 'disputes'), 'dispute', params['id']!) },
  {
    method: 'post',
    path: '/disputes/:id',
    fields: ['evidence', 'submit'],
    run: (world, { params, form }) => {
      const dispute = must(all(world, 'disputes'), 'dispute', params['id']!);
      const text = textOf(objectOf(form, 'evidence'), 'uncategorized_text') ?? '';
      if (text === 'winning_evidence') return endDispute(world, dispute, 'won', { uncategorized_text: text });
      if (text === 'losing_evidence') return endDispute(world, dispute, 'lost', { uncategorized_text: text });
      return all(world, 'disputes').put({ ...dispute, status: 'under_review' });
    },
  },
  {
    method: 'post',
    path: '/disputes/:id/close',
    fields: [],
    run: (world, { params }) => endDispute(world, must(all(world, 'disputes'), 'dispute', params['id']!), 'lost'),
  },
  // The cardholder's doing, not the seller's: Stripe has no such call.
  {
    method: 'post',
    path: '/test_helpers/charges/:id/dispute',
    fields: ['reason'],
    run: (world, { params, form }) =>
      openDispute(world, must(all(world, 'charges'), 'charge', params['id']!), textOf(form, 'reason') ?? 'fraudulent'),
  },
];

const sessions: Api[] = [
  {
    method: 'post',
    path: '/checkout/sessions',
    fields: [
      'mode',
      'success_url',
      'cancel_url',
      'customer',
      'line_items',
      'client_reference_id',
      'expires_at',
      'payment_intent_data',
      'setup_intent_data',
      'payment_method_types',
      'currency',
      'locale',
    ],
    run: (world, { form, base }) => createSession(world, form, base),
  },
  {
    method: 'get',
    path: '/checkout/sessions',
    fields: [...PAGE, 'payment_intent'],
    run: (world, { form }) => page(all(world, 'sessions').all(), form, '/v1/checkout/sessions'),
  },
  {
    method: 'get',
    path: '/checkout/sessions/:id',
    fields: [],
    run: (world, { params }) => must(all(world, 'sessions'), 'checkout.session', params['id']!),
  },
  {
    method: 'post',
    path: '/checkout/sessions/:id/expire',
    fields: [],
    run: (world, { params }) => expireSession(world, must(all(world, 'sessions'), 'checkout.session', params['id']!)),
  },
];

export const routes: readonly Api[] = [...customers, ...payments, ...takenBack, ...sessions, ...hookRoutes];
