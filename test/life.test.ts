/**
 * One life at each cloud whose longer ones are left to the long tests: bought with a key, a firewall and a name, grown, reinstalled,
 * power-cycled, snapshotted, gone back, ended. Nothing of it is left at the provider.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findProvider } from '../providers/list.ts';
import { familyOf, OTHER_CLOUDS } from './support/clouds.ts';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { type Shop, shopOf } from './support/shop.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0Zs4bRZ4pKk0l0b3cWJ1Yk2b7G4d5eY7h8i9j0kLmN life@test';
const FIREWALL = [
  { protocol: 'tcp', ports: '22', sources: ['0.0.0.0/0', '::/0'] },
  { protocol: 'tcp', ports: '8000-8100', sources: ['198.51.100.0/24'] },
];
const PATIENCE_MS = 90_000;

const database = withDatabase();
let plinth: Plinth;
let shop: Shop;

beforeAll(async () => {
  plinth = await startPlinth(database.url, { PLINTH_DRIFT_SECONDS: '0', PLINTH_CONCURRENCY: '3' });
  shop = shopOf(plinth);
}, 120_000);
afterAll(() => plinth?.stop());

async function done(answer: Promise<any>): Promise<any> {
  const given = await answer;
  expect(given, JSON.stringify(given)).toMatchObject({ httpStatus: 202 });
  const operation = await shop.ended(given.operation.id, PATIENCE_MS);
  expect(operation, JSON.stringify(operation.fault)).toMatchObject({ status: 'succeeded', fault: null });
  return operation;
}

const at = async (provider: string, what: string): Promise<any[]> => (await shop.control('GET', `/${what}?provider=${provider}`)) as any[];

it.each(OTHER_CLOUDS)('%s, from order to nothing', { timeout: 300_000 }, async (provider) => {
  const { capabilities, rebuildKeepsPassword } = findProvider(provider)!.descriptor;
  const before = await at(provider, 'leftovers');
  const template = (await shop.template(provider)) as Record<string, string>;
  const more = { ...(capabilities.firewall.can ? { firewall: FIREWALL } : {}), ssh_keys: [KEY] };
  const ordered = await shop.order(provider, `life-${provider}`, more);
  await done(Promise.resolve(ordered));
  const { id } = ordered.instance;
  const act = (body: object) => done(shop.call('POST', `/api/vps/${id}/actions`, body));
  // Whatever carries its mark there: a tag, a name.
  const server = async () => (await at(provider, 'instances')).find((each) => [...each.tags, each.label].some((mark) => mark.includes(id)));
  const born = await shop.vps(id);
  expect(born).toMatchObject({ status: 'active', power_state: 'running' });
  expect((await server()).ipv4).toBe(born.ipv4);

  const { items: plans } = await shop.call('GET', `/api/admin/upstream/plans?providerId=${template['provider_id']}`);
  const small = plans.find((plan: any) => plan.id === template['type']);
  const larger = plans.find(
    (plan: any) => familyOf(plan.id) === familyOf(small.id) && plan.memoryMb > small.memoryMb && plan.diskGb > small.diskGb,
  );
  await act({ action: 'resize', plan: larger.id });
  expect((await server()).plan).toBe(larger.id);
  const address = (await shop.vps(id)).ipv4;
  expect(address).toBe(born.ipv4);
  await act({ action: 'reinstall' });
  // Where a rebuilt server would have its old password, a new one is made.
  const kept = rebuildKeepsPassword === true ? (await shop.vps(id)).ipv4 : address;
  // The engine has nothing to do with it while the address stays.
  for (const action of ['power-cycle', 'stop', 'start']) expect((await act({ action })).result).toMatchObject({ steps: [] });
  if (capabilities.snapshots.can) {
    await act({ action: 'snapshot', name: 'kept' });
    const [snapshot] = (await shop.call('GET', `/api/vps/${id}/snapshots`)).snapshots;
    await act({ action: 'restore-snapshot', snapshot: snapshot.id });
    await act({ action: 'delete-snapshot', snapshot: snapshot.id });
  }
  const lived = await shop.vps(id);
  expect([lived.status, lived.power_state, lived.plan]).toEqual(['active', 'running', larger.id]);
  // Whatever was done to it, customers reach it where they did.
  expect([lived.ipv4, (await server()).ipv4]).toEqual([kept, kept]);

  expect(await shop.destroy(id)).toMatchObject({ status: 'succeeded', fault: null });
  expect((await shop.vps(id)).status).toBe('terminated');
  expect(await server()).toBeUndefined();
  expect(await at(provider, 'leftovers')).toEqual(before);
  expect(await shop.records(`life-${provider}`)).toEqual([]);
});
