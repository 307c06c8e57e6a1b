/** A server that somebody made at the vendor becomes a VPS, unchanged but for one tag; what fails leaves it as it was. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProvider } from '../providers/list.ts';
import { openAccount } from '../server/accounts/accounts.ts';
import { CLOUDS, cloudsOf, familyOf } from './support/clouds.ts';
import { withDatabase } from './support/database.ts';
import { query } from './support/invariants.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { Shop, shopOf, ZONE } from './support/shop.ts';
import { until } from './support/until.ts';
import type { MadeServer, Order } from './support/vendor-orders.ts';
import { unchanged, Vendor } from './support/vendors.ts';

/** What a usual run goes through; all of them in the long one. */
const SOME = cloudsOf('import');
const PASSWORD = 'Known-Secret-4711';
const database = withDatabase();
let plinth: Plinth;
let shop: Shop;

beforeAll(async () => {
  plinth = await startPlinth(database.url, { PLINTH_DRIFT_SECONDS: '0', PLINTH_CONCURRENCY: '3' });
  shop = shopOf(plinth);
}, 120_000);
afterAll(() => plinth?.stop());

async function vendor(provider: string): Promise<Vendor> {
  const account = (await plinth.runtime.services.db.account.findFirst({ where: { provider } }))!;
  const { credential, endpoint } = openAccount(plinth.runtime.services, account);
  return new Vendor(provider, endpoint.baseUrl, credential);
}

async function requestFor(provider: string, label: string, over: Partial<Order> = {}): Promise<Order> {
  const { type, region, image } = (await shop.template(provider)) as Record<string, string>;
  return { label, region: region!, plan: type!, image: image!, tags: ['web', 'team-a'], backups: false, password: PASSWORD, ...over };
}

async function sweep(): Promise<any> {
  const before = (await shop.call('GET', '/api/admin/sweeps')).sweeps.find((each: any) => each.name === 'drift').runs;
  await shop.call('POST', '/api/admin/sweeps/drift/run', {});
  return await until(
    async () => {
      const found = (await shop.call('GET', '/api/admin/sweeps')).sweeps.find((each: any) => each.name === 'drift');
      return found.runs > before && !found.running ? found.last : undefined;
    },
    { timeoutMs: 30_000, what: 'the drift sweep' },
  );
}

async function itemOf(server: MadeServer): Promise<any> {
  const { items } = await shop.call('GET', '/api/admin/inventory');
  return items.find((each: any) => each.object_id === server.id);
}

const preview = (item: any, body: object) => shop.call('POST', `/api/admin/inventory/${item.id}/import/preview`, body);
const order = (item: any, body: object) => shop.call('POST', `/api/admin/inventory/${item.id}/import`, body);

/** What was asked for that changes anything, since a moment. */
async function writes(provider: string, since: number): Promise<string[]> {
  const all = (await shop.control('GET', `/requests?provider=${provider}&limit=2000`)) as any[];
  return all
    .filter(({ method, at }) => method !== 'GET' && (typeof at === 'number' ? at : Date.parse(at)) >= since)
    .map(({ method, path }) => `${method} ${path}`)
    .sort();
}

async function act(id: string, action: object): Promise<any> {
  const answer = await shop.call('POST', `/api/vps/${id}/actions`, action);
  expect(answer, JSON.stringify(answer)).toMatchObject({ httpStatus: 202 });
  return await shop.ended(answer.operation.id, 90_000);
}

describe.each(SOME)('on %s', (provider) => {
  const label = `take-${provider}`;
  let made: MadeServer;
  let id: string;
  let named: string;
  let at: Vendor;

  async function expectNameLeadsThere(): Promise<void> {
    const { ipv4, ipv6 } = await shop.vps(id);
    expect(await shop.servers(`old-${provider}`)).toMatchObject([{ id: made.id, ipv4 }]);
    const leads = (await shop.records(named)).map(({ content }) => content);
    expect(leads.toSorted()).toEqual([ipv4, ipv6].filter(Boolean).toSorted());
  }

  it('previews what it records, changes and cannot know', { timeout: 60_000 }, async () => {
    at = await vendor(provider);
    made = await at.make(await requestFor(provider, `old-${provider}`, { backups: true }));
    expect((await sweep()).outcome).toBe('ok');
    const item = await itemOf(made);
    expect(item).toMatchObject({ kind: 'unmanaged', importable: true, deletable: false });
    const shown = await preview(item, { label, dns: { zone: ZONE } });
    const { type, region, image } = await shop.template(provider);
    const { backups } = findProvider(provider)!.descriptor.capabilities;
    expect(shown).toMatchObject({
      httpStatus: 200,
      object_id: made.id,
      record: {
        label,
        plan: type,
        region,
        image: at.tellsImage ? image : null,
        backups: backups.can,
        tags: expect.arrayContaining(at.kept(['web', 'team-a'])),
        dns_name: `${label}.${ZONE}`,
        password_known: false,
      },
      changes: [
        expect.stringMatching(at.kept(['web']).length > 0 ? 'one more tag' : 'before the server’s name'),
        expect.stringContaining(`${label}.${ZONE}`),
      ],
    });
    expect(shown.not_taken_over.join(' ')).toMatch(/SSH keys.*password is not known/s);
    expect(unchanged((await at.find(made.id))!)).toEqual(unchanged(made));
  });

  it('takes it over: one tag more, and nothing else was asked of the vendor', { timeout: 120_000 }, async () => {
    const item = await itemOf(made);
    const since = Date.now();
    const ordered = await Promise.all([
      order(item, { label, dns: { zone: ZONE } }),
      order(item, { label: `${label}-b`, dns: { zone: ZONE } }),
    ]);
    const accepted = ordered.find(({ httpStatus }) => httpStatus === 202);
    expect(ordered.map(({ httpStatus }) => httpStatus).sort(), JSON.stringify(ordered)).toEqual([202, 409]);
    expect(ordered.find(({ httpStatus }) => httpStatus === 409).code).toBe('already_recorded');
    id = accepted.instance.id;
    expect(accepted).toMatchObject({ instance: { status: 'provisioning' }, operation: { kind: 'import' } });
    expect(await shop.ended(accepted.operation.id, 90_000)).toMatchObject({ status: 'succeeded', fault: null });
    const after = (await at.find(made.id))!;
    expect(unchanged(after)).toEqual(unchanged(made));
    expect([...after.tags].sort()).toEqual([...made.tags, `plinth-vps-${id}-g1`].sort());
    expect(new Set((await writes(provider, since)).map((write) => write.split(' ')[0]))).toEqual(new Set([at.tagging]));
    const vps = await shop.vps(id);
    expect(vps).toMatchObject({ status: 'active', instance_id: made.id, power_state: 'running', password_available: false });
    expect(await shop.servers(`old-${provider}`)).toHaveLength(1);
    named = accepted.instance.label;
    const addresses = [vps.ipv4, vps.ipv6].filter(Boolean);
    expect((await shop.records(named)).map(({ content }) => content).sort()).toEqual(addresses.toSorted());
    expect(await itemOf(made)).toBeUndefined();
    expect(await shop.call('POST', `/api/vps/${id}/reveal-password`, { reason: 'test' })).toMatchObject({ code: 'no_password_yet' });
  });

  it('is a VPS like any other: nothing to change, refreshed, clean to the sweep', { timeout: 120_000 }, async () => {
    const { operation: previewed } = await shop.call('POST', `/api/vps/${id}/preview`, {});
    expect((await shop.ended(previewed.id)).result).toMatchObject({ steps: [] });
    const refreshed = await shop.call('POST', `/api/vps/${id}/refresh`);
    expect(await shop.ended(refreshed.operation.id)).toMatchObject({ status: 'succeeded' });
    expect(await sweep()).toMatchObject({ outcome: 'ok', result: { drifted: 0 } });
    expect(await itemOf(made)).toBeUndefined();
  });

  it('keeps its name when it was off and comes back, perhaps at another address', { timeout: 120_000 }, async () => {
    for (const action of ['stop', 'start']) expect(await act(id, { action })).toMatchObject({ status: 'succeeded', fault: null });
    await sweep();
    await expectNameLeadsThere();
  });

  it('has the rules that are set for it, and had its own until then', { timeout: 120_000 }, async () => {
    if (!findProvider(provider)!.descriptor.capabilities.firewall.can) return;
    const rule = { protocol: 'tcp', ports: '22', sources: ['0.0.0.0/0'] };
    expect(await act(id, { action: 'configure', firewall: [rule] })).toMatchObject({ status: 'succeeded', fault: null });
    const walls = at.wallsOf((await at.find(made.id))!);
    if (walls) expect(walls).toEqual([`plinth-${id}`]);
    expect(await act(id, { action: 'configure', firewall: null })).toMatchObject({ status: 'succeeded', fault: null });
    const { operation } = await shop.call('POST', `/api/vps/${id}/preview`, {});
    expect((await shop.ended(operation.id)).result).toMatchObject({ steps: [] });
  });

  it('resizes, renames, reinstalls and is destroyed', { timeout: 240_000 }, async () => {
    const account = (await shop.vps(id)).provider_id;
    const { items: plans } = await shop.call('GET', `/api/admin/upstream/plans?providerId=${account}`);
    const vps = await shop.vps(id);
    const present = plans.find((each: any) => each.id === vps.plan);
    const family = (each: any): string => familyOf(each.id);
    const bigger = plans.find(
      (each: any) =>
        each.available &&
        each.regions.includes(vps.region) &&
        family(each) === family(present) &&
        each.diskGb > present.diskGb &&
        each.memoryMb > present.memoryMb,
    );
    expect(await act(id, { action: 'resize', plan: bigger.id })).toMatchObject({ status: 'succeeded', fault: null });
    await expectNameLeadsThere();
    const { rename, snapshots } = findProvider(provider)!.descriptor.capabilities;
    const name = rename.can ? `named-${provider}` : `old-${provider}`;
    if (rename.can) expect(await act(id, { action: 'rename', label: name })).toMatchObject({ status: 'succeeded', fault: null });
    expect((await shop.servers(name)).map((server) => server.id)).toEqual([made.id]);
    if (snapshots.can) {
      const taken = await act(id, { action: 'snapshot', name: 'before' });
      expect(taken).toMatchObject({ status: 'succeeded' });
    }
    if ((await shop.vps(id)).capabilities['reset-password'].allowed) {
      expect(await act(id, { action: 'reset-password' })).toMatchObject({ status: 'succeeded', fault: null });
      expect((await shop.servers(name))[0]).toMatchObject({ id: made.id, password: await shop.password(id) });
    }
    const { image } = await shop.template(provider);
    if (!at.tellsImage)
      expect(await shop.call('POST', `/api/vps/${id}/actions`, { action: 'reinstall' })).toMatchObject({ code: 'image_unknown' });
    const reinstalled = await act(id, { action: 'reinstall', ...(at.tellsImage ? {} : { image }) });
    expect(reinstalled).toMatchObject({ status: 'succeeded', fault: null });
    const now = await shop.vps(id);
    expect(now).toMatchObject({ status: 'active', password_available: true });
    expect(await shop.servers(id)).toHaveLength(1);
    expect(await shop.destroy(id)).toMatchObject({ status: 'succeeded', fault: null });
    expect(await shop.servers(id)).toEqual([]);
    expect(await at.find(now.instance_id)).toBeNull();
  });
});

/** A server at the vendor, seen by the sweep. */
async function stranger(provider: string, name: string, over: Partial<Order> = {}) {
  const at = await vendor(provider);
  const made = await at.make(await requestFor(provider, name, over));
  await sweep();
  return { at, made, item: await itemOf(made) };
}

describe('an import that fails', () => {
  it('leaves the server as it was, can be retried, and its VPS ends without it', { timeout: 240_000 }, async () => {
    for (const provider of SOME) {
      const label = `fail-${provider}`;
      const { at, made, item } = await stranger(provider, `${label}-server`);
      // The tag is on the server by the time that its name cannot be made.
      const fault = await shop.fault({
        provider: 'cloudflare',
        kind: 'status',
        status: 400,
        method: 'POST',
        path: 'dns_records',
        times: null,
      });
      const { instance, operation } = await order(item, { label, dns: { zone: ZONE } });
      expect(await shop.ended(operation.id, 90_000)).toMatchObject({ status: 'failed', fault: { provider: 'cloudflare' } });
      expect((await at.find(made.id))!.tags).toEqual(made.tags);
      expect(unchanged((await at.find(made.id))!)).toEqual(unchanged(made));
      const { id } = instance;
      const { capabilities, ...vps } = await shop.vps(id);
      expect(vps).toMatchObject({ status: 'error', instance_id: null });
      expect(Object.keys(capabilities).filter((action) => capabilities[action].allowed)).toEqual(['destroy']);
      expect(await shop.call('POST', `/api/vps/${id}/refresh`)).toMatchObject({ code: 'import_unfinished' });
      await shop.control('DELETE', `/faults/${fault.id}`);
      // Named otherwise meanwhile: what was agreed to no longer holds.
      await shop.control('POST', `/instances/${provider}/${encodeURIComponent(made.id)}/rename`, { label: `${label}-renamed` });
      const retried = await shop.call('POST', `/api/vps/${id}/retry`, {});
      expect(await shop.ended(retried.operation.id, 90_000)).toMatchObject({
        fault: { kind: 'invalid', message: expect.stringContaining('label') },
      });
      await shop.control('POST', `/instances/${provider}/${encodeURIComponent(made.id)}/rename`, { label: `${label}-server` });
      expect(await shop.destroy(id)).toMatchObject({ status: 'succeeded', fault: null });
      expect(await shop.vps(id)).toMatchObject({ status: 'terminated', instance_id: null, evidence: { clean: true } });
      expect(unchanged((await at.find(made.id))!)).toEqual(unchanged(made));
      expect(await shop.records(label)).toEqual([]);
      await sweep();
      expect(await itemOf(made)).toMatchObject({ kind: 'unmanaged', importable: true });
    }
  });

  it('succeeds when it is retried, with the known password to be shown once', { timeout: 120_000 }, async () => {
    const provider = 'digitalocean';
    const { at, made, item } = await stranger(provider, 'again-server');
    const fault = await shop.fault({ provider, kind: 'status', status: 422, method: 'POST', path: '/v2/tags', times: null });
    const { instance, operation } = await order(item, { label: 'again', root_pass: 'short1' });
    expect(await shop.ended(operation.id, 90_000)).toMatchObject({ status: 'failed' });
    await shop.control('DELETE', `/faults/${fault.id}`);
    const retried = await shop.call('POST', `/api/vps/${instance.id}/retry`, {});
    expect(await shop.ended(retried.operation.id, 90_000)).toMatchObject({ status: 'succeeded', fault: null });
    expect(await shop.password(instance.id)).toBe('short1');
    expect((await at.find(made.id))!.tags).toContain(`plinth-vps-${instance.id}-g1`);
    expect(await shop.destroy(instance.id)).toMatchObject({ status: 'succeeded' });
    expect(await at.find(made.id)).toBeNull();
  });

  it('given up while it runs, still leaves the server', { timeout: 120_000 }, async () => {
    const provider = 'digitalocean';
    const { at, made, item } = await stranger(provider, 'midway-server');
    const hold = await shop.fault({ provider, kind: 'delay', ms: 4_000, method: 'POST', path: '/v2/tags' });
    const { instance, operation } = await order(item, { label: 'midway' });
    const hit = async () => (await shop.control('GET', '/faults')).every(({ id, hits }: any) => id !== hold.id || hits > 0);
    await until(hit, { timeoutMs: 60_000, what: 'the tag to be on its way' });
    const ended = await shop.destroy(instance.id);
    expect(ended).toMatchObject({ kind: 'destroy', status: 'succeeded' });
    expect(['cancelled', 'succeeded']).toContain((await shop.operation(operation.id)).status);
    const after = (await at.find(made.id))!;
    expect([after.tags, unchanged(after)]).toEqual([made.tags, unchanged(made)]);
    expect((await shop.vps(instance.id)).status).toBe('terminated');
  });
});

describe('what is not imported', () => {
  it('is a server of a VPS, one with somebody else’s mark, and a name that is taken', { timeout: 120_000 }, async () => {
    const [provider] = CLOUDS;
    const { instance, operation } = await shop.order(provider!, 'own-one');
    expect(await shop.ended(operation.id)).toMatchObject({ status: 'succeeded', fault: null });
    const second = await stranger(provider!, 'second-one', { tags: [`plinth-vps-${instance.id}-g1`] });
    expect(second.item).toMatchObject({ kind: 'orphan', reason: 'second_server', importable: false });
    expect(await order(second.item, { label: 'second' })).toMatchObject({ httpStatus: 409, code: 'not_importable' });
    const marked = await stranger(provider!, 'marked-one', { tags: [`plinth-urn-${'a'.repeat(24)}`] });
    expect(await preview(marked.item, { label: 'marked' })).toMatchObject({ httpStatus: 409, code: 'foreign_identity' });
    const plain = await stranger(provider!, 'plain-one');
    expect(await order(plain.item, { label: 'own-one' })).toMatchObject({ httpStatus: 409, code: 'label_taken' });
    expect(await order(plain.item, { label: 'x', plan: 'y' })).toMatchObject({ httpStatus: 422 });
    const { secret } = await shop.call('POST', '/api/tokens', { name: 'viewer', role: 'viewer' });
    const asViewer = new Shop(
      () => plinth.origin,
      async () => secret,
      plinth.runtime.simulatorOrigin!,
    );
    expect(await asViewer.call('POST', `/api/admin/inventory/${plain.item.id}/import`, { label: 'v' })).toMatchObject({ httpStatus: 403 });
    await shop.destroy(instance.id);
  });
});

it('a lost VPS’s server becomes that VPS again, without a change at the vendor', { timeout: 120_000 }, async () => {
  for (const provider of SOME) {
    const lost = `${provider.replaceAll(/[^a-z]/g, '')}zzzzzzzzzzzzzzzz`.slice(0, 16);
    const tags = [`plinth-vps-${lost}-g3`, 'plinth', 'web'];
    const { at, made, item } = await stranger(provider, `lost-${provider}`, { tags });
    expect(item).toMatchObject({ kind: 'orphan', reason: 'unknown_vps', importable: true });
    const since = Date.now();
    const { instance, operation } = await order(item, { label: `found-${provider}` });
    expect(instance).toMatchObject({ id: lost, generation: 3, tags: at.kept(['web']) });
    expect(await shop.ended(operation.id, 90_000)).toMatchObject({ status: 'succeeded', fault: null });
    expect(await writes(provider, since)).toEqual([]);
    expect((await at.find(made.id))!.tags).toEqual(made.tags);
    await shop.call('PUT', '/api/admin/kill-switches', { destructive_hold: false });
    expect(await shop.destroy(lost)).toMatchObject({ status: 'succeeded' });
    expect(await at.find(made.id)).toBeNull();
  }
});

it('a lost server that was imported is replaced by one of Plinth’s own, when a person says so', { timeout: 180_000 }, async () => {
  const provider = CLOUDS.at(-1)!;
  const { at, made, item } = await stranger(provider, 'vanishing');
  const { instance, operation } = await order(item, { label: 'vanishing' });
  expect(await shop.ended(operation.id, 90_000)).toMatchObject({ status: 'succeeded', fault: null });
  // What the server was set up with is nobody's business here.
  const [{ checkpoint }] = await query(database.url, 'SELECT "checkpoint" FROM "state_stack" WHERE "name" = $1', [`vps-${instance.id}`]);
  expect(checkpoint).toContain(made.id);
  expect(checkpoint).not.toContain('htop');
  await shop.control('POST', `/instances/${provider}/${encodeURIComponent(made.id)}/remove`, {});
  await sweep();
  const lost = await until(async () => (await shop.call('GET', '/api/admin/drift?kind=vanished&state=confirmed')).drifts[0], {
    timeoutMs: 30_000,
    everyMs: 100,
    what: 'the verdict',
  });
  const answer = await shop.call('POST', `/api/admin/drift/${lost.id}/repair`, { confirm: 'vanishing' });
  // Where nobody knows what it was made of, no other can be.
  if (!at.tellsImage) return expect(answer).toMatchObject({ httpStatus: 409, code: 'image_unknown' });
  const { drift } = answer;
  expect(await shop.ended(drift.action_operation_id, 90_000)).toMatchObject({ status: 'succeeded', fault: null });
  const vps = await shop.vps(instance.id);
  expect(vps).toMatchObject({ status: 'active', password_available: true });
  expect(vps.instance_id).not.toBe(made.id);
  expect(await shop.destroy(instance.id)).toMatchObject({ status: 'succeeded' });
});

it('a server that is off stays off', { timeout: 180_000 }, async () => {
  for (const provider of SOME) {
    const { at, made } = await stranger(provider, `off-${provider}`);
    await shop.control('POST', `/instances/${provider}/${encodeURIComponent(made.id)}/power`, { power: 'off' });
    const off = unchanged((await at.find(made.id))!);
    const { instance, operation } = await order(await itemOf(made), { label: `off-${provider}` });
    expect(await shop.ended(operation.id, 90_000)).toMatchObject({ status: 'succeeded', fault: null });
    expect(unchanged((await at.find(made.id))!)).toEqual(off);
    expect(await shop.vps(instance.id)).toMatchObject({ status: 'active', power_state: 'stopped' });
    expect(await shop.destroy(instance.id)).toMatchObject({ status: 'succeeded' });
  }
});

const WINDOWS = CLOUDS.find((id) => findProvider(id)!.descriptor.capabilities.windows.can);
it.skipIf(WINDOWS === undefined)('a Windows server is taken over with the password that is known', { timeout: 120_000 }, async () => {
  const provider = WINDOWS!;
  const { provider_id: account } = await shop.template(provider);
  const { items: images } = await shop.call('GET', `/api/admin/upstream/images?providerId=${account}`);
  const { items: plans } = await shop.call('GET', `/api/admin/upstream/plans?providerId=${account}`);
  const image = images.find((each: any) => each.family === 'windows');
  const plan = plans.find(
    (each: any) => each.windows !== false && each.available && each.regions.length > 0 && each.diskGb >= image.minDiskGb,
  );
  const over = { image: image.id, plan: plan.id, region: plan.regions[0] };
  const { at, made, item } = await stranger(provider, 'windows-one', over);
  const { instance, operation } = await order(item, { label: 'windows-one', root_pass: PASSWORD });
  expect(await shop.ended(operation.id, 90_000)).toMatchObject({ status: 'succeeded', fault: null });
  expect(unchanged((await at.find(made.id))!)).toEqual(unchanged(made));
  const shown = await shop.call('POST', `/api/vps/${instance.id}/reveal-password`, { reason: 'test' });
  expect(shown).toMatchObject({ username: 'Administrator', password: PASSWORD });
  expect(await act(instance.id, { action: 'reinstall' })).toMatchObject({ status: 'succeeded', fault: null });
  expect((await shop.vps(instance.id)).instance_id).not.toBe(made.id);
  expect(await shop.destroy(instance.id)).toMatchObject({ status: 'succeeded' });
});
