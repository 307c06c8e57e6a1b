// The shop's back office: a product, an order, money, an instance, its life and its end.
import { call, expect, poll } from './lib.mjs';

const SHOP = '/api/v1/dedicated-servers';
const made = await call('POST', `${SHOP}/products`, {
  name: 'VPS Starter',
  server_type: 'vps',
  cpu_cores: 2,
  ram_gb: 4,
  storage_gb: 80,
  bandwidth_tb: 2,
  price_monthly: 29.99,
  price_yearly: 299.99,
  setup_fee: 0,
  provisioning_type: 'manual',
  provisioning_module: 'manual',
  is_active: true,
  stock_count: null,
});
expect('the documented product', made.status === 201 && Number.isInteger(made.body.id) && made.body.price_monthly === 29.99, made.body);
const cloud = await call('POST', `${SHOP}/products`, {
  name: 'Cloud',
  server_type: 'vps',
  cpu_cores: 1,
  ram_gb: 1,
  storage_gb: 20,
  price_monthly: 19.9,
  provisioning_type: 'automated',
  provisioning_module: 'hetzner',
  stock_count: 5,
});
const order = await call('POST', '/api/v1/orders', {
  customer_id: '4711',
  items: [{ product_id: cloud.body.id, billing_cycle: 'monthly', quantity: 1 }],
});
expect('pending', order.status === 201 && order.body.status === 'pending' && order.body.total === 19.9, order.body);
const paid = await call('POST', `/api/v1/orders/${order.body.id}/pay`, { amount: 19.9, currency: 'USD', reference: 'transfer 1' });
expect('paid', ['paid', 'active'].includes(paid.body.status), paid.body);
const id = paid.body.items[0].instance_id;
const instanceIn = async (status) =>
  poll(status, async () => {
    const { body } = await call('GET', `${SHOP}/instances/${id}`);
    return body.status === status ? body : undefined;
  });
const active = await instanceIn('active');
expect('the customer', active.customer_id === '4711' && active.order_id === order.body.id && active.ip_address !== null, active);
expect('stock', (await call('GET', `${SHOP}/products/${cloud.body.id}`)).body.stock_count === 4, 'it did not go down');
const now = await call('GET', `${SHOP}/instances/${id}/status`);
expect('asked at the provider', now.body.power_state === 'running', now.body);
expect('suspended', (await call('POST', `${SHOP}/instances/${id}/suspend`, { reason: 'unpaid' })).status === 200, id);
await instanceIn('suspended');
await poll('lifted', async () => (await call('POST', `${SHOP}/instances/${id}/unsuspend`)).status === 200);
await instanceIn('active');
await poll('ended', async () => (await call('POST', `${SHOP}/instances/${id}/terminate`)).status === 200);
await instanceIn('terminated');
