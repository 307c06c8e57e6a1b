/** One account's look-ups, lists, power, rebuild, snapshots and measurements, for the service. */
import { z } from 'zod';
import { isProviderError } from '../errors.ts';
import type { AccountConnection, AccountInfo, ComputeClient, InstanceStatus, InstanceSummary, PowerAction } from '../provider.ts';
import { signalOf } from '../wait.ts';
import { perform } from './actions.ts';
import { toImage, toPlan, toRegion } from './catalog.ts';
import { DigitalOceanClient } from './client.ts';
import { bandwidth, metrics } from './metrics.ts';
import { detachTag } from './droplet-update.ts';
import { listOwned } from './owned.ts';
import { accountSchema, balanceSchema, dropletSchema, imageSchema, regionSchema, sizeSchema, type Droplet } from './schemas.ts';
import { snapshots } from './snapshots.ts';

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
    power: (id, action, o) => power(client, id, action, signalOf(o)),
    /** The API takes an image only: the droplet boots with its first user data again, so keys and password stay what they were. */
    async rebuild(id, args, o) {
      const image = /^\d+$/.test(args.image) ? Number(args.image) : args.image;
      await perform(client, id, { type: 'rebuild', args: { image }, signal: signalOf(o) });
      await power(client, id, 'on', signalOf(o));
      return {};
    },
    bandwidth: (id, o) => bandwidth(client, id, o?.signal),
    metrics: (id, from, to, o) => metrics(client, id, from, to, o?.signal),
    snapshots: snapshots(client),
    listOwned: (o) => listOwned(client, o?.signal),
    removeTag: (id, tag, o) => detachTag(client, id, tag, signalOf(o)),
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
    backups: droplet.features.includes('backups'),
    createdAt: droplet.created_at,
  };
}
