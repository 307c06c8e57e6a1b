/**
 * Lanes: an account at one simulated cloud and one at the simulated DNS, both of the lane's own, so that a fault hits this
 * lane's calls and no other's. One VPS lives in a lane at a time.
 */
import { familyOf, simulatedKey } from './clouds.ts';
import { randomBytes } from 'node:crypto';
import { findProvider } from '../../providers/list.ts';
import { expect } from 'vitest';
import type { Shop, SimServer } from './shop.ts';
import { until } from './until.ts';

export interface Lane {
  readonly name: string;
  readonly provider: string;
  /** Credentials at the simulator, by which its faults and its log tell accounts apart. */
  readonly token: string;
  readonly dnsToken: string;
  /** Of the DNS account's own. */
  readonly zone: string;
  /** An order of the lane's plan, image and zone; with a key of its own and a firewall where the lane has extras. */
  readonly order: (label: string) => Record<string, unknown>;
  /** A larger plan in the same place, disk included. */
  readonly larger: string;
}

const RULES = [
  { protocol: 'tcp', ports: '22', sources: ['0.0.0.0/0', '::/0'] },
  { protocol: 'tcp', ports: '8000-8100', sources: ['198.51.100.0/24'] },
];

/** A well-formed public key that nobody has the private half of. */
function someKey(): string {
  const field = (data: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, data.length]), data]);
  const blob = Buffer.concat([field(Buffer.from('ssh-ed25519')), field(randomBytes(32))]);
  return `ssh-ed25519 ${blob.toString('base64')} lane@test`;
}

/** Makes both accounts. `extras`: a key and a firewall in each order. */
export async function openLane(shop: Shop, provider: string, name: string, extras: boolean): Promise<Lane> {
  const token = `sim-${name}_compute`;
  const dnsToken = `sim-${name}_dns`;
  const dnsType = await dnsProvider(shop);
  const account = await openAccount(shop, provider, `${name}-${provider}`, token);
  await openAccount(shop, dnsType, `${name}-dns`, dnsToken);
  const [{ items: plans }, { items: images }] = await Promise.all([
    shop.call('GET', `/api/admin/upstream/plans?providerId=${account.id}`),
    shop.call('GET', `/api/admin/upstream/images?providerId=${account.id}`),
  ]);
  const kin = (plan: any): string => familyOf(plan.id);
  const pairs = plans
    .filter((plan: any) => plan.available && plan.regions.length > 0 && plan.memoryMb >= 1024 && plan.diskGb >= 25)
    .map((small: any) => [small, plans.find((plan: any) => grown(plan, small) && kin(plan) === kin(small))]);
  const [small, large] = pairs.find(([, found]: any) => found !== undefined);
  const region = small.regions[0];
  const fits = (item: any): boolean =>
    item.family === 'linux' && !item.deprecated && item.minDiskGb <= small.diskGb && (item.regions?.includes(region) ?? true);
  const zone = `${name}.test`;
  const hasFirewalls = findProvider(provider)!.descriptor.capabilities.firewall.can;
  const order = (label: string): Record<string, unknown> => ({
    label,
    type: small.id,
    region,
    image: images.find(fits).id,
    provider_id: account.id,
    dns: { zone },
    ...(extras ? { ssh_keys: [someKey()], ...(hasFirewalls ? { firewall: RULES } : {}) } : {}),
  });
  return { name, provider, token, dnsToken, zone, order, larger: large.id };
}

function grown(plan: any, small: any): boolean {
  return plan.available && plan.regions.includes(small.regions[0]) && plan.diskGb > small.diskGb && plan.memoryMb > small.memoryMb;
}

async function openAccount(shop: Shop, type: string, name: string, key: string): Promise<any> {
  const answer = await shop.call('POST', '/api/admin/providers', { name, type, api_key: simulatedKey(type, key), endpoint: 'simulator' });
  expect(answer, `account ${name}`).toHaveProperty('provider.id');
  return answer.provider;
}

export async function dnsProvider(shop: Shop): Promise<string> {
  const { available } = await shop.call('GET', '/api/admin/providers');
  return available.find(({ roles }: any) => roles.includes('dns')).type;
}

/** What the simulated clouds have of a VPS. */
export async function presence(shop: Shop, lane: Lane, vpsId: string): Promise<{ servers: SimServer[]; records: any[] }> {
  const [servers, records] = await Promise.all([
    shop.control('GET', `/instances?provider=${lane.provider}`) as Promise<SimServer[]>,
    shop.control('GET', '/records') as Promise<any[]>,
  ]);
  return {
    // Whatever carries its mark there: a tag, a name.
    servers: servers.filter(({ tags, label }) => [...tags, label].some((mark) => mark.includes(vpsId))),
    records: records.filter(({ zone, comment }) => zone === lane.zone && comment?.includes(vpsId)),
  };
}

/** One sweep's report, asked for now. */
export async function sweepNow(shop: Shop): Promise<any> {
  const drift = async (): Promise<any> =>
    (await shop.call('GET', '/api/admin/sweeps')).sweeps.find(({ name }: { name: string }) => name === 'drift');
  const { runs } = await drift();
  await shop.call('POST', '/api/admin/sweeps/drift/run');
  const look = async (): Promise<any> => {
    const found = await drift();
    return found.runs > runs ? found.last : undefined;
  };
  return await until(look, { timeoutMs: 120_000, everyMs: 100, what: 'the drift sweep' });
}
