/** What older systems' clients hear where their provider has no account: the sentences that they match, and nothing is made. */
import { beforeAll, expect, it } from 'vitest';
import { compatService } from './support.ts';

const PATH = '/api/vps/provision';
const { call, runtime } = compatService({ SVPS_SYNC_SECONDS: '0' });

beforeAll(async () => {
  const { body } = await call('GET', '/api/admin/providers');
  for (const { id, type } of body.providers)
    if (['vultr', 'hostinger', 'linode'].includes(type)) expect((await call('DELETE', `/api/admin/providers/${id}`)).status).toBe(204);
}, 60_000);

it('the trading desk looks as it should, and provisions nothing', async () => {
  expect(await call('GET', PATH)).toEqual({
    status: 200,
    body: { success: true, configured: false, provider: 'vultr', recommendedPlans: {}, recommendedRegions: {}, windowsOS: {} },
  });
  const unconfigured = { status: 503, body: { success: false, error: 'Vultr API key not configured', code: 'provider_not_configured' } };
  expect(await call('POST', PATH, { mt5_account_id: 8, region: 'ewr', plan: 'vc2-1c-2gb', os_id: 371 })).toMatchObject(unconfigured);
  for (const action of ['account', 'regions', 'plans', 'os', 'status&instance_id=1'])
    expect(await call('GET', `${PATH}?action=${action}`)).toMatchObject(unconfigured);
});

it('names the provider that was asked for', async () => {
  const { name } = runtime().services.providers.find(({ descriptor }) => descriptor.id === 'linode')!.descriptor;
  expect((await call('GET', `${PATH}?action=plans&provider=linode`)).body.error).toBe(`${name} API key not configured`);
});

it('a user’s own server is refused in the same words', async () => {
  const { body: made } = await call('POST', '/api/admin/organizations', { name: 'no-hostinger' });
  const { body } = await call('POST', '/api/tokens', { name: 'own', role: 'operator', organization_id: made.organization.id });
  expect(await call('POST', PATH, {}, body.secret)).toMatchObject({
    status: 503,
    body: { success: false, error: 'Hostinger API key not configured', code: 'provider_not_configured' },
  });
});
