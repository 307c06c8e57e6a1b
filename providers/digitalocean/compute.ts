/** One account's look-ups, lists, power, rebuild and traffic, for the service. */
import { z } from 'zod';
import { isProviderError } from '../errors.ts';
import type {
  AccountConnection,
  AccountInfo,
  BandwidthDay,
  ComputeClient,
  InstanceStatus,
  InstanceSummary,
  PowerAction,
} from '../provider.ts';
import { perform } from './actions.ts';
import { toImage, toPlan, toRegion } from './catalog.ts';
import { DigitalOceanClient } from './client.ts';
import { listOwned } from './owned.ts';
import {
  accountSchema,
  balanceSchema,
  dropletSchema,
  imageSchema,
  metricsSchema,
  regionSchema,
  sizeSchema,
  type Droplet,
} from './schemas.ts';

const BANDWIDTH_DAYS = 30;
const STATUSES: Readonly<Record<Droplet['status'], InstanceStatus>> = {
  new: 'creating',
  active: 'running',
  off: 'stopped',
  archive: 'suspended',
};

export function compute(connection: AccountConnection): ComputeClient {
  const client = new DigitalOceanClient(connection);
  return {
    account: (o) => account(client, o?.signal),
    regions: async (o) => (await client.all('/v2/regions', 'regions', regionSchema, {}, o?.signal)).map(toRegion),
    plans: async (o) => (await client.all('/v2/sizes', 'sizes', sizeSchema, {}, o?.signal)).map(toPlan),
    images: async (o) => {
      const lists = await Promise.all(
        ['distribution', 'application'].map((type) => client.all('/v2/images', 'images', imageSchema, { type }, o?.signal)),
      );
      return lists.flat().map(toImage);
    },
    async listInstances(cursor, o) {
      const { items, next } = await client.page('/v2/droplets', 'droplets', dropletSchema, Number(cursor ?? 1), {}, o?.signal);
      return { items: items.map(toSummary), next: next === null ? null : String(next) };
    },
    async getInstance(id, o) {
      const droplet = await client.droplet(id, o?.signal);
      return droplet && toSummary(droplet);
    },
    power: (id, action, o) => power(client, id, action, o?.signal ?? new AbortController().signal),
    /** The API takes an image only: the droplet boots with its first user data again, so keys and password stay what they were. */
    async rebuild(id, args, o) {
      const image = /^\d+$/.test(args.image) ? Number(args.image) : args.image;
      await perform(client, id, { type: 'rebuild', args: { image }, signal: o?.signal ?? new AbortController().signal });
      await power(client, id, 'on', o?.signal ?? new AbortController().signal);
      return {};
    },
    bandwidth: (id, o) => bandwidth(client, id, o?.signal),
    listOwned: (o) => listOwned(client, o?.signal),
  };
}

async function account(client: DigitalOceanClient, signal?: AbortSignal): Promise<AccountInfo> {
  const options = signal ? { signal } : {};
  const { account } = await client.call({ method: 'GET', path: '/v2/account', ...options }, z.object({ account: accountSchema }));
  const known = ['active', 'warning', 'locked'] as const;
  const info: AccountInfo = {
    name: account.email,
    status: known.find((status) => status === account.status) ?? 'unknown',
    instanceLimit: account.droplet_limit,
  };
  try {
    const balance = await client.call({ method: 'GET', path: '/v2/customers/my/balance', ...options }, balanceSchema);
    return { ...info, balance: { amount: balance.month_to_date_balance, currency: 'USD' } };
  } catch (error) {
    // A token without the billing scope is a good token.
    if (isProviderError(error, 'forbidden', 'not_found')) return info;
    throw error;
  }
}

async function power(client: DigitalOceanClient, id: string, action: PowerAction, signal: AbortSignal): Promise<void> {
  if (action === 'off') {
    await perform(client, id, { type: 'power_off', isDone: (droplet) => droplet.status === 'off', signal });
    return;
  }
  const isOff = (await client.droplet(id, signal))?.status === 'off';
  if (action === 'reboot' && !isOff) await perform(client, id, { type: 'reboot', signal });
  else await perform(client, id, { type: 'power_on', isDone: (droplet) => droplet.status === 'active', signal });
}

/** The metric is Mbit/s, averaged between samples; a day's bytes are its sum. */
async function bandwidth(client: DigitalOceanClient, id: string, signal?: AbortSignal): Promise<BandwidthDay[]> {
  const end = Math.floor(Date.now() / 1000);
  const days = new Map<string, { incomingBytes: number; outgoingBytes: number }>();
  for (const direction of ['inbound', 'outbound'] as const) {
    const query = { host_id: id, interface: 'public', direction, start: end - BANDWIDTH_DAYS * 86_400, end };
    const path = '/v2/monitoring/metrics/droplet/bandwidth';
    const { data } = await client.call({ method: 'GET', path, query, ...(signal ? { signal } : {}) }, metricsSchema);
    const values = data.result[0]?.values ?? [];
    for (let i = 1; i < values.length; i++) {
      const [at, mbps] = values[i]!;
      const bytes = Math.round(((Number(mbps) * 1_000_000) / 8) * (at - values[i - 1]![0]));
      const date = new Date(at * 1000).toISOString().slice(0, 10);
      const day = days.get(date) ?? { incomingBytes: 0, outgoingBytes: 0 };
      if (direction === 'inbound') day.incomingBytes += bytes;
      else day.outgoingBytes += bytes;
      days.set(date, day);
    }
  }
  return [...days].map(([date, day]) => ({ date, ...day })).sort((a, b) => a.date.localeCompare(b.date));
}

function toSummary(droplet: Droplet): InstanceSummary {
  const status = droplet.locked && droplet.status !== 'new' ? 'busy' : STATUSES[droplet.status];
  return {
    id: String(droplet.id),
    label: droplet.name,
    status,
    region: droplet.region.slug,
    plan: droplet.size_slug,
    image: droplet.image.slug ?? String(droplet.image.id),
    ipv4: droplet.networks.v4.find(({ type }) => type === 'public')?.ip_address ?? null,
    ipv6: droplet.networks.v6.find(({ type }) => type === 'public')?.ip_address ?? null,
    tags: droplet.tags,
    createdAt: droplet.created_at,
  };
}
