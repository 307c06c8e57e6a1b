/** What is the seller's: an organization's tokens neither read nor write it, in any answer, event or refusal. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { type Shop, shopOf, ZONE } from './support/shop.ts';

const database = withDatabase();
const NOTES = 'pays late, margin 40 percent';
let plinth: Plinth;
let shop: Shop;
let tenant: string;
let cloud: string;
let vps: any;
/** Words that are the seller's, by what they are. */
let sellers: Record<string, string>;

beforeAll(async () => {
  plinth = await startPlinth(database.url, { PLINTH_DRIFT_SECONDS: '0' });
  shop = shopOf(plinth);
  [cloud = ''] = await shop.clouds();
  const { organization } = await plinth.json('organization', 'create', 'buyer');
  const account = await plinth.runtime.services.db.account.findFirstOrThrow({ where: { provider: cloud } });
  await plinth.runtime.services.db.account.update({ where: { id: account.id }, data: { name: 'Margin Master' } });
  tenant = (await plinth.json('token', 'create', 'buyer', '--role', 'admin', '--organization', organization.id)).secret;
  const made = await shop.order(cloud, 'watched', { organization_id: organization.id, cloud_init: { packages: ['nginx'] } });
  await shop.ended(made.operation.id);
  await shop.call('PATCH', `/api/vps/${made.instance.id}`, { notes: NOTES });
  for (const action of [{ action: 'reboot' }, { action: 'snapshot', name: 'kept' }]) {
    const { operation } = await shop.call('POST', `/api/vps/${made.instance.id}/actions`, action);
    expect((await shop.ended(operation.id)).status).toBe('succeeded');
  }
  vps = await shop.vps(made.instance.id);
  const row = await plinth.runtime.services.db.vps.findUniqueOrThrow({ where: { id: vps.id } });
  const { dns } = row.spec as any;
  const snapshot = await plinth.runtime.services.db.snapshot.findFirstOrThrow({ where: { vpsId: vps.id } });
  sellers = {
    notes: NOTES,
    account: account.id,
    'account name': 'Margin Master',
    server: vps.instance_id,
    'DNS account': row.dnsAccountId!,
    zone: dns.zoneId,
    snapshot: snapshot.providerSnapshotId!,
  };
}, 180_000);
afterAll(() => plinth?.stop());

async function asTenant(method: string, path: string, body?: unknown): Promise<{ status: number; text: string; body: any }> {
  const headers = { authorization: `Bearer ${tenant}`, 'content-type': 'application/json' };
  const response = await fetch(plinth.origin + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  return { status: response.status, text, body: text.startsWith('{') ? JSON.parse(text) : null };
}

function expectNothingOfTheSeller(what: string, text: string): void {
  for (const [name, word] of Object.entries(sellers))
    expect(text.includes(word), `${what} tells the ${name}: ${text.slice(0, 2000)}`).toBe(false);
  // A price is a decimal beside a currency.
  expect(text, what).not.toMatch(/"(monthly_cost|price_before|price_after|price_difference|priceMonthly|priceHourly)":[^n]/);
}

describe('an organization’s token', () => {
  it('reads none of it in any answer', { timeout: 120_000 }, async () => {
    const { operations } = (await asTenant('GET', `/api/operations?vps_id=${vps.id}`)).body;
    expect(operations.length).toBeGreaterThan(2);
    const paths = [
      '/api/vps',
      `/api/vps/${vps.id}`,
      `/api/vps/${vps.id}/outputs`,
      `/api/vps/${vps.id}/stack`,
      `/api/vps/${vps.id}/stack/history`,
      `/api/vps/${vps.id}/stack/versions/1`,
      `/api/vps/${vps.id}/resources`,
      `/api/vps/${vps.id}/snapshots`,
      `/api/vps/${vps.id}/bandwidth`,
      '/api/snapshots',
      '/api/operations',
      '/api/overview',
      '/api/overview/history',
      '/api/events',
      '/api/bulk',
      '/api/audit',
      `/api/admin/upstream/plans?vps_id=${vps.id}`,
      `/api/admin/upstream/plans?provider=${cloud}`,
      ...operations.flatMap(({ id }: any) => [`/api/operations/${id}`, `/api/operations/${id}/events`, `/api/operations/${id}/stream`]),
    ];
    for (const path of paths) {
      const { status, text } = await asTenant('GET', path);
      expect([path, status < 500]).toEqual([path, true]);
      expectNothingOfTheSeller(path, text);
    }
    // The seller reads all of it.
    expect(vps).toMatchObject({ notes: NOTES, provider_id: sellers.account, instance_id: sellers.server });
    expect((await asTenant('GET', `/api/vps/${vps.id}`)).body.instance).toMatchObject({ has_server: true, dns_name: `watched.${ZONE}` });
  });

  it('reads none of it in what its changes answer, nor when an answer is repeated', { timeout: 120_000 }, async () => {
    const changes: [string, string, unknown][] = [
      ['POST', `/api/vps/${vps.id}/preview`, { change: { action: 'rename', label: 'seen' } }],
      ['POST', '/api/bulk/preview', { action: { action: 'reboot' }, selection: { ids: [vps.id] } }],
      ['PATCH', `/api/vps/${vps.id}`, { delete_protection: false }],
      ['POST', `/api/vps/${vps.id}/actions`, { action: 'resize', plan: 'no-such-plan' }],
      ['POST', `/api/vps/${vps.id}/actions`, { action: 'reinstall', image: 'no-such-image' }],
    ];
    for (const [method, path, body] of changes) {
      const { status, text, body: answer } = await asTenant(method, path, body);
      expect([path, status < 500], text).toEqual([path, true]);
      expectNothingOfTheSeller(path, text);
      if (answer?.operation) await shop.ended(answer.operation.id);
    }
    const headers = { authorization: `Bearer ${tenant}`, 'content-type': 'application/json', 'idempotency-key': 'twice' };
    for (const replayed of [null, 'true']) {
      const answer = await fetch(`${plinth.origin}/api/vps/${vps.id}/actions`, { method: 'POST', headers, body: '{"action":"reboot"}' });
      expect([answer.status, answer.headers.get('idempotent-replayed')]).toEqual([202, replayed]);
      expectNothingOfTheSeller('a repeated answer', await answer.text());
    }
  });

  it('writes none of it', async () => {
    const notes = await asTenant('PATCH', `/api/vps/${vps.id}`, { notes: 'mine' });
    expect([notes.status, notes.body.code]).toEqual([403, 'forbidden']);
    expect((await shop.vps(vps.id)).notes).toBe(NOTES);
    const account = await asTenant('POST', '/api/vps', { label: 'chosen', ...(await shop.template(cloud)) });
    expect([account.status, account.body.errors[0].field]).toEqual([403, 'provider_id']);
    const catalog = await asTenant('GET', `/api/admin/upstream/plans?providerId=${sellers.account}`);
    expect([catalog.status, catalog.body.errors[0].field]).toEqual([403, 'providerId']);
  });
});
