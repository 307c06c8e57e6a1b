/**
 * A slot is one customer's server after another at one cloud, each with provider accounts and a DNS zone of its own, so that
 * every call and every write tells which slot it belongs to. Its server is provisioned, resized, reinstalled and terminated.
 */
import { familyOf, simulatedKey } from './clouds.ts';
import { expect } from 'vitest';
import { findProvider } from '../../providers/list.ts';
import { integrityError, liveResources } from '../../server/kernel/deployment.ts';
import { expectPassword, query } from './invariants.ts';
import type { Shop } from './shop.ts';
import { until } from './until.ts';

export const OPERATIONS = ['provision', 'resize', 'reinstall', 'terminate'] as const;
export type OperationName = (typeof OPERATIONS)[number];

interface Account {
  readonly id: string;
  readonly provider: string;
  readonly token: string;
}

export interface Slot {
  readonly cloud: string;
  readonly index: number;
  readonly zone: string;
  readonly compute: Account;
  readonly dns: Account;
  server: { vpsId: string; label: string; plan: string; password: string } | null;
  operationId: string;
}

interface Offer {
  readonly region: string;
  readonly image: string;
  readonly small: string;
  readonly large: string;
}

/** Some providers have rules for the length of their tokens. */
const TOKEN_LENGTH = 40;
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ crash@plinth.test';

export class Slots {
  readonly #shop: Shop;
  readonly #databaseUrl: string;
  readonly #offers = new Map<string, Promise<Offer>>();
  readonly #resources = new Map<string, number>();
  #made = 0;
  #ordered = 0;

  constructor(shop: Shop, databaseUrl: string) {
    this.#shop = shop;
    this.#databaseUrl = databaseUrl;
  }

  async open(cloud: string, dnsProvider: string): Promise<Slot> {
    const index = ++this.#made;
    const zone = `crash${index}.test`;
    const compute = await this.#account(cloud, `sim-crash${index}-`, {});
    const dns = await this.#account(dnsProvider, `sim-crash${index}_`, { allowed_zones: [zone] });
    // Into the caches: an order then asks no provider for anything.
    for (const kind of ['plans', 'images', 'regions']) await this.#items(kind, compute.id);
    await this.#items('zones', dns.id);
    return { cloud, index, zone, compute, dns, server: null, operationId: '' };
  }

  async #account(provider: string, prefix: string, configuration: object): Promise<Account> {
    const token = prefix.padEnd(TOKEN_LENGTH, '0');
    const body = {
      name: `${provider} ${prefix}`,
      type: provider,
      api_key: simulatedKey(provider, token),
      endpoint: 'simulator',
      configuration,
    };
    const answer = await this.#shop.call('POST', '/api/admin/providers', body);
    expect(answer, JSON.stringify(answer)).toHaveProperty('provider.id');
    return { id: answer.provider.id, provider, token };
  }

  async #items(kind: string, account: string): Promise<any[]> {
    return (await this.#shop.call('GET', `/api/admin/upstream/${kind}?providerId=${account}`)).items;
  }

  #offer(slot: Slot): Promise<Offer> {
    let offer = this.#offers.get(slot.cloud);
    if (!offer) this.#offers.set(slot.cloud, (offer = this.#choose(slot.compute.id)));
    return offer;
  }

  async #choose(account: string): Promise<Offer> {
    const [plans, images] = [await this.#items('plans', account), await this.#items('images', account)];
    const kin = familyOf;
    const small = plans.find((plan) => plan.available && plan.regions.length > 0 && plan.memoryMb >= 1024 && plan.diskGb >= 25);
    const region = small.regions[0];
    const grown = (plan: any) => plan.diskGb > small.diskGb && plan.memoryMb > small.memoryMb && kin(plan.id) === kin(small.id);
    const large = plans.find((plan) => plan.available && plan.regions.includes(region) && grown(plan));
    const fits = (item: any) =>
      item.family === 'linux' && !item.deprecated && item.minDiskGb <= small.diskGb && (item.regions?.includes(region) ?? true);
    return { region, image: images.find(fits).id, small: small.id, large: large.id };
  }

  /** Orders the operation; it need not have begun when this resolves. */
  async order(slot: Slot, operation: OperationName): Promise<void> {
    const offer = await this.#offer(slot);
    const answer = await (operation === 'provision' ? this.#provision(slot, offer) : this.#change(slot, operation, offer));
    if (answer.httpStatus !== 202) throw new Error(`The ${operation} was refused: ${JSON.stringify(answer)}`);
    slot.operationId = answer.operation.id;
    if (operation !== 'provision') return;
    slot.server = { vpsId: answer.instance.id, label: answer.instance.label, plan: offer.small, password: '' };
  }

  async #provision(slot: Slot, { region, image, small }: Offer): Promise<any> {
    const label = `crash${slot.index}-${++this.#ordered}`;
    const wall = { firewall: [{ protocol: 'tcp', ports: '22', sources: ['0.0.0.0/0'] }] };
    const extras = { ssh_keys: [KEY], ...(findProvider(slot.cloud)!.descriptor.capabilities.firewall.can ? wall : {}) };
    const body = { label, type: small, region, image, provider_id: slot.compute.id, dns: { zone: slot.zone }, ...extras };
    return await this.#shop.call('POST', '/api/vps', body);
  }

  async #change(slot: Slot, operation: Exclude<OperationName, 'provision'>, { large }: Offer): Promise<any> {
    if (!slot.server) throw new Error(`Slot ${slot.index} has no server to ${operation}.`);
    const path = `/api/vps/${slot.server.vpsId}`;
    if (operation === 'terminate') return await this.#shop.call('DELETE', path);
    if (operation === 'resize') slot.server.plan = large;
    return await this.#shop.call(
      'POST',
      `${path}/actions`,
      operation === 'resize' ? { action: operation, plan: large } : { action: operation },
    );
  }

  /** What must hold after the operation, whatever died on the way. */
  async check(slot: Slot, operation: OperationName): Promise<void> {
    const ended = await this.#shop.operation(slot.operationId);
    expect(ended).toMatchObject({ status: 'succeeded', fault: null });
    const events = await this.#shop.events(slot.operationId);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.filter(({ type }) => type === 'succeeded')).toHaveLength(1);
    expect(events.at(-1)?.type).toBe('succeeded');
    await this.#noLock(slot);
    if (operation === 'terminate') return await this.#gone(slot);
    await this.#whole(slot, operation);
  }

  async #whole(slot: Slot, operation: OperationName): Promise<void> {
    const expected = slot.server!;
    const vps = await this.#shop.vps(expected.vpsId);
    const servers = (await this.#shop.servers()).filter(({ label, tags }) =>
      [label, ...tags].some((text) => text.includes(expected.vpsId) || text === expected.label),
    );
    expect(servers.map(({ provider, id }) => [provider, id])).toEqual([[slot.cloud, vps.instance_id]]);
    const server = servers[0]! as any;
    expect(vps).toMatchObject({
      status: 'active',
      ipv4: server.ipv4,
      plan: expected.plan,
      power_state: 'running',
      dns_name: `${expected.label}.${slot.zone}`,
    });
    expect(server).toMatchObject({ plan: expected.plan, status: expect.stringMatching(/^(active|running|ok)/) });
    const addresses = [['A', vps.ipv4], ...(vps.ipv6 ? [['AAAA', vps.ipv6]] : [])];
    expect((await this.#records(slot)).map(({ name, type, content }) => [name, type, content]).sort()).toEqual(
      addresses.map(([type, content]) => [`${expected.label}.${slot.zone}`, type, content]),
    );
    const { password } = await this.#shop.call('POST', `/api/vps/${expected.vpsId}/reveal-password`, { reason: 'test', again: true });
    expectPassword(server, password);
    if (operation === 'reinstall') expect(password).not.toBe(expected.password);
    if (operation === 'resize') expect(password).toBe(expected.password);
    expected.password = password;
    await this.#validState(slot, vps.instance_id, operation);
  }

  /** A snapshot the engine loads, without an unresolved step, and with each resource of the server once. */
  async #validState(slot: Slot, instanceId: string, operation: OperationName): Promise<void> {
    const [row] = await query(this.#databaseUrl, 'SELECT checkpoint FROM state_stack WHERE name = $1', [`vps-${slot.server!.vpsId}`]);
    const { deployment } = JSON.parse(row.checkpoint);
    expect(integrityError(deployment)).toBeNull();
    expect(deployment.pending_operations ?? []).toEqual([]);
    expect(deployment.metadata?.integrity_error).toBeUndefined();
    const live = liveResources(deployment);
    expect(live.filter(({ delete: condemned }) => condemned)).toEqual([]);
    expect(live.filter(({ id, urn }) => id === instanceId && urn.endsWith('instance'))).toHaveLength(1);
    // The first one to get here, in the dry run, tells how many there are.
    const kind = `${slot.cloud} ${operation}`;
    this.#resources.set(kind, this.#resources.get(kind) ?? live.length);
    expect(live).toHaveLength(this.#resources.get(kind)!);
  }

  async #gone(slot: Slot): Promise<void> {
    const { vpsId } = slot.server!;
    expect(
      (await this.#shop.servers()).filter(({ label, tags }) =>
        [label, ...tags].some((text) => text.includes(`crash${slot.index}-`) || text.includes(vpsId)),
      ),
    ).toEqual([]);
    expect(await this.#records(slot)).toEqual([]);
    const leftovers: any[] = await this.#shop.control('GET', `/leftovers?provider=${slot.cloud}`);
    expect(leftovers.filter((each) => JSON.stringify(each).includes(vpsId))).toEqual([]);
    expect(await this.#shop.vps(vpsId)).toMatchObject({ status: 'terminated' });
    // Where the end itself could not remove it, because its own delete still waited in the database, a sweep does.
    const stackIsGone = async () =>
      (await query(this.#databaseUrl, 'SELECT id FROM state_stack WHERE name = $1', [`vps-${vpsId}`])).length === 0;
    await until(stackIsGone, { timeoutMs: 100_000, everyMs: 200, what: `the stack of ${vpsId} to go` });
    slot.server = null;
  }

  /** After a failed check: the slot is emptied, so that the next server has it for itself. */
  async abandon(slot: Slot): Promise<void> {
    const server = slot.server;
    slot.server = null;
    if (!server) return;
    const { operation } = await this.#shop.call('DELETE', `/api/vps/${server.vpsId}`);
    if (operation) await this.#shop.ended(operation.id).catch(() => undefined);
  }

  async #noLock(slot: Slot): Promise<void> {
    const { vpsId } = slot.server!;
    const held = await query(
      this.#databaseUrl,
      `SELECT "id" FROM "operation" WHERE "vpsId" = $1 AND ("status" IN ('queued', 'running') OR "leaseOwner" IS NOT NULL)`,
      [vpsId],
    );
    expect(held).toEqual([]);
    const locks = await query(
      this.#databaseUrl,
      `SELECT u.id FROM state_update u JOIN state_stack s ON s.id = u.stack_id WHERE s.name = $1 AND (u.status = 'running' OR s.active_update IS NOT NULL)`,
      [`vps-${vpsId}`],
    );
    expect(locks).toEqual([]);
  }

  async #records(slot: Slot): Promise<any[]> {
    const all: any[] = await this.#shop.control('GET', '/records');
    return all.filter(({ zone }) => zone === slot.zone);
  }
}
