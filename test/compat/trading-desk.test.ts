/** The trading desk's clients: each row of its routes, then a walk by them alone from nothing to a server and to none. */
import { describe, expect, it } from 'vitest';
import { allAccounts, openAccount } from '../../server/accounts/accounts.ts';
import { addressOf } from '../../server/compat/trading-desk/catalog.ts';
import { signedUp } from '../support/people.ts';
import { until } from '../support/until.ts';
import { compatService } from './support.ts';

const PATH = '/api/vps/provision';
const { call, servers, runtime } = compatService({
  DIGITALOCEAN_API_KEY: 'sim-digitalocean-from-environment'.padEnd(64, '0'),
  LINODE_API_KEY: 'sim-linode-from-environment'.padEnd(64, '0'),
  HOSTINGER_API_KEY: 'sim-hostinger-from-environment'.padEnd(40, '0'),
});
const admin = (): string => runtime().seeded.adminToken!;

async function tokenOf(organization: string, role = 'operator'): Promise<{ secret: string; organizationId: string }> {
  const made = await call('POST', '/api/admin/organizations', { name: organization });
  const organizationId = made.body.organization.id as string;
  const { body } = await call('POST', '/api/tokens', { name: `${organization} desk`, role, organization_id: organizationId });
  expect(body.secret).toMatch(/^plinth_/);
  return { secret: body.secret, organizationId };
}

describe('looking', () => {
  it('proposes plans with today’s prices, regions and Windows versions, keyed by id', async () => {
    const { status, body } = await call('GET', PATH);
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: true, configured: true });
    expect(Object.keys(body.recommendedPlans)).toEqual(['vc2-1c-2gb', 'vc2-2c-4gb', 'vhf-1c-2gb']);
    const plans = await call('GET', `${PATH}?action=plans`);
    for (const [id, plan] of Object.entries<any>(body.recommendedPlans)) {
      expect(plan).toMatchObject({
        id,
        name: expect.any(String),
        vcpus: expect.any(Number),
        ram: expect.any(Number),
        disk: expect.any(Number),
      });
      expect(plan.bestFor).not.toBe('');
      const today = plans.body.plans.find((each: any) => each.id === id);
      if (today) expect(plan.monthlyCost).toBe(today.monthly_cost);
    }
    expect(Object.keys(body.recommendedRegions)).toEqual(['ewr', 'ord', 'lhr', 'fra', 'ams', 'sgp', 'nrt']);
    expect(body.recommendedRegions.ewr).toEqual({ id: 'ewr', city: 'New Jersey', country: 'US', bestFor: 'US brokers' });
    expect(Object.keys(body.windowsOS)).toEqual(['2016', '2019', '2022']);
    expect(body.windowsOS['2022'].id).toEqual(expect.any(Number));
  });

  it('tells account, regions, plans and systems of the provider that is asked', async () => {
    const account = await call('GET', `${PATH}?action=account`);
    expect(account.body).toMatchObject({
      success: true,
      account: { name: expect.any(String), email: 'admin@example.com', balance: expect.any(Number), pending_charges: expect.any(Number) },
    });
    expect(account.body.account.last_payment_amount).toBe(10);
    const regions = await call('GET', `${PATH}?action=regions`);
    expect(regions.body.regions[0]).toMatchObject({ id: expect.any(String), city: expect.any(String), country: expect.any(String) });
    const plans = await call('GET', `${PATH}?action=plans`);
    expect(plans.body.plans.length).toBeGreaterThan(3);
    for (const plan of plans.body.plans) {
      expect(plan).toMatchObject({ id: expect.any(String), vcpu_count: expect.any(Number), monthly_cost: expect.any(Number) });
      expect(plan.locations).toEqual(expect.any(Array));
    }
    const os = await call('GET', `${PATH}?action=os`);
    expect(os.body.os.every((each: any) => each.family === 'windows' && typeof each.id === 'number')).toBe(true);
    const others = await call('GET', `${PATH}?action=os&provider=digitalocean`);
    expect(others.body.os.length).toBeGreaterThan(0);
    expect((await call('GET', `${PATH}?action=plans&provider=nobody`)).status).toBe(422);
    expect(await call('GET', `${PATH}?action=status&instance_id=none`)).toMatchObject({ status: 404, body: { success: false } });
  });

  it('answers with the fields of each row, by their types', async () => {
    const fields = (each: object): string[] => Object.keys(each).toSorted();
    const { body: regions } = await call('GET', `${PATH}?action=regions`);
    expect(fields(regions.regions[0])).toEqual(expect.arrayContaining(['city', 'country', 'id']));
    const { body: plans } = await call('GET', `${PATH}?action=plans`);
    const expected = ['bandwidth', 'disk', 'id', 'locations', 'monthly_cost', 'ram', 'type', 'vcpu_count'];
    for (const plan of plans.plans) {
      expect(fields(plan)).toEqual(expected);
      for (const name of ['disk', 'monthly_cost', 'ram', 'vcpu_count']) expect(plan[name]).toEqual(expect.any(Number));
    }
    // Bare metal and processors of another kind run no Windows.
    expect(plans.plans.map((plan: any) => plan.id)).toEqual(expect.arrayContaining(['vc2-1c-2gb', 'vc2-2c-4gb', 'vhf-1c-2gb']));
    const { body: overview } = await call('GET', PATH);
    expect(Object.values<any>(overview.recommendedPlans).map(({ name, bestFor }) => `${name}: ${bestFor}`)).toEqual([
      'Basic: A single EA',
      'Standard: Several EAs',
      'Performance: High-frequency trading',
    ]);
    expect(Object.values<any>(overview.recommendedRegions).map(({ city, bestFor }) => `${city}: ${bestFor}`)).toEqual([
      'New Jersey: US brokers',
      'Chicago: US brokers',
      'London: EU/UK brokers',
      'Frankfurt: EU brokers',
      'Amsterdam: EU brokers',
      'Singapore: Asia',
      'Tokyo: Japan brokers',
    ]);
    for (const [version, { name }] of Object.entries<any>(overview.windowsOS)) expect(name).toContain(version);
  });

  it('takes 0.0.0.0 and nothing for no address', () => {
    expect(['0.0.0.0', '', null, '192.0.2.7'].map((ip) => addressOf(ip))).toEqual([null, null, null, '192.0.2.7']);
  });

  it('has the accounts whose keys stand in the environment', async () => {
    const { body } = await call('GET', '/api/admin/providers');
    for (const type of ['digitalocean', 'linode', 'hostinger']) {
      const { id } = body.providers.find((each: any) => each.type === type);
      expect((await call('POST', `/api/admin/providers/${id}/check`)).body.provider).toMatchObject({ status: 'ok' });
    }
  });

  it('says which migrations were applied', async () => {
    const { body } = await call('GET', '/api/migrate-db');
    expect(body).toMatchObject({ success: true, pending: [] });
    expect(body.applied[0]).toBe('20261121120000_init');
    const { secret } = await tokenOf('looker');
    expect((await call('GET', '/api/migrate-db', undefined, secret)).body).toMatchObject({ success: false, error: expect.any(String) });
  });
});

it('takes a trading account from nothing to a working server and to none', async () => {
  const { secret, organizationId } = await tokenOf('broker');
  const { body: seen } = await call('GET', PATH, undefined, secret);
  const wanted = { mt5_account_id: 123, vps_name: 'MT5-12345', region: 'ewr', plan: 'vc2-1c-2gb', os_id: seen.windowsOS['2022'].id };

  const unknown = await call('POST', PATH, { ...wanted, os_id: 1713 }, secret);
  expect(unknown.status).toBe(422);
  expect(unknown.body.success).toBe(false);
  expect(unknown.body.error).toContain(String(seen.windowsOS['2019'].id));

  const made = await call('POST', PATH, wanted, secret);
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ success: true, message: 'VPS provisioning started', data: { vps_id: 1 } });
  expect(made.body.data.vultr_instance_id).toEqual(expect.any(String));
  const server = (await servers()).find((each) => String(each.label).startsWith('mt5-12345'));
  expect(server.id).toBe(made.body.data.vultr_instance_id);

  expect(await call('POST', PATH, wanted, secret)).toMatchObject({
    status: 409,
    body: { success: false, error: 'VPS instance already exists for this MT5 account', code: 'reference_taken' },
  });

  const synced = await until(
    async () => {
      const { body } = await call('PATCH', PATH, { vps_id: 1 }, secret);
      return body.data?.status === 'active' ? body.data : undefined;
    },
    { timeoutMs: 60_000, what: 'the trading server to be active' },
  );
  expect(synced).toMatchObject({ vps_id: 1, vultr_status: 'active', main_ip: server.ipv4, updated_at: expect.any(String) });
  const status = await call('GET', `${PATH}?action=status&instance_id=${server.id}`, undefined, secret);
  expect(status.body.instance).toMatchObject({
    id: server.id,
    status: 'active',
    power_status: 'running',
    main_ip: server.ipv4,
    region: 'ewr',
  });

  // Somebody else sees nothing of it, and an answer that hands out the password counts as the reveal.
  const { secret: stranger } = await tokenOf('stranger');
  expect((await call('GET', `${PATH}?action=status&instance_id=${server.id}`, undefined, stranger)).status).toBe(404);
  expect((await call('PATCH', PATH, { vps_id: 1 }, stranger)).status).toBe(404);
  expect((await call('DELETE', `${PATH}?vps_id=1`, undefined, stranger)).status).toBe(404);
  const { body: list } = await call('GET', '/api/vps', undefined, secret);
  const [own] = list.instances;
  expect(own).toMatchObject({ organization_id: organizationId, external_reference: 'mt5:123' });
  expect(own.password_revealed).toBe(made.body.data.default_password !== null);
  if (made.body.data.default_password !== null) {
    expect(made.body.data.default_password).toBe(server.password);
    expect(JSON.stringify((await call('GET', '/api/audit?limit=50')).body)).toContain('handed out by POST /api/vps/provision');
  }
  // What the page lists, and what its people are told, to the letter.
  expect((await call('GET', `${PATH}?action=status&instance_id=${server.id}`, undefined, secret)).body.instance).toEqual({
    id: server.id,
    status: 'active',
    power_status: 'running',
    server_status: 'ok',
    main_ip: server.ipv4,
    region: 'ewr',
    plan: 'vc2-1c-2gb',
    os: expect.any(String),
  });

  expect(await call('DELETE', `${PATH}?vps_id=1`, undefined, secret)).toMatchObject({ status: 200, body: { success: true } });
  await until(async () => !(await servers()).some((each) => each.id === server.id), { timeoutMs: 60_000, what: 'the server to be gone' });
  await until(async () => (await call('PATCH', PATH, { vps_id: 1 }, secret)).body.data?.status === 'decommissioned', {
    timeoutMs: 60_000,
    what: 'the record to say so',
  });
  expect((await call('DELETE', `${PATH}?vps_id=1`, undefined, secret)).status).toBe(404);
  expect((await call('DELETE', `${PATH}?vps_id=999`, undefined, secret)).status).toBe(404);
});

it('makes one server of fifty equal requests at once, and answers the others clearly', async () => {
  const { secret } = await tokenOf('fifty');
  const wanted = { mt5_account_id: 'many', region: 'fra', plan: 'vc2-1c-2gb', os_id: 371 };
  const all = await Promise.all(Array.from({ length: 50 }, () => call('POST', PATH, wanted, secret)));
  expect(all.filter(({ status }) => status === 201)).toHaveLength(1);
  const others = all.filter(({ status }) => status !== 201);
  expect(new Set(others.map(({ status, body }) => `${status} ${body.error}`))).toEqual(
    new Set(['409 VPS instance already exists for this MT5 account']),
  );
  const { body } = await call('GET', '/api/vps', undefined, secret);
  expect(body.instances).toHaveLength(1);
  expect(body.instances[0].label).toBe('mt5-many');
});

it('serves the trading account of another provider, for a platform’s token in the default organization', { timeout: 180_000 }, async () => {
  const { body: seen } = await call('GET', `${PATH}?provider=digitalocean`);
  expect(seen).toMatchObject({ configured: true, provider: 'digitalocean' });
  const [plan, region] = [Object.keys(seen.recommendedPlans)[0]!, Object.keys(seen.recommendedRegions)[0]!];
  const { body: systems } = await call('GET', `${PATH}?action=os&provider=digitalocean`);
  const os_id = systems.os.find((each: any) => /ubuntu/i.test(`${each.id} ${each.name}`)).id;
  const made = await call('POST', PATH, { mt5_account_id: 'other', vps_name: ' ', region, plan, os_id, provider: 'digitalocean' });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const { vps_id, provider_instance_id, vultr_instance_id, provider } = made.body.data;
  expect({ vultr_instance_id, provider }).toEqual({ vultr_instance_id: null, provider: 'digitalocean' });
  expect((await servers()).find((each) => String(each.id) === provider_instance_id)?.provider).toBe('digitalocean');
  const { body: all } = await call('GET', '/api/vps?q=mt5:other');
  expect(all.instances[0]).toMatchObject({ label: 'mt5-other', provider: 'digitalocean' });
  const { body: organizations } = await call('GET', '/api/admin/organizations');
  const owner = organizations.organizations.find((each: any) => each.id === all.instances[0].organization_id);
  expect(owner.name).toBe(runtime().services.config.defaultOrganization);
  await until(
    async () => {
      const { body } = await call('PATCH', PATH, { vps_id });
      return body.data?.status === 'active' && body.data.provider_status === 'active' && body.data.vultr_status === null;
    },
    { timeoutMs: 60_000, what: 'the other provider’s server to be active' },
  );
  expect((await call('DELETE', `${PATH}?vps_id=${vps_id}`)).body).toMatchObject({ success: true, message: expect.any(String) });
  await until(async () => !(await servers()).some((each) => String(each.id) === provider_instance_id), {
    timeoutMs: 60_000,
    what: 'the other provider’s server to be gone',
  });
});

it('tells the trader’s people in the exact words, and names the balance where a set-up has failed', { timeout: 120_000 }, async () => {
  const { origin, simulatorOrigin } = runtime();
  const email = 'trader@people.test';
  const trader = await signedUp(origin!, admin(), { email, name: 'Trader', password: 'correct horse battery staple 9' });
  const { organizations } = (await call('GET', '/api/admin/organizations')).body;
  const own = organizations.find((each: any) => each.name === 'trader');
  const wanted = { mt5_account_id: 1, region: 'ewr', plan: 'vc2-1c-2gb', os_id: 371, organization_id: own.id };
  const { body: made } = await call('POST', PATH, wanted);
  expect(made.success, JSON.stringify(made)).toBe(true);
  const messages = async (): Promise<string[]> =>
    (await trader.must(200, 'GET', '/api/notifications')).notifications.map((each: any) => each.message);
  const ready = await until(async () => (await messages()).find((each) => each?.startsWith('Your VPS is ready!')), {
    timeoutMs: 60_000,
    what: 'the word that it is ready',
  });
  const { body: now } = await call('PATCH', PATH, { vps_id: made.data.vps_id });
  expect(ready).toBe(`Your VPS is ready! IP: ${now.data.main_ip}`);
  expect(await messages()).toContain('Your VPS is being provisioned...');
  expect(now.data).not.toHaveProperty('message');

  // Somebody's set-up that is refused at the provider.
  await fetch(`${simulatorOrigin}/_simulator/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ provider: 'vultr', kind: 'status', status: 402, method: 'POST', path: '/v2/instances', times: null }),
  });
  const { body: failing } = await call('POST', PATH, { ...wanted, mt5_account_id: 2 });
  const failed = await until(
    async () => {
      const { body } = await call('PATCH', PATH, { vps_id: failing.data.vps_id });
      return body.data.status === 'error' ? body.data : undefined;
    },
    { timeoutMs: 60_000, what: 'the set-up to have failed' },
  );
  // The account has credit: then it is not the money.
  expect(failed).not.toHaveProperty('message');
  const { services } = runtime();
  const account = (await allAccounts(services)).find(({ provider }) => provider === 'vultr')!;
  const [key] = Object.values(openAccount(services, account).credential);
  const owing = await fetch(`${simulatorOrigin}/_simulator/accounts/vultr/${key}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ balance: -3 }),
  });
  expect(owing.ok).toBe(true);
  expect((await call('PATCH', PATH, { vps_id: failing.data.vps_id })).body.data.message).toMatch(
    /^It has no server yet\. The account "Primary Vultr Account" has no credit: it owes 3\.\d\d USD, .+ That may be why\.$/,
  );
});

it('says in the older system’s words that there is no account', async () => {
  const { body } = await call('GET', '/api/admin/providers');
  const account = body.providers.find((each: any) => each.type === 'linode');
  expect((await call('DELETE', `/api/admin/providers/${account.id}`)).status).toBe(204);
  expect((await call('GET', `${PATH}?provider=linode`)).body).toMatchObject({ success: true, configured: false });
  const wanted = { mt5_account_id: 7, region: 'us-east', plan: 'g6-standard-1', os_id: 'linode/debian12', provider: 'linode' };
  expect(await call('POST', PATH, wanted, admin())).toMatchObject({
    status: 503,
    body: { success: false, error: expect.stringMatching(/^(Akamai|Linode).* API key not configured$/), code: 'provider_not_configured' },
  });
});
