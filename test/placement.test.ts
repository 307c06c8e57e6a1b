/** Where a server is made when the first place cannot: the next one, after proof; or nowhere, with the money owed back. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { type Customer, Selling } from './support/selling.ts';
import { type Shop, shopOf } from './support/shop.ts';
import { until } from './support/until.ts';

const database = withDatabase();
let plinth: Plinth;
let clouds: Shop;
const shop = new Selling(() => plinth);

beforeAll(async () => {
  plinth = await startPlinth(database.url);
  await shop.open();
  clouds = shopOf(plinth);
}, 600_000);
afterAll(() => plinth?.stop());

/** A place at each of two providers. */
async function places(): Promise<{ provider: string; candidate: Record<string, unknown> }[]> {
  const { providers } = await shop.ok('GET', '/api/admin/providers');
  const found = [];
  for (const provider of ['digitalocean', 'linode']) {
    const account = providers.find((each: any) => each.type === provider);
    const { items: plans } = await plinth.json('catalog', 'plans', '--account', account.id);
    const plan = plans.find((each: any) => each.available && each.regions.length > 0 && each.diskGb >= 25);
    const { items: images } = await plinth.json('catalog', 'images', '--account', account.id);
    const image = images.find((each: any) => each.family === 'linux' && !each.deprecated && each.minDiskGb <= plan.diskGb);
    found.push({ provider, candidate: { account_id: account.id, plan: plan.id, regions: [plan.regions[0]], images: [image.id] } });
  }
  return found;
}
/** Says that it has no more, to every create. */
const noMore = (provider: string) =>
  clouds.fault({
    provider,
    method: 'POST',
    path: provider === 'linode' ? '/linode/instances' : '/droplets',
    kind: 'status',
    status: 422,
    times: 100,
  });

it('goes to the next place when the provider of the first does not make it, and leaves nothing there', async () => {
  const [first, second] = await places();
  const customer = await shop.customer();
  const product = await shop.product({}, { candidates: [first!.candidate, second!.candidate], stock: 2 });
  const order = await shop.order(customer, product.id, { label: 'wanders' });
  await noMore(first!.provider);
  await shop.pay(order);
  const done = await shop.orderIs(order.id, 'fulfilled', 'failed');
  await clouds.clearFaults();
  expect(done.status).toBe('fulfilled');
  const { instance } = await shop.ok('GET', `/api/vps/${done.items[0].vps_id}`);
  expect(instance).toMatchObject({ status: 'active', provider: second!.provider, label: 'wanders' });
  expect((await clouds.servers('wanders')).map(({ provider }) => provider)).toEqual([second!.provider]);
  const all = await shop.db.vps.findMany({ where: { organizationId: customer.id } });
  expect(all.map(({ status }) => status).sort()).toEqual(['active', 'terminated']);
  expect(await shop.stock(product.id)).toMatchObject({ reserved: 0, sold: 1 });
}, 300_000);

it('places a copy of a snapshot where the snapshot is kept, or nowhere', async () => {
  const [first, second] = await places();
  const [customer, stranger] = [await shop.customer(), await shop.customer()];
  const at = (candidates: Record<string, unknown>[]) => shop.product({}, { candidates });
  const [there, both, elsewhere] = [
    await at([second!.candidate]),
    await at([first!.candidate, second!.candidate]),
    await at([first!.candidate]),
  ];
  const bought = async (productId: string, more: Record<string, unknown>) => {
    const order = await shop.order(customer, productId, more);
    await shop.pay(order);
    return (await shop.orderIs(order.id, 'fulfilled')).items[0].vps_id as string;
  };
  const source = await bought(there.id, { label: 'original' });
  const { operation } = await shop.ok('POST', `/api/vps/${source}/actions`, { action: 'snapshot', name: 'to copy' }, customer.token);
  expect(await clouds.ended(operation.id)).toMatchObject({ status: 'succeeded' });
  const { snapshots } = await shop.ok('GET', '/api/snapshots', undefined, customer.token);
  const wanted = { from_snapshot: snapshots[0].id };
  expect(await shop.quote(stranger, both.id, wanted)).toMatchObject({ status: 404 });
  const looks = { name: 'looks', role: 'viewer', organization_id: customer.id };
  const { secret: token } = await shop.ok('POST', '/api/tokens', looks);
  expect(await shop.quote({ ...customer, token }, both.id, wanted)).toMatchObject({ status: 403 });
  expect(await shop.quote(customer, elsewhere.id, wanted)).toMatchObject({
    status: 422,
    body: { code: 'snapshot_elsewhere', errors: [{ field: 'from_snapshot' }] },
  });
  const copy = await bought(both.id, { label: 'copied', ...wanted });
  const { instance } = await shop.ok('GET', `/api/vps/${copy}`);
  expect(instance).toMatchObject({ status: 'active', provider: second!.provider, image: (second!.candidate['images'] as string[])[0] });
  expect(await clouds.servers('copied')).toMatchObject([{ copyOf: expect.stringContaining(`plinth-vps-${source}-`) }]);
}, 300_000);

/** By card, on the provider's page. */
async function payByCard(customer: Customer, order: any): Promise<void> {
  const { attempt } = await shop.ok('POST', `/api/invoices/${order.invoice_id}/pay`, {}, customer.token);
  await fetch(attempt.url, { method: 'POST', body: new URLSearchParams({ card: '4242424242424242' }), redirect: 'manual' });
}
const refunded = (id: string) =>
  until(
    async () => {
      const { order } = await shop.ok('GET', `/api/orders/${id}`);
      return order.refunded_at === null ? undefined : order;
    },
    { timeoutMs: 90_000, everyMs: 100, what: 'the order to be refunded' },
  );

it('gives all the money back by the card when no place is left, once, and nothing is left anywhere', async () => {
  const list = await places();
  const customer = await shop.customer();
  const product = await shop.product({}, { candidates: list.map(({ candidate }) => candidate), stock: 2 });
  const order = await shop.order(customer, product.id, { label: 'nowhere' });
  for (const { provider } of list) await noMore(provider);
  await payByCard(customer, order);
  const done = await refunded(order.id);
  await clouds.clearFaults();
  expect(done).toMatchObject({ status: 'cancelled', refund_due: false, items: [{ status: 'cancelled' }] });
  expect(await clouds.servers('nowhere')).toEqual([]);
  expect(await shop.stock(product.id)).toMatchObject({ reserved: 0, sold: 0 });
  const subscription = await shop.db.subscription.findFirstOrThrow({ where: { organizationId: customer.id } });
  expect([subscription.status, subscription.vpsId]).toEqual(['ended', null]);
  const { refunds } = await shop.ok('GET', `/api/refunds?organization_id=${customer.id}`);
  expect(refunds).toMatchObject([{ amount: order.total, status: 'succeeded', source: 'order' }]);
  const { invoice } = await shop.ok('GET', `/api/invoices/${order.invoice_id}`);
  expect(invoice).toMatchObject({ status: 'paid', amount_paid: '0.00', amount_credited: order.total });
  expect((await shop.ok('GET', '/api/credit', undefined, customer.token)).balances).toEqual([]);
  // Asked for once more, nothing more goes back.
  expect((await shop.ok('POST', `/api/orders/${order.id}/cancel`, {})).order.status).toBe('cancelled');
  expect((await shop.ok('GET', `/api/refunds?organization_id=${customer.id}`)).refunds).toHaveLength(1);
}, 300_000);

it('leaves one that failed to a person where the seller wants that; what came by transfer becomes credit', async () => {
  const { policy } = await shop.ok('GET', '/api/admin/order-policy');
  await shop.ok('PUT', '/api/admin/order-policy', { ...policy, when_failed: 'wait' });
  const list = await places();
  const customer = await shop.customer();
  const product = await shop.product({}, { candidates: [list[0]!.candidate], stock: 2 });
  const other = await shop.product({ module: 'manual' });
  const items = [
    { product_id: product.id, label: 'stays-away' },
    { product_id: other.id, label: 'made-by-hand' },
  ];
  const { quote } = await shop.ok('POST', '/api/quotes', { items }, customer.token);
  const { order } = await shop.ok('POST', '/api/orders', { quote_id: quote.id, hash: quote.hash }, customer.token);
  await noMore(list[0]!.provider);
  await shop.pay(order);
  await shop.orderIs(order.id, 'failed');
  await clouds.clearFaults();
  await shop.ok('PUT', '/api/admin/order-policy', policy);
  const given = (await shop.ok('POST', `/api/orders/${order.id}/cancel`, {})).order;
  // The other item is still to be made, and is paid for.
  expect(given).toMatchObject({ status: 'provisioning', refund_due: false });
  expect(given.refunded_at).not.toBeNull();
  expect((await shop.ok('GET', '/api/credit', undefined, customer.token)).balances).toEqual([{ currency: 'EUR', amount: '11.90' }]);
  await shop.ok('POST', `/api/orders/${order.id}/items/${order.items[1].id}/ready`);
  await shop.orderIs(order.id, 'fulfilled');
}, 300_000);
