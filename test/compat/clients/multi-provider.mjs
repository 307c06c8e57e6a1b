// The multi-provider desk's script: looks at plans, orders by the documented example, waits, deletes.
import { call, expect, poll } from './lib.mjs';

const { body: accounts } = await call('GET', '/api/admin/providers');
const account = accounts.providers.find(({ type, name }) => type === 'digitalocean' && name === 'Primary DigitalOcean Account');
expect('the account', account !== undefined, accounts);
const { body: plans } = await call('GET', `/api/admin/upstream/plans?provider=digitalocean&providerId=${account.id}`);
const plan = plans.plans.find(({ id }) => id === 's-1vcpu-1gb');
expect('numbers', plan.vcpus === 1 && plan.memory === 1024 && typeof plan.price.monthly === 'number', plan);
const { body: regions } = await call('GET', '/api/admin/upstream/regions?provider=digitalocean');
expect(
  'regions',
  regions.regions.some(({ id }) => id === 'nyc1'),
  regions,
);
const { body: sold } = await call('GET', '/api/admin/vps-plans');
expect(
  'example plans',
  sold.plans.some(
    ({ name, base_price, markup_price }) => name === `Standard 1GB - ${account.name}` && base_price === 10 && markup_price === 2,
  ),
  sold,
);
const made = await call('POST', '/api/vps', {
  label: 'production-web-1',
  type: 's-1vcpu-1gb',
  region: 'nyc1',
  image: 'ubuntu-22-04-x64',
  root_pass: 'secure_password123',
  ssh_keys: [],
});
expect('an instance', typeof made.body.instance?.id === 'string' && made.body.operation !== undefined, made.body);
const { id } = made.body.instance;
const active = await poll('active', async () => {
  const { body } = await call('GET', `/api/vps/${id}`);
  return body.instance.status === 'active' ? body.instance : undefined;
});
expect('an address', typeof active.ip_address === 'string' && active.provider_instance_id !== null, active);
const gone = await call('DELETE', `/api/vps/${id}?grace_hours=0`);
expect('its end', gone.status < 300, gone.body);
await poll('terminated', async () => (await call('GET', `/api/vps/${id}`)).body.instance?.status === 'terminated');
