/** For the pictures: something that is sold, and a customer who has some of it. */
import type { BenchService } from '../bench/support/service.ts';
import type { Plinth } from '../test/support/plinth.ts';
import { Selling } from '../test/support/selling.ts';

const GIVEN = ['2 vCPU', '4 GB memory', '80 GB NVMe', '20 TB traffic'];
const SIZES = [
  { name: 'VPS S', amount: '5.90', features: ['1 vCPU', '2 GB memory', '40 GB NVMe', '20 TB traffic'], recommended: false },
  { name: 'VPS M', amount: '9.90', features: GIVEN, recommended: true },
  { name: 'VPS L', amount: '18.90', features: ['4 vCPU', '8 GB memory', '160 GB NVMe', '20 TB traffic'], recommended: false },
];
const SERVERS = ['shop', 'engine-1', 'staging'];

export interface ShopWindow {
  readonly customerId: string;
  /** Signs in as the customer. */
  readonly token: string;
}

/** A shop with three sizes at the first simulated provider, and a customer with paid servers, keys, a question and a snapshot. */
export async function furnishShop(service: BenchService): Promise<ShopWindow> {
  const { call, runtime, origin, token: adminToken } = service;
  const selling = new Selling(() => ({ runtime, origin, adminToken }) as unknown as Plinth);
  await selling.open();
  const { organization } = await call<{ organization: { id: string } }>('POST', '/api/admin/organizations', { name: 'lovelace-engines' });
  const id = organization.id;
  await call('PUT', `/api/admin/organizations/${id}/buyer`, { internal: false });
  const made = { name: 'Ada Lovelace', role: 'admin', organization_id: id };
  const { secret: token } = await call<{ secret: string }>('POST', '/api/tokens', made);
  await selling.ok(
    'PUT',
    '/api/billing-profile',
    { name: 'Lovelace Engines', address: ['Analytical Row 1', '10115 Berlin'], country: 'DE', currency: 'EUR' },
    token,
  );
  const [place] = [...(await service.orders()).values()];
  const candidates = [{ account_id: place!['provider_id'], plan: place!['type'], regions: [place!['region']], images: [place!['image']] }];
  const products = [];
  for (const [sort, { amount, ...size }] of SIZES.entries()) {
    const prices = [
      { interval: 'month', currency: 'EUR', amount },
      { interval: 'year', currency: 'EUR', amount: `${Number(amount) * 10}` },
    ];
    products.push(await selling.product({ ...size, sort, description: 'Ready in a minute.' }, { prices, candidates }));
  }
  for (const name of ['laptop', 'office'])
    await selling.ok('POST', '/api/ssh-keys', { name, public_key: `ssh-ed25519 ${blob(name)}` }, token);
  const customer = { id, name: 'lovelace-engines', token };
  for (const label of SERVERS) {
    const { id: order } = await selling.pay(await selling.order(customer, products[1].id, { label }));
    await selling.orderIs(order, 'fulfilled');
  }
  await selling.ok('POST', '/api/tickets', { subject: 'A second address for mail', text: 'Is that possible on VPS M?' }, token);
  return { customerId: id, token };
}

/** Of a key that nobody has. RFC 4253 section 6.6. */
function blob(name: string): string {
  const part = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  return Buffer.concat([part(Buffer.from('ssh-ed25519')), part(Buffer.alloc(32, name))]).toString('base64');
}
