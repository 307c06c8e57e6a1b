/** A shop on a running service: products at the simulator, customers who buy, and what they do. */
import { randomUUID } from 'node:crypto';
import { insertRate } from '../../server/billing/tax/store.ts';
import { saveProfile } from '../../server/billing/profile/store.ts';
import { writeSetting } from '../../server/kernel/kill-switches/store.ts';
import { dueOf } from '../../server/billing/invoices/settle.ts';
import { businessNow } from '../../server/kernel/business-clock.ts';
import { inTransaction } from '../../server/kernel/database.ts';
import { recordPayment } from '../../server/payments/record.ts';
import { SELLER } from './billing.ts';
import { type Plinth, someServer } from './plinth.ts';
import { until } from './until.ts';

export interface Answer {
  readonly status: number;
  readonly body: any;
}

export interface Customer {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

export class Selling {
  readonly #plinth: () => Plinth;

  constructor(plinth: () => Plinth) {
    this.#plinth = plinth;
  }

  get db() {
    return this.#plinth().runtime.services.db;
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    token = this.#plinth().adminToken,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(this.#plinth().origin + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  }

  /** The same, that has to succeed. */
  async ok(method: string, path: string, body?: unknown, token?: string): Promise<any> {
    const answer = await this.call(method, path, body, token);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** Who sells: in Germany, at 19 %. */
  async open(): Promise<void> {
    await writeSetting(this.db, 'billing.seller', SELLER);
    const from = { region: '', validFrom: new Date('2020-01-01'), validTo: null };
    await insertRate(this.db, { ...from, name: 'USt', country: 'DE', percent: '19', reverseCharge: 'none' });
  }

  /** Buys its servers; `country` other than DE: without tax. */
  async customer({ country = 'DE', currency = 'EUR', timeZone = 'UTC', internal = false } = {}): Promise<Customer> {
    const name = `buyer-${randomUUID().slice(0, 8)}`;
    const { organization } = await this.ok('POST', '/api/admin/organizations', { name });
    const { secret } = await this.#plinth().json('token', 'create', name, '--role', 'admin', '--organization', organization.id);
    await this.ok('PUT', `/api/admin/organizations/${organization.id}/buyer`, { internal });
    await saveProfile(this.db, organization.id, {
      name,
      currency,
      country,
      region: null,
      address: [],
      taxId: null,
      taxIdValid: false,
      taxExempt: false,
      email: null,
      locale: 'en',
      timeZone,
    });
    return { id: organization.id, name, token: secret };
  }

  /** A product at the first plans of these accounts, or of the first account alone. */
  async product(
    more: Record<string, unknown> = {},
    {
      prices = [{ interval: 'month', currency: 'EUR', amount: '10.00' }] as Record<string, unknown>[],
      stock = null as number | null,
      candidates = null as Record<string, unknown>[] | null,
    } = {},
  ): Promise<any> {
    const { product } = await this.ok('POST', '/api/products', { name: `VPS ${randomUUID().slice(0, 4)}`, visibility: 'public', ...more });
    const place = candidates ?? [await this.somewhere()];
    if (more['module'] !== 'manual') await this.ok('PUT', `/api/products/${product.id}/candidates`, { candidates: place });
    for (const price of prices) await this.ok('POST', `/api/products/${product.id}/prices`, price);
    if (stock !== null) await this.ok('PUT', `/api/products/${product.id}/stock`, { total: stock });
    return (await this.ok('GET', `/api/products/${product.id}`)).product;
  }

  async somewhere(): Promise<Record<string, unknown>> {
    const [, account, , plan, , region, , image] = await someServer(this.#plinth());
    const { providers } = await this.ok('GET', '/api/admin/providers');
    const { id } = providers.find((each: any) => each.name === account);
    return { account_id: id, plan, regions: [region], images: [image] };
  }

  async quote(customer: Customer, productId: string, more: Record<string, unknown> = {}): Promise<Answer> {
    const item = { product_id: productId, label: `s-${randomUUID().slice(0, 8)}`, ...more };
    return await this.call('POST', '/api/quotes', { items: [item] }, customer.token);
  }

  /** Quoted and placed. */
  async order(customer: Customer, productId: string, more: Record<string, unknown> = {}): Promise<any> {
    const { status, body } = await this.quote(customer, productId, more);
    if (status !== 201) throw new Error(`The quote was refused: ${JSON.stringify(body)}`);
    return (await this.ok('POST', '/api/orders', { quote_id: body.quote.id, hash: body.quote.hash }, customer.token)).order;
  }

  async pay(order: any, amount = order.total, reference: string = randomUUID()): Promise<any> {
    return (await this.ok('POST', `/api/orders/${order.id}/pay`, { amount, currency: order.currency, reference })).order;
  }

  async orderIs(id: string, ...statuses: string[]): Promise<any> {
    return await until(
      async () => {
        const { order } = await this.ok('GET', `/api/orders/${id}`);
        return statuses.includes(order.status) ? order : undefined;
      },
      { timeoutMs: 90_000, everyMs: 100, what: `order ${id} to be ${statuses.join(' or ')}` },
    );
  }

  async subscription(id: string): Promise<any> {
    return await this.ok('GET', `/api/subscriptions/${id}`);
  }

  async stock(productId: string): Promise<any> {
    return (await this.ok('GET', `/api/products/${productId}`)).product.stock;
  }

  /** They live by a clock that stands there. */
  async clock(at: string, ...customers: Customer[]): Promise<any> {
    return (await this.ok('POST', '/api/test-clocks', { at, organization_ids: customers.map(({ id }) => id) })).clock;
  }

  /** Everything that falls due on the way has happened and settled. */
  async advance(clock: any, to: string): Promise<void> {
    await this.ok('POST', `/api/test-clocks/${clock.id}/advance`, { to });
    await until(async () => (await this.ok('GET', `/api/test-clocks/${clock.id}`)).clock.status === 'ready', {
      timeoutMs: 120_000,
      everyMs: 100,
      what: `the clock to be at ${to}`,
    });
  }

  /** A person makes what was ordered. */
  async make(order: any): Promise<any> {
    for (const { id } of order.items) await this.ok('POST', `/api/orders/${order.id}/items/${id}/ready`);
    return await this.ok('GET', `/api/orders/${order.id}`).then((answer) => answer.order);
  }

  /** Money by transfer for an invoice, at the time of its organization's clock. */
  async payInvoice(id: string): Promise<void> {
    const { services } = this.#plinth().runtime;
    await inTransaction(services.db, async (tx) => {
      const { organizationId, currency, ...invoice } = await tx.invoice.findUniqueOrThrow({ where: { id } });
      // Credit or a coupon may have paid for all of it.
      if (dueOf(invoice) <= 0n) return;
      await recordPayment(services, tx, {
        organizationId,
        invoiceId: id,
        attemptId: null,
        provider: 'transfer',
        providerPaymentId: randomUUID(),
        money: { amount: dueOf(invoice), currency },
        receivedAt: await businessNow(tx, organizationId),
        source: 'staff',
        label: null,
        actor: 'test',
      });
    });
  }

  async invoices(customer: Customer): Promise<any[]> {
    return await this.db.invoice.findMany({ where: { organizationId: customer.id }, orderBy: [{ issuedAt: 'asc' }, { createdAt: 'asc' }] });
  }
}
