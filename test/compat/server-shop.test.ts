/** The server shop's clients: products, orders and instances by their routes alone, from nothing to servers and to none. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { compatService } from './support.ts';

const SHOP = '/api/v1/dedicated-servers';
const { call, servers, runtime } = compatService();

const STARTER = {
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
};
const automated = (module: string, more: object = {}) => ({
  name: `Cloud at ${module}`,
  server_type: 'vps',
  cpu_cores: 1,
  ram_gb: 1,
  storage_gb: 20,
  price_monthly: 19.9,
  price_quarterly: 55.5,
  provisioning_type: 'automated',
  provisioning_module: module,
  ...more,
});

async function instanceUntil(id: number, status: string): Promise<any> {
  return await until(
    async () => {
      const { body } = await call('GET', `${SHOP}/instances/${id}`);
      return body.status === status ? body : undefined;
    },
    { timeoutMs: 60_000, what: `instance ${id} to be ${status}` },
  );
}

describe('a product', () => {
  it('is taken as it was documented, changed in part, listed and deleted', async () => {
    const made = await call('POST', `${SHOP}/products`, STARTER);
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    expect(made.body).toMatchObject({
      ...STARTER,
      id: expect.any(Number),
      current_orders: 0,
      ip_addresses: 1,
      created_at: expect.any(String),
    });
    const { id } = made.body;
    const changed = await call('PUT', `${SHOP}/products/${id}`, {
      price_monthly: 31.5,
      stock_count: 3,
      features: ['root access'],
      is_active: false,
    });
    expect(changed.status, JSON.stringify(changed.body)).toBe(200);
    expect(changed.body).toMatchObject({
      price_monthly: 31.5,
      price_yearly: 299.99,
      stock_count: 3,
      is_active: false,
      features: ['root access'],
      ram_gb: 4,
    });
    const list = await call('GET', `${SHOP}/products?server_type=vps&is_active=false&skip=0&limit=10`);
    expect(list.body.map((each: any) => each.id)).toEqual([id]);
    const { body: active } = await call('GET', `${SHOP}/products?is_active=true`);
    expect(active.map((each: any) => each.id)).not.toContain(id);
    expect((await call('PUT', `${SHOP}/products/${id}`, { provider: 'Own rack' })).body.provider).toBe('Own rack');
    const { body: own } = await call('GET', `${SHOP}/products?provider=Own%20rack`);
    expect(own.map((each: any) => each.id)).toEqual([id]);
    expect((await call('GET', `${SHOP}/products?provider=nobody`)).body).toEqual([]);
    expect((await call('DELETE', `${SHOP}/products/${id}`)).status).toBe(204);
    expect(await call('GET', `${SHOP}/products/${id}`)).toMatchObject({
      status: 404,
      body: { detail: expect.any(String), code: 'not_found' },
    });
  });

  it('has its defaults, and what is wrong with one is said in one sentence', async () => {
    const names = async () => (await call('GET', `${SHOP}/products`)).body.map((each: any) => each.name) as string[];
    const before = await names();
    const least = { name: 'Least', server_type: 'dedicated', cpu_cores: 8, ram_gb: 64, storage_gb: 960, price_monthly: 99 };
    const { body } = await call('POST', `${SHOP}/products`, least);
    expect(body).toMatchObject({
      bandwidth_tb: 1,
      ip_addresses: 1,
      setup_fee: 0,
      provisioning_type: 'manual',
      is_active: true,
      stock_count: null,
    });
    for (const [wrong, field] of [
      [{ ...least, price_monthly: 9.999 }, 'price_monthly'],
      [{ ...least, cpu_cores: undefined }, 'cpu_cores'],
      [{ ...least, server_type: 'shared' }, 'server_type'],
      [automated('nobody'), 'provisioning_module'],
      [automated('digitalocean', { module_config: { plan: 'none-such' } }), 'module_config.plan'],
    ] as const) {
      const refused = await call('POST', `${SHOP}/products`, wrong);
      expect(refused.status).toBe(422);
      expect(refused.body.detail).toContain(field);
    }
    // What was refused left nothing behind.
    expect((await names()).filter((name) => !before.includes(name))).toEqual(['Least']);
  });
});

it.each(['digitalocean', 'hetzner', 'ovh'])(
  'a server of the module %s goes from an order to a working server and to none',
  async (module) => {
    const product = await call('POST', `${SHOP}/products`, automated(module, { stock_count: 2 }));
    expect(product.status, JSON.stringify(product.body)).toBe(201);
    const order = await call('POST', '/api/v1/orders', {
      customer_id: `old-${module}@17`,
      items: [{ product_id: product.body.id, billing_cycle: 'quarterly', quantity: 2, hostname: `${module}.customers.test` }],
    });
    expect(order.status, JSON.stringify(order.body)).toBe(201);
    expect(order.body).toMatchObject({ customer_id: `old-${module}@17`, status: 'pending', subtotal: 111, total: 111 });
    expect(order.body.items.map((each: any) => each.hostname)).toEqual([module, `${module}-2`]);
    expect(await servers().then((all) => all.filter((each) => String(each.label).startsWith(module)))).toEqual([]);

    // The last two are held: nobody else gets one.
    const late = await call('POST', '/api/v1/orders', { customer_id: 'late', items: [{ product_id: product.body.id, quantity: 1 }] });
    expect([late.status, late.body.code]).toEqual([409, 'sold_out']);

    const wrong = await call('POST', `/api/v1/orders/${order.body.id}/pay`, { amount: 111, currency: 'EUR', reference: 'T-1' });
    expect([wrong.status, wrong.body.code]).toEqual([409, 'currency_mismatch']);
    const paid = await call('POST', `/api/v1/orders/${order.body.id}/pay`, { amount: 111, currency: 'USD', reference: `T-${module}` });
    expect(paid.body).toMatchObject({ status: 'paid', paid_at: expect.any(String) });
    const again = await call('POST', `/api/v1/orders/${order.body.id}/pay`, { amount: 111, currency: 'USD', reference: `T-${module}` });
    expect(again.status).toBe(200);
    expect((await call('GET', `${SHOP}/products/${product.body.id}`)).body).toMatchObject({ stock_count: 0, current_orders: 2 });

    const ids = paid.body.items.map((each: any) => each.instance_id as number);
    const [first] = await Promise.all(ids.map((id: number) => instanceUntil(id, 'active')));
    expect(first).toMatchObject({
      order_id: order.body.id,
      product_id: product.body.id,
      provider: module,
      ip_address: expect.any(String),
      ssh_port: 22,
      provider_api_response: expect.any(Object),
      cancelled_at: null,
    });
    expect(JSON.stringify(first)).not.toMatch(/password/i);
    await until(async () => (await call('GET', `/api/v1/orders/${order.body.id}`)).body.status === 'active', {
      timeoutMs: 30_000,
      what: 'the order to be active',
    });
    expect((await call('GET', `${SHOP}/instances/${ids[0]}`)).body.provisioned_at).toEqual(expect.any(String));
    const mine = await call('GET', `${SHOP}/instances?customer_id=${encodeURIComponent(`old-${module}@17`)}&status=active`);
    expect(mine.body.map((each: any) => each.id)).toEqual(ids);
    const one = await call('GET', `${SHOP}/instances?product_id=${product.body.id}&skip=1&limit=1`);
    expect(one.body.map((each: any) => ids.includes(each.id))).toEqual([true]);
    const placed = await call('GET', `/api/v1/orders?customer_id=${encodeURIComponent(`old-${module}@17`)}`);
    expect(placed.body.map((each: any) => [each.id, each.status])).toEqual([[order.body.id, 'active']]);
    expect((await call('GET', `${SHOP}/instances/${ids[0]}/status`)).body).toMatchObject({
      status: 'active',
      power_state: 'running',
      checked_at: expect.any(String),
    });

    const suspended = await call('POST', `${SHOP}/instances/${ids[0]}/suspend`, { reason: 'unpaid' });
    expect(suspended.status, JSON.stringify(suspended.body)).toBe(200);
    expect(await instanceUntil(ids[0], 'suspended')).toMatchObject({ suspension_reason: 'unpaid', suspended_at: expect.any(String) });
    await until(async () => (await call('GET', `${SHOP}/instances/${ids[0]}/status`)).body.power_state === 'stopped', {
      timeoutMs: 30_000,
      what: 'it to be off',
    });
    await until(async () => (await call('POST', `${SHOP}/instances/${ids[0]}/unsuspend`)).status === 200, {
      timeoutMs: 30_000,
      what: 'the suspension to be lifted',
    });
    await instanceUntil(ids[0], 'active');
    await until(async () => (await call('POST', `${SHOP}/instances/${ids[0]}/reboot`)).status === 200, {
      timeoutMs: 30_000,
      what: 'it to reboot',
    });

    expect((await call('DELETE', `${SHOP}/products/${product.body.id}`)).status).toBe(409);
    for (const id of ids)
      await until(async () => (await call('POST', `${SHOP}/instances/${id}/terminate`)).status === 200, {
        timeoutMs: 30_000,
        what: 'its end',
      });
    for (const id of ids)
      expect(await instanceUntil(id, 'terminated')).toMatchObject({ cancelled_at: expect.any(String), terminated_at: expect.any(String) });
    expect((await servers()).filter((each) => String(each.label).startsWith(module))).toEqual([]);
  },
);

it('a gift of the seller costs nothing, and is a server like others', async () => {
  const { body: product } = await call('POST', `${SHOP}/products`, automated('linode'));
  const part = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  const key = Buffer.concat([part(Buffer.from('ssh-ed25519')), part(randomBytes(32))]).toString('base64');
  const asked = { operating_system: 'linode/debian12', region: 'us-east', ssh_key: `ssh-ed25519 ${key} user@laptop` };
  const who = { customer_id: 'friend', product_id: product.id, hostname: 'gift.customers.test', notes: 'for the fair' };
  const made = await call('POST', `${SHOP}/provision`, { ...who, ...asked });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  expect(made.body).toMatchObject({ customer_id: 'friend', product_id: product.id, ...asked });
  expect((await call('GET', `/api/v1/orders/${made.body.order_id}`)).body).toMatchObject({ total: 0, customer_id: 'friend' });
  await instanceUntil(made.body.id, 'active');
  const { body } = await call('GET', `/api/audit?limit=50`);
  expect(JSON.stringify(body)).toContain('order.complimentary');
  expect(JSON.stringify(body)).toContain('for the fair');
});

it('a server that a person makes waits for them, and is active by what they fill in', async () => {
  const { body: product } = await call('POST', `${SHOP}/products`, STARTER);
  const wanted = { customer_id: 'by-hand', items: [{ product_id: product.id, billing_cycle: 'yearly', hostname: 'hand.customers.test' }] };
  const { body: order } = await call('POST', '/api/v1/orders', wanted);
  expect(order, JSON.stringify(order)).toMatchObject({ status: 'pending', total: 299.99 });
  const { body: paid } = await call('POST', `/api/v1/orders/${order.id}/pay`, { amount: 299.99, currency: 'USD', reference: 'hand' });
  const id = paid.items[0].instance_id as number;
  const waiting = await instanceUntil(id, 'pending_provisioning');
  const told = async (): Promise<any[]> => (await call('GET', `/api/tasks?status=waiting&vps_id=${waiting.vps_id}`)).body.tasks;
  expect(await until(async () => (await told())[0], { what: 'staff to be told' })).toMatchObject({ vps_id: waiting.vps_id });
  const filled = {
    ip_address: '198.51.100.77',
    ip_addresses: ['198.51.100.77', '2001:db8::77'],
    operating_system: 'Debian',
    os_version: '13',
    datacenter_location: 'Rack 7',
    control_panel_type: 'plesk',
    control_panel_username: 'admin',
    control_panel_password: 'made-by-a-person-2',
    notes: 'second disk follows',
    mac_address: '52:54:00:12:34:56',
    root_password: 'made-by-a-person-1',
    ssh_port: 2222,
    control_panel_url: 'https://panel.customers.test',
    status: 'active',
  };
  const put = await call('PUT', `${SHOP}/instances/${id}`, filled);
  expect(put.status, JSON.stringify(put.body)).toBe(200);
  const active = await instanceUntil(id, 'active');
  const { root_password: _root, control_panel_password: _panel, ...open } = filled;
  expect(active).toMatchObject({ ...open, hostname: 'hand.customers.test' });
  expect(JSON.stringify(active)).not.toContain('made-by-a-person');
  await until(async () => (await call('GET', `/api/v1/orders/${order.id}`)).body.status === 'active', {
    timeoutMs: 30_000,
    what: 'the order',
  });

  // Its end is theirs too: it is cancelled until they say that they have taken it down.
  await until(async () => (await call('POST', `${SHOP}/instances/${id}/terminate`)).status === 200, { what: 'its end to be ordered' });
  const down = await until(async () => (await told())[0], { timeoutMs: 30_000, what: 'staff to be told of its end' });
  expect((await call('GET', `${SHOP}/instances/${id}`)).body).toMatchObject({ status: 'cancelled', terminated_at: null });
  expect((await call('POST', `/api/tasks/${down.id}/answer`, { answers: {} })).status).toBeLessThan(300);
  expect(await instanceUntil(id, 'terminated')).toMatchObject({ terminated_at: expect.any(String) });
});

it('one that no place makes has failed, and an order that nobody pays is cancelled with its time', { timeout: 120_000 }, async () => {
  const { body: product } = await call('POST', `${SHOP}/products`, automated('digitalocean', { name: 'Unlucky', stock_count: 1 }));
  const item = { product_id: product.id, billing_cycle: 'monthly', hostname: 'unlucky.customers.test' };
  const { body: unpaid } = await call('POST', '/api/v1/orders', { customer_id: 'forgetful', items: [item] });
  expect(unpaid).toMatchObject({ status: 'pending' });
  const { db } = runtime().services;
  await db.order.updateMany({ where: { expiresAt: { not: null } }, data: { expiresAt: new Date('2020-01-01') } });
  const statusOf = async (id: number): Promise<string> => (await call('GET', `/api/v1/orders/${id}`)).body.status;
  await until(async () => (await statusOf(unpaid.id)) === 'cancelled', { timeoutMs: 60_000, what: 'the order to expire' });

  const fault = await fetch(`${runtime().simulatorOrigin}/_simulator/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ provider: 'digitalocean', kind: 'status', status: 422, method: 'POST', path: '/droplets', times: 100 }),
  });
  const { id: faultId } = (await fault.json()) as { id: string };
  // The piece that was held for it is free again.
  const { body: order } = await call('POST', '/api/v1/orders', { customer_id: 'unlucky', items: [item] });
  const pay = { amount: order.total, currency: 'USD', reference: 'unlucky' };
  const { body: paid } = await call('POST', `/api/v1/orders/${order.id}/pay`, pay);
  const id = paid.items[0].instance_id as number;
  expect(await instanceUntil(id, 'failed')).toMatchObject({ terminated_at: null, ip_address: null });
  expect((await call('GET', `${SHOP}/instances?status=failed&product_id=${product.id}`)).body.map((each: any) => each.id)).toEqual([id]);
  await fetch(`${runtime().simulatorOrigin}/_simulator/faults/${faultId}`, { method: 'DELETE' });
});

it('makes one server of fifty equal requests for one order at once, and answers the others clearly', { timeout: 120_000 }, async () => {
  const { body: product } = await call('POST', `${SHOP}/products`, automated('digitalocean', { name: 'One of fifty' }));
  const items = [{ product_id: product.id, billing_cycle: 'monthly', hostname: 'fifty.customers.test' }];
  const { body: order } = await call('POST', '/api/v1/orders', { customer_id: 'fifty', items });
  const fifty = async (path: string, body: (index: number) => object) =>
    Promise.all(Array.from({ length: 50 }, (_, index) => call('POST', path, body(index))));
  const clear = (all: readonly { status: number; body: any }[]) =>
    new Set(all.map(({ status, body }) => `${status} ${body.detail ?? body.status}`));

  // The same money, told fifty times, is one payment; every caller hears that the order is paid.
  const same = await fifty(`/api/v1/orders/${order.id}/pay`, () => ({ amount: 19.9, currency: 'USD', reference: 'one transfer' }));
  expect(clear(same)).toEqual(new Set(['200 paid']));
  // Other money for what is paid is refused.
  const other = await fifty(`/api/v1/orders/${order.id}/pay`, (index) => ({
    amount: 19.9,
    currency: 'USD',
    reference: `transfer ${index}`,
  }));
  expect(clear(other)).toEqual(new Set(['409 The order is provisioning; its invoice cannot be paid any more.']));
  // Asked to provision it, each is answered with its one instance.
  const wanted = { customer_id: 'fifty', product_id: product.id, order_id: order.id };
  const instances = await fifty(`${SHOP}/provision`, () => wanted);
  expect(new Set(instances.map(({ status }) => status))).toEqual(new Set([201]));
  const ids = new Set<number>(instances.map(({ body }) => body.id));
  expect(ids.size).toBe(1);
  await instanceUntil([...ids][0]!, 'active');
  expect((await servers()).filter((each) => String(each.label).startsWith('fifty'))).toHaveLength(1);
  expect((await call('GET', `${SHOP}/instances?customer_id=fifty`)).body).toHaveLength(1);
});

it('makes one order of fifty that race for the last piece, and answers the others clearly', { timeout: 120_000 }, async () => {
  const { body: product } = await call('POST', `${SHOP}/products`, { ...STARTER, name: 'The last one', stock_count: 1 });
  const wanted = (index: number) => ({ customer_id: `racer-${index % 5}`, items: [{ product_id: product.id, billing_cycle: 'monthly' }] });
  const all = await Promise.all(Array.from({ length: 50 }, (_, index) => call('POST', '/api/v1/orders', wanted(index))));
  expect(all.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(new Set(all.filter(({ status }) => status !== 201).map(({ status, body }) => `${status} ${body.code}`))).toEqual(
    new Set(['409 sold_out']),
  );
});
