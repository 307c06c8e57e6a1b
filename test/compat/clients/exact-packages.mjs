// The packages' cron job and its shop: takes the stock over, orders one exact package, has its machine.
import { call, expect, poll } from './lib.mjs';

const synced = await call(
  'POST',
  '/api/smartvps/sync',
  undefined,
  process.env['SYNC_TOKEN'] ? { 'x-sync-token': process.env['SYNC_TOKEN'] } : {},
);
const { summary } = synced.body;
expect(
  'in step',
  synced.body.success === true && summary.created + summary.updated + summary.reEnabled === summary.totalPackagesInAPI,
  synced.body,
);
const { body: stock } = await call('GET', '/api/smartvps/stock?available=true');
const item = stock.find(({ defaultConfigurations }) => defaultConfigurations.smartvps.packagePid === '110');
expect('an exact package', item?.defaultConfigurations.smartvps.packageName === item?.name && item.available, stock);
const order = await call('POST', '/api/v1/orders', {
  customer_id: '12',
  items: [{ ipStockId: item._id, productName: item.name, memory: '8GB' }],
});
expect('an order', order.status === 201 && order.body.total === item.defaultConfigurations.smartvps.byMemory['8GB'].price, order.body);
const { total: amount, currency, id } = order.body;
await call('POST', `/api/v1/orders/${id}/pay`, { amount, currency, reference: `package ${item.name}` });
const active = await poll('active', async () => {
  const { body } = await call('GET', `/api/v1/orders/${id}`);
  expect('not refused', body.status !== 'failed', body);
  return body.status === 'active' ? body : undefined;
});
const { body: machine } = await call('GET', `/api/v1/dedicated-servers/instances/${active.items[0].instance_id}`);
expect('of that package', machine.ip_address.startsWith(item.name.replace('x', '')), machine);
