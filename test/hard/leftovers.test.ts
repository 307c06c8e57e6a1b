/** Keys, records and firewalls that outlive their VPS: a destroy takes them along, a sweep finds the rest, an admin deletes it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OwnedObject } from '../../providers/instance-extras.ts';
import { providers } from '../../providers/list.ts';
import type { Provider } from '../../providers/provider.ts';
import { RateBudget } from '../../providers/rate-budget.ts';
import { openAccount } from '../../server/accounts/accounts.ts';
import type { Account } from '../../server/kernel/database.ts';
import { CLOUDS, cloudsOf } from '../support/clouds.ts';
import { withDatabase } from '../support/database.ts';
import { type Plinth, startPlinth } from '../support/plinth.ts';
import { type Shop, shopOf, ZONE } from '../support/shop.ts';
import { until } from '../support/until.ts';

const GONE = 'zzzzzzzzzzzzzzzz';
const SHARED = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGfcfyBbYBZ7Qx2x0zNE6nUXuK0tnY9sTyaOPbyHKoZQ shared@example.com';
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMMNHRbQ4TiAaQ0oVnbgAC3Dv7pWBdmT+t9L6QmSCk3T left';
const SOME = cloudsOf('leftovers');
const database = withDatabase();
let plinth: Plinth;
let shop: Shop;

beforeAll(async () => {
  plinth = await startPlinth(database.url, { PLINTH_DRIFT_SECONDS: '0' });
  shop = shopOf(plinth);
});
afterAll(() => plinth?.stop());

async function clouds(among: readonly string[] = SOME): Promise<{ account: Account; provider: Provider }[]> {
  const accounts = await plinth.runtime.services.db.account.findMany();
  return accounts.flatMap((account) => {
    const provider = providers.find(({ descriptor }) => descriptor.id === account.provider);
    return provider?.compute && among.includes(account.provider) ? [{ account, provider }] : [];
  });
}

const connectionOf = (account: Account, provider: Provider) => ({
  ...openAccount(plinth.runtime.services, account),
  budget: new RateBudget(provider.descriptor.rate.requests, provider.descriptor.rate.perMs),
});

async function ownedBy(account: Account, provider: Provider, vpsId: string): Promise<OwnedObject[]> {
  return (await provider.compute!(connectionOf(account, provider)).listOwned()).filter((object) => object.vpsId === vpsId);
}

/** Registers a public key as a program of the VPS `vpsId` would, and loses sight of it. */
async function leaveKey(account: Account, provider: Provider, vpsId: string): Promise<string> {
  const resource = provider.resources.find(({ token }) => token === provider.recordedAs?.helpers?.['ssh-key'])!;
  const name = ['digitalocean', 'hetzner', 'ovh'].includes(provider.descriptor.id) ? `plinth-key-${vpsId}-7` : `plinth-vps-${vpsId}-key-7`;
  const context = { client: provider.connect(connectionOf(account, provider)), urn: 'urn:key', signal: AbortSignal.timeout(20_000) };
  const all = { name, label: name, publicKey: KEY, sshKey: KEY };
  const inputs = Object.fromEntries(
    Object.keys(resource.inputs).flatMap((key) => (key in all ? [[key, all[key as keyof typeof all]]] : [])),
  );
  await resource.create({ ...context, log: () => undefined, progress: () => undefined } as never, inputs);
  return name;
}

async function sweep(): Promise<void> {
  const runs = async (): Promise<number> =>
    (await shop.call('GET', '/api/admin/sweeps')).sweeps.find((each: { name: string }) => each.name === 'drift').runs;
  const before = await runs();
  await shop.call('POST', '/api/admin/sweeps/drift/run');
  await until(async () => ((await runs()) > before ? true : undefined), { timeoutMs: 20_000, what: 'the drift sweep' });
}

it('a destroy takes along what its stack has lost sight of', { timeout: 120_000 }, async () => {
  for (const { account, provider } of await clouds()) {
    const label = `left-${provider.descriptor.id}`;
    const { instance, operation } = await shop.order(provider.descriptor.id, label);
    expect(await shop.ended(operation.id)).toMatchObject({ status: 'succeeded' });
    const name = await leaveKey(account, provider, instance.id);
    expect(await ownedBy(account, provider, instance.id)).toMatchObject([{ kind: 'ssh-key', name }]);
    expect(await shop.destroy(instance.id)).toMatchObject({ status: 'succeeded' });
    const { status, evidence } = await shop.vps(instance.id);
    expect([status, evidence.clean]).toEqual(['terminated', true]);
    expect(evidence.checks.map(({ what }: { what: string }) => what)).toContain(`keys, firewalls, scripts and snapshots of ${instance.id}`);
    expect(await ownedBy(account, provider, instance.id)).toEqual([]);
    expect(await shop.servers(label)).toEqual([]);
  }
});

it('a key that servers share stays for the others, and the last one takes it along', { timeout: 120_000 }, async () => {
  const sharing = (await clouds(CLOUDS)).filter(({ account, provider }) => provider.compute!(connectionOf(account, provider)).sharedKeys);
  expect(sharing.length).toBeGreaterThan(1);
  await Promise.all(
    sharing.map(async ({ account, provider }) => {
      const type = provider.descriptor.id;
      const held = async () =>
        (await provider.compute!(connectionOf(account, provider)).sharedKeys!.list()).filter(
          ({ publicKey }) => publicKey.split(' ')[1] === SHARED.split(' ')[1],
        );
      const first = await shop.order(type, `one-${type}`, { ssh_keys: [SHARED] });
      expect(await shop.ended(first.operation.id)).toMatchObject({ status: 'succeeded' });
      const second = await shop.order(type, `two-${type}`, { ssh_keys: [SHARED] });
      expect(await shop.ended(second.operation.id)).toMatchObject({ status: 'succeeded' });
      expect(await held()).toHaveLength(1);
      expect(await shop.destroy(first.instance.id)).toMatchObject({ status: 'succeeded' });
      expect(await held()).toHaveLength(1);
      expect(await shop.destroy(second.instance.id)).toMatchObject({ status: 'succeeded' });
      expect(await held()).toEqual([]);
    }),
  );
});

it('what cannot be deleted is a leak, and the next destroy takes it', { timeout: 120_000 }, async () => {
  const [{ account, provider }] = (await clouds()) as [{ account: Account; provider: Provider }];
  const type = provider.descriptor.id;
  const { instance, operation } = await shop.order(type, 'leaky');
  await shop.ended(operation.id);
  const name = await leaveKey(account, provider, instance.id);
  const keys = 'keys|ssh-keys|sshkeys?';
  const fault = await shop.fault({ provider: type, kind: 'status', status: 503, method: 'DELETE', path: keys, times: null });
  expect(await shop.destroy(instance.id)).toMatchObject({
    status: 'failed',
    fault: { kind: 'leaked', message: expect.stringContaining(name) },
  });
  expect((await shop.vps(instance.id)).status).toBe('leaked');
  await shop.control('DELETE', `/faults/${fault.id}`);
  expect(await shop.destroy(instance.id)).toMatchObject({ status: 'succeeded' });
  expect((await shop.vps(instance.id)).status).toBe('terminated');
});

it('sweeps find what is left of VPSes that are no more, and an admin deletes it', { timeout: 120_000 }, async () => {
  for (const { account, provider } of await clouds()) {
    const name = await leaveKey(account, provider, GONE);
    const items = async () => (await shop.call('GET', `/api/admin/inventory?kind=leftover&account_id=${account.id}`)).items;
    await sweep();
    const [first] = await items();
    expect(first).toMatchObject({ kind: 'leftover', reason: 'unknown_vps', label: name, deletable: false, detail: { what: 'ssh-key' } });
    const path = `/api/admin/inventory/${first.id}/delete`;
    const body = { object_id: first.object_id, reason: 'nobody needs it' };
    expect(await shop.call('POST', path, body)).toMatchObject({ httpStatus: 409, code: 'not_deletable' });
    await sweep();
    expect(await shop.call('POST', path, body)).toMatchObject({ httpStatus: 409, code: 'destructive_hold' });
    await shop.call('PUT', '/api/admin/kill-switches', { destructive_hold: false });
    expect(await shop.call('POST', path, body)).toMatchObject({ httpStatus: 200, item: { label: name } });
    expect(await items()).toEqual([]);
    expect(await ownedBy(account, provider, GONE)).toEqual([]);
  }
});

it('addresses lead back to the name where the provider can, and follow it', { timeout: 120_000 }, async () => {
  for (const { provider } of await clouds()) {
    const type = provider.descriptor.id;
    const label = `back-${type}`;
    const body = { ...(await shop.template(type)), label, dns: { zone: ZONE, reverse: true } };
    const ordered = await shop.call('POST', '/api/vps', body);
    if (!provider.descriptor.capabilities.reverseDns.can) {
      expect(ordered).toMatchObject({ httpStatus: 422, code: 'not_supported', errors: [{ field: 'dns.reverse' }] });
      continue;
    }
    expect(await shop.ended(ordered.operation.id), type).toMatchObject({ status: 'succeeded', fault: null });
    const renamed = await shop.call('POST', `/api/vps/${ordered.instance.id}/actions`, { action: 'rename', label: `${label}-2` });
    expect(await shop.ended(renamed.operation.id), type).toMatchObject({ status: 'succeeded', fault: null });
    const vps = await shop.vps(ordered.instance.id);
    expect(vps).toMatchObject({ reverse_dns: true, dns_name: `${label}-2.${ZONE}` });
    const off = await shop.call('POST', `/api/vps/${vps.id}/actions`, { action: 'configure', reverse_dns: false });
    expect(await shop.ended(off.operation.id), type).toMatchObject({ status: 'succeeded', fault: null });
    expect((await shop.vps(vps.id)).reverse_dns).toBe(false);
    expect(await shop.destroy(vps.id)).toMatchObject({ status: 'succeeded' });
  }
});
