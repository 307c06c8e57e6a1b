/** Plans of several providers' accounts with their markup, by the multi-provider desk's routes alone: from nothing to a server and to none. */
import { expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { compatService } from './support.ts';

const PLANS = '/api/admin/vps-plans';
const { call, servers } = compatService({ VULTR_API_KEY: 'sim-from-environment'.padEnd(36, 'A') });
const accountOf = async (type: string) =>
  (await call('GET', '/api/admin/providers')).body.providers.find((each: any) => each.type === type);

it('has one account of every provider after a first start, named, default and marked as simulated, and two example plans', async () => {
  const { body } = await call('GET', '/api/admin/providers');
  const named = new Map(body.providers.map((each: any) => [each.type, each]));
  expect(named.get('linode')).toMatchObject({ name: 'Primary Linode Account', configuration: { default: true } });
  expect(named.get('digitalocean')).toMatchObject({ name: 'Primary DigitalOcean Account', configuration: { default: true } });
  expect(new Set(body.providers.map((each: any) => each.type)).size).toBe(body.providers.length);
  // Its key came from the environment.
  const vultr = await call('POST', `/api/admin/providers/${(named.get('vultr') as any).id}/check`);
  expect(vultr.body.provider).toMatchObject({ name: 'Primary Vultr Account', status: 'ok' });

  const { body: seeded } = await call('GET', PLANS);
  expect(seeded.plans.map((each: any) => [each.name, each.provider_plan_id, each.base_price, each.markup_price, each.price])).toEqual(
    expect.arrayContaining([
      ['Standard 1GB - Primary Linode Account', 'g6-standard-1', 10, 2, 12],
      ['Standard 1GB - Primary DigitalOcean Account', 's-1vcpu-1gb', 10, 2, 12],
    ]),
  );
  for (const plan of seeded.plans) {
    const query = `provider=${plan.provider}&providerId=${plan.provider_id}`;
    const { body: upstream } = await call('GET', `/api/admin/upstream/plans?${query}`);
    const { vcpus, memory, disk } = upstream.plans.find((each: any) => each.id === plan.provider_plan_id);
    expect(plan.specifications).toMatchObject({ vcpus, memory, disk });
  }
});

it('takes the documented specifications, and changes and deletes a plan', async () => {
  const account = await accountOf('digitalocean');
  const specifications = {
    vcpus: 2,
    memory: 4096,
    disk: 80,
    transfer: 4000,
    region: 'nyc1',
    provider_specific: {
      digitalocean: { size_slug: 's-2vcpu-4gb', features: ['backups', 'ipv6'] },
      linode: { type_id: 'g6-standard-2', features: ['backups', 'private_ip'] },
    },
  };
  const wanted = {
    name: 'Two',
    provider_id: account.id,
    provider_plan_id: 's-2vcpu-4gb',
    base_price: 24,
    markup_price: 6.5,
    specifications,
  };
  const made = await call('POST', PLANS, wanted);
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  expect(made.body.plan).toMatchObject({ ...wanted, price: 30.5, active: true, provider: 'digitalocean' });
  const { id } = made.body.plan;
  expect((await call('PUT', `${PLANS}/${id}`, { markup_price: '7', active: false })).body.plan).toMatchObject({
    base_price: 24,
    markup_price: 7,
    price: 31,
    active: false,
    specifications,
  });
  expect((await call('GET', `${PLANS}/${id}`)).body.plan).toMatchObject({ name: 'Two', price: 31 });
  const least = await call('POST', PLANS, { name: 'Least', provider_id: account.id, provider_plan_id: 's-1vcpu-1gb', base_price: '6.00' });
  expect(least.body.plan).toMatchObject({ markup_price: 0, price: 6, active: true });
  expect((await call('DELETE', `${PLANS}/${id}`)).status).toBe(204);
  expect((await call('GET', `${PLANS}/${id}`)).status).toBe(404);
  const wrong = await call('POST', PLANS, { ...wanted, provider_plan_id: 'none' });
  expect(wrong).toMatchObject({ status: 422, body: { errors: [{ field: 'provider_plan_id' }] } });
});

it('makes a server of a plan’s id, and leaves a plan whose account is gone without one', { timeout: 120_000 }, async () => {
  const { body } = await call('GET', PLANS);
  const plan = body.plans.find((each: any) => each.provider === 'digitalocean' && each.name.startsWith('Standard'));
  const wanted = { label: 'by-plan', type: plan.id, region: 'nyc1', image: 'ubuntu-22-04-x64', root_pass: 'secure_password123' };
  const made = await call('POST', '/api/vps', wanted);
  expect(made.status, JSON.stringify(made.body)).toBe(202);
  expect(made.body.instance).toMatchObject({ provider: 'digitalocean', provider_id: plan.provider_id });
  await until(async () => (await call('GET', `/api/vps/${made.body.instance.id}`)).body.instance.status === 'active', {
    timeoutMs: 60_000,
    what: 'the server of the plan',
  });
  expect((await servers()).find((each) => String(each.label).startsWith('by-plan'))).toMatchObject({ plan: 's-1vcpu-1gb' });
  expect(await call('DELETE', `/api/admin/providers/${plan.provider_id}`)).toMatchObject({ status: 409, body: { code: 'account_in_use' } });
  expect((await call('DELETE', `/api/vps/${made.body.instance.id}?grace_hours=0`)).status).toBeLessThan(300);
  await until(async () => !(await servers()).some((each) => String(each.label).startsWith('by-plan')), {
    timeoutMs: 60_000,
    what: 'its end',
  });

  const linode = await accountOf('linode');
  expect((await call('DELETE', `/api/admin/providers/${linode.id}`)).status).toBe(204);
  const { body: now } = await call('GET', PLANS);
  expect(now.plans.find((each: any) => each.provider_plan_id === 'g6-standard-1')).toMatchObject({ provider_id: null, active: false });
});
