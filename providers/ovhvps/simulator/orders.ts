/** Carts, checkouts, payments and deliveries. What is bought costs for its whole term, however often the same is bought. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { monthsAfter } from '../../../simulator/cloud/cloud.ts';
import { Refusal } from '../../../simulator/cloud/model.ts';
import type { Call, Wire } from '../../../simulator/cloud/wire.ts';
import { DATACENTERS, mandatoryOf, MODELS, type OvhModel, priceOf, SETTINGS, SYSTEMS } from './data.ts';

export interface Cart {
  id: string;
  account: string;
  description: string;
  expire: string;
  /** Ordered: nothing of it changes any more. */
  readOnly: boolean;
  assigned: boolean;
  items: { id: number; planCode: string; mode: string; parent: number | null; settings: Record<string, string> }[];
}
export interface Order {
  id: string;
  account: string;
  createdMs: number;
  planCode: string;
  mode: string;
  datacenter: string;
  system: string;
  /** Empty until it is delivered. */
  service: string;
  state: 'checking' | 'delivering' | 'delivered' | 'notPaid' | 'cancelled';
  price: number;
}

const DELIVERY_MS = 45_000;
const money = (value: number): object => ({
  currencyCode: 'EUR',
  value,
  text: `${value.toFixed(2)} €`,
  priceInUcents: Math.round(value * 1e8),
});

export function mountOrders(wire: Wire, cloud: Cloud): void {
  const { world } = cloud;
  const carts = world.collection<Cart>('carts');
  const own = (call: Call): Cart => cloud.own(carts, call.account.id, call.param('cart'), 'cart');
  const open = (call: Call): Cart => {
    const cart = own(call);
    if (cart.readOnly) throw new Refusal('conflict', 'This cart has been ordered');
    return cart;
  };
  const show = ({ id: cartId, account, description, expire, items, ...cart }: Cart): object => {
    // What was ordered may show late.
    const readOnly = cart.readOnly && !world.hasFlag('cart-looks-open', account);
    return { cartId, description, expire, readOnly, items: items.map(({ id }) => id) };
  };
  wire.on('get /1.0/order/cart', (call) => {
    const mine = carts.filter(({ account }) => account === call.account.id);
    return mine.filter(({ description }) => (call.query('description') ?? description) === description).map(({ id }) => id);
  });
  wire.on('post /1.0/order/cart', (call) => {
    call.required('ovhSubsidiary');
    const [description, expire] = [call.text('description'), call.text('expire')];
    return show(
      carts.put({ id: world.uuid(), account: call.account.id, description, expire, readOnly: false, assigned: false, items: [] }),
    );
  });
  wire.on('get /1.0/order/cart/:cart', (call) => show(own(call)));
  wire.on('delete /1.0/order/cart/:cart', (call) => (carts.delete(own(call).id), null));
  wire.on('post /1.0/order/cart/:cart/assign', (call) => (carts.put({ ...open(call), assigned: true }), null));
  const add = (call: Call, parent: number | null): object => {
    const cart = open(call);
    const [planCode, mode] = [call.required('planCode'), call.required('pricingMode')];
    if (call.required('duration') !== (mode === 'upfront12' ? 'P1Y' : 'P1M'))
      throw new Refusal('invalid', 'The duration does not fit the pricing mode');
    const item = { id: world.nextInt('item', 500_000), planCode, mode, parent, settings: {} };
    carts.put({ ...cart, items: [...cart.items, item] });
    const settings = { planCode, pricingMode: mode, quantity: 1 };
    const more = { configurations: [], options: [], prices: [], offerId: null, productId: 'vps', duration: call.text('duration') };
    return { cartId: cart.id, itemId: item.id, parentItemId: parent, settings, ...more };
  };
  wire.on('post /1.0/order/cart/:cart/vps', (call) => {
    if (!MODELS.some(({ id }) => id === call.required('planCode'))) throw new Refusal('invalid', 'You are not allowed to order this plan');
    return add(call, null);
  });
  wire.on('post /1.0/order/cart/:cart/vps/options', (call) => add(call, Number(call.required('itemId'))));
  wire.on('post /1.0/order/cart/:cart/item/:item/configuration', (call) => {
    const cart = open(call);
    const [label, value] = [call.required('label'), call.required('value')];
    const items = cart.items.map((item) =>
      String(item.id) === call.param('item') ? { ...item, settings: { ...item.settings, [label]: value } } : item,
    );
    carts.put({ ...cart, items });
    return { id: world.nextInt('setting', 1), label, value };
  });
  const told = (orderId: number | null, price: number): object => ({
    orderId,
    url: orderId === null ? null : `https://www.example.com/order/${orderId}`,
    contracts: [],
    details: [],
    prices: { originalWithoutTax: null, reduction: null, tax: money(price * 0.2), withTax: money(price * 1.2), withoutTax: money(price) },
  });
  wire.on('get /1.0/order/cart/:cart/summary', (call) => told(null, checked(cloud, call, own(call)).price));
  wire.on('get /1.0/order/cart/:cart/checkout', (call) => told(null, checked(cloud, call, open(call)).price));
  wire.on('post /1.0/order/cart/:cart/checkout', (call) => {
    const cart = open(call);
    if (!cart.assigned) throw new Refusal('invalid', 'The cart belongs to nobody yet');
    const order = checked(cloud, call, cart);
    const id = world.nextInt('order', 230_000_000);
    const pays = call.flag('autoPayWithPreferredPaymentMethod') === true && !world.hasFlag('order-unpaid', call.account.id);
    carts.put({ ...cart, readOnly: true });
    world.collection<Order>('orders').put({ ...order, id: String(id), state: pays ? 'checking' : 'notPaid' });
    if (pays) world.schedule('deliver', { order: String(id) }, DELIVERY_MS);
    return told(id, order.price);
  });
  mountMine(wire, cloud);
}

/** @throws Refusal for a cart that lacks a part or a setting, for what is sold out, and where nothing pays. */
function checked(cloud: Cloud, call: Call, cart: Cart): Order {
  const main = cart.items.find(({ parent }) => parent === null);
  const model = MODELS.find(({ id }) => id === main?.planCode);
  if (!main || !model) throw new Refusal('invalid', 'The cart is empty');
  for (const family of mandatoryOf(model))
    if (!cart.items.some(({ planCode, parent }) => parent === main.id && family.includes(planCode)))
      throw new Refusal('invalid', `Mandatory option missing: one of ${family.join(', ')}`);
  for (const label of SETTINGS)
    if (main.settings[label] === undefined) throw new Refusal('invalid', `Mandatory configuration missing: ${label}`);
  const { vps_datacenter: datacenter = '', vps_os: system = '' } = main.settings;
  if (!(DATACENTERS as readonly string[]).includes(datacenter)) throw new Refusal('invalid', 'Unknown datacenter');
  if (!(SYSTEMS as readonly string[]).includes(system)) throw new Refusal('invalid', 'Unknown system');
  if (!cart.readOnly && !cloud.inStock(model, datacenter)) throw new Refusal('sold_out', 'sold out');
  if (cloud.world.hasFlag('unpaid', call.account.id)) throw new Refusal('unpaid', 'payment was refused');
  const order = { account: call.account.id, createdMs: cloud.world.now(), planCode: model.id, mode: main.mode, datacenter };
  return { ...order, id: '', service: '', state: 'checking', price: priceOf(model, main.mode), system };
}

/** Makes the VPS of an order; its own tasks run on for a while. */
export function deliver(cloud: Cloud, id: string): void {
  const { world } = cloud;
  const orders = world.collection<Order>('orders');
  const order = orders.get(id);
  if (!order || order.state === 'delivered' || order.state === 'cancelled') return;
  const account = world.account(order.account)!;
  const model = MODELS.find((each) => each.id === order.planCode) as OvhModel;
  const service = `vps-${world.hex(8)}.vps.ovh.net`;
  const months = order.mode === 'upfront12' ? 12 : 1;
  const made = cloud.make(account, {
    id: service,
    name: '',
    plan: model.id,
    region: order.datacenter,
    image: order.system,
    paidUntilMs: monthsAfter(world.now(), months),
    extra: { periodMonths: months, renewalType: 'automaticV2012' },
  });
  const ending = { server: { phase: 'ready' as const, power: 'on' as const } };
  cloud.jobs.start(made, { command: 'deliverVm', ms: cloud.sheet.times.create, ending });
  orders.put({ ...order, service, state: 'delivered' });
}

function mountMine(wire: Wire, cloud: Cloud): void {
  const orders = cloud.world.collection<Order>('orders');
  const own = (call: Call): Order => cloud.own(orders, call.account.id, call.param('order'), 'order');
  wire.on('get /1.0/me/order', (call) => {
    const from = Date.parse(call.query('date.from') ?? '') || 0;
    return orders.filter(({ account, createdMs }) => account === call.account.id && createdMs >= from).map(({ id }) => Number(id));
  });
  wire.on('get /1.0/me/order/:order/status', (call) => own(call).state);
  wire.on('get /1.0/me/order/:order/details', (call) => [Number(own(call).id) * 10, Number(own(call).id) * 10 + 1]);
  wire.on('get /1.0/me/order/:order/details/:detail', (call) => {
    const { id, service, price } = own(call);
    const more = { cancelled: false, detailType: 'DURATION', quantity: '1', totalPrice: money(price), unitPrice: money(price) };
    return { orderDetailId: Number(call.param('detail')), description: `order ${id}`, domain: service === '' ? '*' : service, ...more };
  });
  wire.on('get /1.0/me/order/:order/details/:detail/extension', (call) => {
    const { id, planCode, mode, datacenter } = own(call);
    const isMain = call.param('detail') === `${id}0`;
    const plan = {
      code: isMain ? planCode : 'option-linux',
      pricingMode: mode,
      duration: 'P1M',
      quantity: 1,
      product: { name: 'virtualPrivateServer' },
    };
    const configurations = isMain ? [{ label: 'vps_datacenter', value: datacenter }] : [];
    return { order: { plan, configurations, action: 'installation', type: 'plan' } };
  });
  wire.on('get /1.0/me/payment/method', (call) => (cloud.world.hasFlag('no-payment-method', call.account.id) ? [] : [4_711]));
}
