/** Subscriptions of things that a person makes, by a clock of their own: begun, changed, renewed. */
import type { Customer, Selling } from './selling.ts';

export interface Life {
  readonly customer: Customer;
  readonly clock: any;
  readonly products: readonly any[];
  readonly id: string;
}

export const day = (text: string): string => `${text}T12:00:00Z`;

export function livesOf(shop: Selling) {
  /** Begun at that moment, with the first of these prices. Not taxed. */
  async function begun(
    at: string,
    amounts: readonly string[],
    { interval = 'month', currency = 'EUR', timeZone = 'UTC' } = {},
  ): Promise<Life> {
    const customer = await shop.customer({ country: 'CH', currency, timeZone });
    const clock = await shop.clock(at, customer);
    const products = [];
    for (const amount of amounts) products.push(await shop.product({ module: 'manual' }, { prices: [{ interval, currency, amount }] }));
    const order = await shop.order(customer, products[0].id, { interval });
    const made = await shop.make(await shop.pay(order));
    return { customer, clock, products, id: made.items[0].subscription_id };
  }
  /** What the change asks for; paid at once. */
  async function upgrade({ customer, id }: Life, body: Record<string, unknown>): Promise<{ due: string; change: any }> {
    const { changes } = await shop.ok('POST', `/api/subscriptions/${id}/change`, body, customer.token);
    const change = changes.at(-1);
    const { invoice } = await shop.ok('GET', `/api/invoices/${change.invoice_id}`);
    await shop.payInvoice(invoice.id);
    return { due: invoice.total, change };
  }
  /** At noon of each of these days everything that is asked for is paid; answers where the periods began. */
  async function renewed({ customer, clock, id }: Life, days: readonly string[]): Promise<string[]> {
    for (const next of days) {
      await shop.advance(clock, day(next));
      for (const open of await shop.db.invoice.findMany({ where: { organizationId: customer.id, status: 'open' } }))
        await shop.payInvoice(open.id);
    }
    return (await shop.subscription(id)).periods.map(({ start }: any) => start);
  }
  const balance = async ({ customer }: Life): Promise<string> =>
    (await shop.ok('GET', '/api/credit', undefined, customer.token)).balances[0]?.amount ?? '0';
  return { begun, upgrade, renewed, balance };
}
