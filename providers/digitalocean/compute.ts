/** One account's look-ups, lists, power, rebuild, snapshots and measurements, for the service. */
import { z } from 'zod';
import { isProviderError } from '../errors.ts';
import { commonCompute } from '../kit/compute.ts';
import { ownedAmong } from '../kit/names.ts';
import { Rest } from '../kit/rest.ts';
import type { Call } from '../kit/server-sheet.ts';
import type { AccountConnection, AccountInfo, CallOptions, ComputeClient, InstanceStatus, InstanceSummary } from '../provider.ts';
import { signalOf } from '../wait.ts';
import { toImage, toPlan, toRegion } from './catalog.ts';
import { dialect } from './client.ts';
import { act, droplets, numeric } from './droplet.ts';
import { firewalls } from './firewall.ts';
import { bandwidth, metrics } from './metrics.ts';
import { accountSchema, balanceSchema, imageSchema, keySchema, regionSchema, sizeSchema, snapshotSchema, type Droplet } from './schemas.ts';
import { snapshots } from './snapshots.ts';
import { sharedKeys } from './ssh-key.ts';

const STATUSES: Readonly<Record<Droplet['status'], InstanceStatus>> = {
  new: 'creating',
  active: 'running',
  off: 'stopped',
  archive: 'suspended',
};

export function compute(connection: AccountConnection): ComputeClient {
  const client = new Rest(dialect, connection);
  const call = (o?: CallOptions): Call => ({ client, signal: signalOf(o) });
  const common = commonCompute(client, droplets, toSummary);
  return {
    ...common,
    account: (o) => account(client, o?.signal),
    regions: async (o) => (await client.all({ path: '/v2/regions', signal: o?.signal }, 'regions', regionSchema)).map(toRegion),
    plans: async (o) => (await client.all({ path: '/v2/sizes', signal: o?.signal }, 'sizes', sizeSchema)).map(toPlan),
    images: async (o) => {
      const ask = (type: string) => client.all({ path: '/v2/images', query: { type }, signal: o?.signal }, 'images', imageSchema);
      return (await Promise.all(['distribution', 'application'].map(ask))).flat().map(toImage);
    },
    /** The API takes an image only: the droplet boots with its first user data again, so keys and password stay what they were. */
    async rebuild(id, { image }, o) {
      await droplets.perform(call(o), id, act('rebuild', { image: numeric(image) }));
      await common.power(id, 'on', o);
      return {};
    },
    bandwidth: (id, o) => bandwidth(call(o), id),
    metrics: (id, from, to, o) => metrics(call(o), id, from, to),
    snapshots: snapshots(client),
    async listOwned(o) {
      const [keys, walls, kept] = await Promise.all([
        client.all({ path: '/v2/account/keys', signal: o?.signal }, 'ssh_keys', keySchema),
        firewalls.list(call(o)),
        client.all({ path: '/v2/snapshots', query: { resource_type: 'droplet' }, signal: o?.signal }, 'snapshots', snapshotSchema),
      ]);
      return [...ownedAmong('ssh-key', keys), ...ownedAmong('firewall', walls), ...ownedAmong('snapshot', kept)];
    },
    sharedKeys: sharedKeys(client),
  };
}

async function account(client: Rest, signal?: AbortSignal): Promise<AccountInfo> {
  const { account } = await client.call({ path: '/v2/account', signal }, z.object({ account: accountSchema }));
  const known = ['active', 'warning', 'locked'] as const;
  const info: AccountInfo = {
    name: account.email,
    status: known.find((status) => status === account.status) ?? 'unknown',
    instanceLimit: account.droplet_limit,
  };
  try {
    const told = await client.call({ path: '/v2/customers/my/balance', signal }, balanceSchema);
    const { month_to_date_balance: amount, month_to_date_usage: pending } = told;
    const pendingCharges = pending === undefined ? {} : { pendingCharges: { amount: pending, currency: 'USD' } };
    return { ...info, balance: { amount, currency: 'USD' }, ...pendingCharges };
  } catch (error) {
    // A token without the billing scope is a good token.
    if (isProviderError(error, 'forbidden', 'not_found')) return info;
    throw error;
  }
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
