/** The client the service uses for one Linode account: look-ups, lists, power, rebuild, rescue, snapshots and measurements. */
import { commonCompute } from '../kit/compute.ts';
import { part, Rest } from '../kit/rest.ts';
import type { Call } from '../kit/server-sheet.ts';
import type { AccountConnection, CallOptions, ComputeClient, InstanceStatus, InstanceSummary } from '../provider.ts';
import { signalOf } from '../wait.ts';
import { listImages, listPlans, listRegions } from './catalog.ts';
import { keys, ownedHelpers } from './helpers.ts';
import { bareAddress, configsOf, disksOf, isOff, publicIpv4 } from './outputs.ts';
import { dialect } from './rest.ts';
import { act, passwordDeed, rebuildDeed, servers } from './server.ts';
import { ownedSnapshots, snapshots } from './snapshots.ts';
import { bandwidth, metrics } from './statistics.ts';
import { ApiAccount, type ApiInstance } from './types.ts';

const STATUS: Readonly<Record<string, InstanceStatus>> = {
  running: 'running',
  offline: 'stopped',
  stopped: 'stopped',
  billing_suspension: 'suspended',
  provisioning: 'creating',
};
/** `sdh` is the rescue system's own. */
const SLOTS = ['sda', 'sdb', 'sdc', 'sdd', 'sde', 'sdf', 'sdg'] as const;

export function compute(connection: AccountConnection): ComputeClient {
  const client = new Rest(dialect, connection);
  const call = (o?: CallOptions): Call => ({ client, signal: signalOf(o) });
  const { power } = servers.sheet;
  return {
    ...commonCompute(client, servers, toSummary),
    async account(o) {
      const { email, balance, balance_uninvoiced: open } = await client.call({ path: '/account', signal: o?.signal }, ApiAccount);
      const usd = (amount: number) => ({ amount: amount.toFixed(2), currency: 'USD' });
      const pendingCharges = open == null ? {} : { pendingCharges: usd(open) };
      return { name: email, status: 'active', balance: usd(balance + (open ?? 0)), ...pendingCharges };
    },
    regions: (o) => listRegions(call(o)),
    plans: (o) => listPlans(call(o)),
    images: (o) => listImages(call(o)),
    async rebuild(id, { image, password, userData, sshKeyIds = [] }, o) {
      const texts = await publicKeys(call(o), sshKeyIds);
      const deed = rebuildDeed(client, { image, password, keys: texts, ...(userData === undefined ? {} : { userData }) });
      await servers.perform(call(o), id, deed);
      await servers.perform(call(o), id, power.on);
      return {};
    },
    async resetPassword(id, password, o) {
      for (const deed of [power.off, passwordDeed(password), power.on]) await servers.perform(call(o), id, deed);
      return { how: 'set' };
    },
    /** Finnix, reached by Linode's web console. Linode tells nowhere which of the two systems runs: a repeated call boots it once more. */
    async rescue(id, change, o) {
      const off = isOff(await servers.ready(call(o), id));
      const type = off ? 'linode_boot' : 'linode_reboot';
      if (change === 'enter') await servers.perform(call(o), id, act(type, 'rescue', { devices: await devices(call(o), id) }));
      else await servers.perform(call(o), id, act(type, off ? 'boot' : 'reboot', await ownConfig(call(o), id)));
    },
    bandwidth: (id, o) => bandwidth(call(o), id),
    metrics: (id, from, to, o) => metrics(call(o), id, from, to),
    snapshots: snapshots(client),
    listOwned: async (o) => (await Promise.all([ownedHelpers(call(o)), ownedSnapshots(call(o))])).flat(),
  };
}

/** Every disk of the server, in the order in which Linode lists them. */
async function devices(call: Call, id: string): Promise<Record<string, { disk_id: number }>> {
  const disks = await disksOf(call, id);
  return Object.fromEntries(disks.slice(0, SLOTS.length).map((disk, i) => [SLOTS[i]!, { disk_id: disk.id }]));
}

/** With several configurations the choice is Linode's: the one that was booted last. */
async function ownConfig(call: Call, id: string): Promise<{ config_id?: number }> {
  const configs = await configsOf(call, id);
  return configs.length === 1 ? { config_id: configs[0]!.id } : {};
}

function toSummary(instance: ApiInstance): InstanceSummary {
  const { id, label, status, region, type, image, ipv6, tags, backups, created } = instance;
  return {
    id: String(id),
    label,
    status: STATUS[status] ?? (servers.sheet.phase(instance) === 'ready' ? 'unknown' : 'busy'),
    region,
    plan: type ?? '',
    image,
    ipv4: publicIpv4(instance),
    ipv6: ipv6 ? bareAddress(ipv6) : null,
    tags,
    backups: backups.enabled,
    createdAt: `${created}.000Z`,
  };
}

async function publicKeys(call: Call, ids: readonly string[]): Promise<string[]> {
  const texts: string[] = [];
  for (const id of ids) {
    const key = await keys.get(call, part(id));
    if (!key) throw call.client.error('not_found', `Linode has no SSH key ${id}. Remove it from the request or register it again.`);
    texts.push(key.ssh_key);
  }
  return texts;
}
