/** The payment simulator, the door for its events and the worker, over a database: all real, in one process. */
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll } from 'vitest';
import { problemHandler } from '../../server/kernel/http/problems.ts';
import { SecretBox } from '../../server/kernel/secrets.ts';
import type { Services } from '../../server/kernel/services.ts';
import { issueInvoice, type LineInput } from '../../server/billing/invoices/issue.ts';
import { type Invoice, invoiceById } from '../../server/billing/invoices/store.ts';
import { keepCustomer, keepMethod } from '../../server/payments/accounts-store.ts';
import { startPayment } from '../../server/payments/attempts.ts';
import { connectSimulator } from '../../server/payments/connect.ts';
import { webhookRouter } from '../../server/payments/door.ts';
import { startPayments, workOnce } from '../../server/payments/worker.ts';
import { simulation } from '../../simulator/payments/simulation.ts';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { type Billing, withBilling } from './billing.ts';

export interface Payments extends Billing {
  readonly simulator: Simulator;
  /** Of the door's process. */
  readonly origin: string;
  /** An open invoice of so much. */
  invoice(organizationId: string, amount: bigint, more?: Partial<LineInput>, currency?: string): Promise<Invoice>;
  readInvoice(id: string): Promise<Invoice>;
  /** Goes to the page of an invoice and pays there; answers where the page led. */
  pay(invoice: Invoice, card?: string, options?: { save?: boolean }): Promise<string>;
  /** Fills in a page. */
  fill(url: string, form: Record<string, string>): Promise<Response>;
  /** The API of the provider, as its own pages would use it. */
  stripe(method: string, path: string, form?: Record<string, string>): Promise<any>;
  /** A customer with a good card kept at the provider, as a page that saves one leaves it. */
  customerWithCard(): Promise<string>;
  fault(fault: { kind: string; [name: string]: unknown }): void;
  clearFaults(): void;
  startWorker(): () => Promise<void>;
  work(): Promise<number>;
}

export const RETURN = 'http://shop.test/back?session={CHECKOUT_SESSION_ID}';

export function withPayments(options: { speed?: number; masterKey?: string } = {}): Payments {
  const billing = withBilling();
  const at: { simulator?: Simulator; server?: Server; origin?: string } = {};
  beforeAll(async () => {
    at.simulator = await startSimulator({ speed: options.speed ?? 2_000, simulations: [simulation] });
    const services = billing.services as { -readonly [K in keyof Services]: Services[K] };
    services.secrets = new SecretBox(options.masterKey === undefined ? randomBytes(32) : Buffer.from(options.masterKey, 'base64'));
    const app = express();
    app.use((_request, response, next) => {
      response.setHeader('x-request-id', 'test');
      next();
    });
    app.use(webhookRouter(billing.services));
    app.use(problemHandler(billing.services.log));
    at.server = createServer(app).listen(0, '127.0.0.1');
    await new Promise((resolve) => at.server!.once('listening', resolve));
    const { port } = at.server.address() as AddressInfo;
    services.config = { port } as Services['config'];
    at.origin = `http://127.0.0.1:${port}`;
    await connectSimulator(billing.services, at.simulator.origin, at.origin);
  });
  afterAll(async () => {
    at.server?.closeAllConnections();
    at.server?.close();
    await at.simulator?.close();
  });
  const faults = () => at.simulator!.world.faults;
  const payments: Payments = {
    get db() {
      return billing.db;
    },
    get services() {
      return billing.services;
    },
    get url() {
      return billing.url;
    },
    within: (work) => billing.within(work),
    customer: (more) => billing.customer(more),
    get simulator() {
      return at.simulator!;
    },
    get origin() {
      return at.origin!;
    },
    invoice: (organizationId, amount, more = {}, currency = 'EUR') =>
      billing.within((tx) =>
        issueInvoice(billing.services, tx, {
          organizationId,
          kind: 'manual',
          currency,
          dueAt: new Date('2027-01-01'),
          at: new Date('2026-12-01'),
          actor: 'test',
          lines: [{ kind: 'manual', parts: { text: 'x' }, unitAmount: amount, taxable: false, ...more }],
        }),
      ),
    readInvoice: async (id) => (await invoiceById(billing.db, null, id))!,
    async pay(invoice, card = '4242424242424242', { save = false } = {}) {
      const attempt = await startPayment(billing.services, null, {
        invoiceId: invoice.id,
        returnUrl: RETURN,
        saveMethod: save,
        actor: 'test',
      });
      return (await payments.fill(attempt.url!, { card })).headers.get('location') ?? '';
    },
    fill: (url, form) => fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' }),
    async stripe(method, path, form = {}) {
      const init = { method, headers: { authorization: 'Bearer sk_test_dashboard', 'content-type': 'application/x-www-form-urlencoded' } };
      const response = await fetch(
        `${at.simulator!.baseUrl('stripe')}/v1${path}`,
        method === 'GET' ? init : { ...init, body: new URLSearchParams(form) },
      );
      return await response.json();
    },
    async customerWithCard() {
      const customer = await billing.customer();
      const { secrets } = billing.services;
      const { id: ref } = await payments.stripe('POST', '/customers', { name: 'x' });
      const { id: method } = await payments.stripe('POST', '/payment_methods/pm_card_visa/attach', { customer: ref });
      const card = { ref: method, customer: ref, brand: 'visa', last4: '4242', expMonth: 1, expYear: 2030 };
      await billing.within((tx) => keepCustomer(tx, secrets, customer, 'stripe', ref));
      await billing.within((tx) => keepMethod(tx, secrets, customer, 'stripe', card));
      return customer;
    },
    fault: (fault) => void faults().add({ provider: 'stripe', ...fault } as never),
    clearFaults: () => void faults().clear(),
    startWorker() {
      const worker = startPayments(billing.services);
      return () => worker.stop();
    },
    work: () => workOnce(billing.services),
  };
  return payments;
}
