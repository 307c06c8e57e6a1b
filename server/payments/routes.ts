/** /api/payments, /api/refunds, /api/disputes, and paying an invoice */
import {
  AttemptAnswer,
  AttemptList,
  AttemptParams,
  DisputePage,
  DisputeQuery,
  PaymentAnswer,
  PaymentPage,
  PaymentParams,
  PaymentQuery,
  PaymentRecord,
  PayRequest,
  RefundAnswer,
  RefundCreate,
  RefundPage,
  RefundQuery,
} from '../../contract/payment.ts';
import { InvoiceParams } from '../../contract/invoice.ts';
import { requestCharge } from '../billing/charges/charges.ts';
import { invoiceById } from '../billing/invoices/store.ts';
import { amountOf } from '../billing/money-field.ts';
import { businessNow } from '../kernel/business-clock.ts';
import { decodeCursor, pageOf, placeInTime } from '../kernel/http/cursor.ts';
import { type Route, route, type Answer } from '../kernel/http/route.ts';
import { notFound, Refusal, refuseField } from '../kernel/problem.ts';
import type { Services } from '../kernel/services.ts';
import { cancelAttempt, pursue, startPayment } from './attempts.ts';
import { called } from './connect.ts';
import { publicAddress } from '../kernel/public-address.ts';
import { presentAttempt, presentDispute, presentPayment, presentRefund } from './present.ts';
import { recordTransfer } from './transfer.ts';
import { mustPayment, bookRefund, followRefund } from './refunds.ts';
import { listDisputes, listRefunds } from './refunds-store.ts';
import { attemptById, attemptsOf, listPayments } from './store.ts';

export function paymentRoutes(services: Services): Route[] {
  return [...paying(services), ...attempts(services), ...money(services), ...takenBack(services)];
}

/** Where a browser goes back to when nobody says. */
export function backTo(services: Services, given: string | undefined): string {
  return given ?? `${publicAddress(services.config)}/`;
}

function paying(services: Services): Route[] {
  const { db } = services;
  return [
    route({
      method: 'post',
      path: '/api/invoices/:id/pay',
      id: 'payInvoice',
      summary: 'A page where what an invoice owes is paid; asked again while one is open, the same page',
      permission: 'invoice:pay',
      params: InvoiceParams,
      body: PayRequest,
      responses: { 201: { description: 'Send the payer to `url`.', schema: AttemptAnswer } },
      apart: 'in steps',
      handler: async ({ principal, params, body }) => {
        const { organizationId, name: actor } = principal;
        const request = { invoiceId: params.id, returnUrl: backTo(services, body.return_url), saveMethod: body.save_method, actor };
        const attempt = await startPayment(services, organizationId, request);
        if (attempt.status === 'created')
          throw new Refusal(
            502,
            'payment_provider_silent',
            'The payment provider did not answer. Ask again in a moment; nothing is charged twice.',
          );
        return { status: 201, body: { attempt: presentAttempt(attempt) } };
      },
    }),
    route({
      method: 'post',
      path: '/api/invoices/:id/charge',
      id: 'chargeInvoice',
      summary: 'Charge what an invoice owes by the organization’s default method',
      permission: 'invoice:pay',
      params: InvoiceParams,
      responses: { 202: { description: 'Asked for; the attempt says what comes of it.', schema: AttemptAnswer } },
      transaction: true,
      handler: async ({ principal, params, tx }) => {
        const invoice = await invoiceById(tx, principal.organizationId, params.id);
        if (!invoice) throw notFound('invoice', params.id);
        const attempt = await requestCharge(tx, params.id, await businessNow(tx, invoice.organizationId), principal.name);
        if (typeof attempt === 'string') throw new Refusal(409, `charge_${attempt}`, NO_CHARGE[attempt]);
        const afterwards = async (): Promise<Answer> => {
          await pursue(services, attempt.id, 'poll').catch((error: unknown) =>
            services.log.warn({ err: error }, 'a charge is tried again by the worker'),
          );
          return { status: 202, body: { attempt: presentAttempt((await attemptById(db, null, attempt.id))!) } };
        };
        return { status: 202, body: { attempt: presentAttempt(attempt) }, afterwards };
      },
    }),
  ];
}

function attempts(services: Services): Route[] {
  const { db } = services;
  return [
    route({
      method: 'get',
      path: '/api/invoices/:id/attempts',
      summary: 'What was tried to get an invoice’s money',
      permission: 'payment:read',
      params: InvoiceParams,
      responses: { 200: { description: 'In order.', schema: AttemptList } },
      handler: async ({ principal, params }) => {
        if (!(await invoiceById(db, principal.organizationId, params.id))) throw notFound('invoice', params.id);
        return { status: 200, body: { attempts: (await attemptsOf(db, params.id)).map(presentAttempt) } };
      },
    }),
    route({
      method: 'get',
      path: '/api/payment-attempts/:id',
      summary: 'One attempt as it is now',
      permission: 'payment:read',
      params: AttemptParams,
      responses: { 200: { description: 'As it is now.', schema: AttemptAnswer } },
      handler: async ({ principal, params }) => {
        const attempt = await attemptById(db, principal.organizationId, params.id);
        if (!attempt) throw notFound('payment attempt', params.id);
        return { status: 200, body: { attempt: presentAttempt(attempt) } };
      },
    }),
    route({
      method: 'post',
      path: '/api/payment-attempts/:id/cancel',
      id: 'cancelPaymentAttempt',
      summary: 'End a page that waits for its payer; what was paid meanwhile counts',
      permission: 'invoice:pay',
      params: AttemptParams,
      responses: { 200: { description: 'As it is now.', schema: AttemptAnswer } },
      apart: 'in steps',
      handler: async ({ principal, params }) => ({
        status: 200,
        body: { attempt: presentAttempt(await called(() => cancelAttempt(services, principal.organizationId, params.id))) },
      }),
    }),
  ];
}

const NO_CHARGE = {
  settled: 'Nothing is owed for this invoice.',
  held: 'Collection of this invoice is on hold. Lift the hold first.',
  in_progress: 'A payment is under way for this invoice. Wait for it, or cancel it.',
  no_method: 'The organization has no payment method. Save one first, or send somebody to a payment page.',
} as const;

function money(services: Services): Route[] {
  const { db } = services;
  return [
    route({
      method: 'get',
      path: '/api/payments',
      summary: 'List payments, newest first',
      permission: 'payment:read',
      query: PaymentQuery,
      responses: { 200: { description: 'A page.', schema: PaymentPage } },
      handler: async ({ principal, query }) => {
        const { cursor, limit, organization_id: organizationId, invoice_id: invoiceId } = query;
        const filter = { ...(organizationId === undefined ? {} : { organizationId }), ...(invoiceId === undefined ? {} : { invoiceId }) };
        const rows = await listPayments(db, principal.organizationId, filter, decodeCursor(cursor, true), limit + 1);
        const { page, next } = pageOf(rows, limit, placeInTime);
        return { status: 200, body: { payments: page.map(presentPayment), next } };
      },
    }),
    route({
      method: 'post',
      path: '/api/payments',
      id: 'recordPayment',
      summary: 'Book money that came by transfer; the same reference twice is one payment',
      permission: 'payment:record',
      body: PaymentRecord,
      responses: { 201: { description: 'Booked; what was more than owed is credit.', schema: PaymentAnswer } },
      transaction: true,
      handler: async ({ principal, body, tx }) => {
        const { invoice_id: invoiceId, currency, reference, received_at: at } = body;
        const receivedAt = at === undefined ? undefined : new Date(at);
        if (receivedAt && Number.isNaN(receivedAt.getTime()))
          throw refuseField('received_at', 'is no time', 'Send it as 2027-01-31T00:00:00Z.');
        const amount = amountOf('amount', body.amount, currency);
        const payment = await recordTransfer(services, tx, {
          invoiceId,
          reference,
          money: { amount, currency },
          receivedAt,
          actor: principal.name,
        });
        return { status: 201, body: { payment: presentPayment(payment) } };
      },
    }),
    route({
      method: 'get',
      path: '/api/payments/:id',
      summary: 'One payment',
      permission: 'payment:read',
      params: PaymentParams,
      responses: { 200: { description: 'As it is now.', schema: PaymentAnswer } },
      handler: async ({ principal, params }) => ({
        status: 200,
        body: { payment: presentPayment(await mustPayment(db, principal.organizationId, params.id)) },
      }),
    }),
  ];
}

function takenBack(services: Services): Route[] {
  const { db } = services;
  return [
    route({
      method: 'post',
      path: '/api/payments/:id/refunds',
      id: 'refundPayment',
      summary: 'Give money back by the way it came, with a credit note for what it had paid',
      permission: 'refund:make',
      params: PaymentParams,
      body: RefundCreate,
      responses: { 201: { description: 'Asked for; its status says what comes of it.', schema: RefundAnswer } },
      transaction: true,
      handler: async ({ principal, params, body, tx }) => {
        const { currency } = await mustPayment(tx, principal.organizationId, params.id);
        const refund = await bookRefund(services, tx, {
          paymentId: params.id,
          amount: amountOf('amount', body.amount, currency),
          reason: body.reason,
          actor: principal.name,
        });
        const afterwards = async (): Promise<Answer> => ({
          status: 201,
          body: { refund: presentRefund(await followRefund(services, refund)) },
        });
        return { status: 201, body: { refund: presentRefund(refund) }, afterwards };
      },
    }),
    route({
      method: 'get',
      path: '/api/refunds',
      summary: 'List refunds, newest first',
      permission: 'refund:read',
      query: RefundQuery,
      responses: { 200: { description: 'A page.', schema: RefundPage } },
      handler: async ({ principal, query }) => {
        const { cursor, limit, organization_id: organizationId, payment_id: paymentId } = query;
        const filter = { ...(organizationId === undefined ? {} : { organizationId }), ...(paymentId === undefined ? {} : { paymentId }) };
        const rows = await listRefunds(db, principal.organizationId, filter, decodeCursor(cursor, true), limit + 1);
        const { page, next } = pageOf(rows, limit, placeInTime);
        return { status: 200, body: { refunds: page.map(presentRefund), next } };
      },
    }),
    route({
      method: 'get',
      path: '/api/disputes',
      summary: 'List disputed payments, newest first',
      permission: 'payment:read',
      query: DisputeQuery,
      responses: { 200: { description: 'A page.', schema: DisputePage } },
      handler: async ({ principal, query }) => {
        const { cursor, limit, organization_id: organizationId, status } = query;
        const filter = { ...(organizationId === undefined ? {} : { organizationId }), ...(status === undefined ? {} : { status }) };
        const rows = await listDisputes(db, principal.organizationId, filter, decodeCursor(cursor, true), limit + 1);
        const { page, next } = pageOf(rows, limit, placeInTime);
        return { status: 200, body: { disputes: page.map(presentDispute), next } };
      },
    }),
  ];
}
