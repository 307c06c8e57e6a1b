/** The client the service uses for one Linode account: look-ups, lists, power, rebuild, traffic. */
import { z } from 'zod';
import type { AccountConnection, BandwidthDay, CallOptions, ComputeClient, InstanceStatus, InstanceSummary } from '../provider.ts';
import { signalOf } from '../wait.ts';
import { listImages, listPlans, listRegions } from './catalog.ts';
import { LinodeClient, linodeError } from './client.ts';
import { listOwned } from './owned.ts';
import { power } from './power.ts';
import { rebuild } from './rebuild.ts';
import { rescue } from './rescue.ts';
import { resetPassword } from './reset-password.ts';
import { snapshotClient } from './snapshots.ts';
import { metrics, monthOf, statistics } from './statistics.ts';
import { ApiAccount, ApiInstance, ApiSshKey } from './types.ts';

const STATUS: Readonly<Record<string, InstanceStatus>> = {
  running: 'running',
  offline: 'stopped',
  stopped: 'stopped',
  billing_suspension: 'suspended',
  provisioning: 'creating',
  booting: 'busy',
  rebooting: 'busy',
  shutting_down: 'busy',
  busy: 'busy',
  deleting: 'busy',
  migrating: 'busy',
  rebuilding: 'busy',
  cloning: 'busy',
  restoring: 'busy',
  resizing: 'busy',
};

export function compute(connection: AccountConnection): ComputeClient {
  const client = new LinodeClient(connection);
  return {
    account: (o = {}) => account(client, o),
    regions: (o = {}) => listRegions(client, o),
    plans: (o = {}) => listPlans(client, o),
    images: (o = {}) => listImages(client, o),
    async listInstances(cursor, o = {}) {
      // Ordered by id, so that a server made meanwhile comes last and no page shifts.
      const filter = { '+order_by': 'id', '+order': 'asc' };
      const { items, page, pages } = await client.page('/linode/instances', ApiInstance, cursor ? Number(cursor) : 1, {
        filter,
        signal: o.signal,
      });
      return { items: items.map(summary), next: page < pages ? String(page + 1) : null };
    },
    async getInstance(id, o = {}) {
      const found = await client.find(`/linode/instances/${numericId(id)}`, ApiInstance, { signal: o.signal });
      return found ? summary(found) : null;
    },
    async power(id, action, o = {}) {
      await power(client, numericId(id), action, signalOf(o));
    },
    async rebuild(id, args, o = {}) {
      const signal = signalOf(o);
      const authorizedKeys = await publicKeys(client, args.sshKeyIds ?? [], signal);
      await rebuild(client, numericId(id), { image: args.image, password: args.password, userData: args.userData, authorizedKeys }, signal);
      return {};
    },
    async resetPassword(id, password, o = {}) {
      await resetPassword(client, numericId(id), password, signalOf(o));
    },
    bandwidth: (id, o = {}) => bandwidth(client, numericId(id), o),
    snapshots: snapshotClient(client, numericId),
    async rescue(id, change, o = {}) {
      await rescue(client, numericId(id), change, signalOf(o));
    },
    metrics: (id, from, to, o = {}) => metrics(client, numericId(id), from, to, o),
    listOwned: (o = {}) => listOwned(client, o),
    async removeTag(id, tag, o = {}) {
      const path = `/linode/instances/${numericId(id)}`;
      const found = await client.find(path, ApiInstance, { signal: o.signal });
      if (!found?.tags.includes(tag)) return;
      await client.put(path, ApiInstance, { body: { tags: found.tags.filter((each) => each !== tag) }, signal: o.signal });
    },
  };
}

/** A resource id as Linode has them. Guards paths against anything else. */
export function numericId(id: string): number {
  if (!/^\d{1,15}$/.test(id)) throw linodeError('invalid', `"${id}" is not a Linode id; those are whole numbers.`);
  return Number(id);
}

async function account(client: LinodeClient, o: CallOptions) {
  const found = await client.get('/account', ApiAccount, { signal: o.signal });
  return {
    name: found.email,
    status: 'active' as const,
    balance: { amount: (found.balance + (found.balance_uninvoiced ?? 0)).toFixed(2), currency: 'USD' },
  };
}

export function summary(instance: ApiInstance): InstanceSummary {
  return {
    id: String(instance.id),
    label: instance.label,
    status: STATUS[instance.status] ?? 'unknown',
    region: instance.region,
    plan: instance.type ?? '',
    image: instance.image,
    ipv4: publicIpv4(instance.ipv4),
    ipv6: instance.ipv6 ? bareAddress(instance.ipv6) : null,
    tags: instance.tags,
    backups: instance.backups.enabled,
    createdAt: `${instance.created}.000Z`,
  };
}

/** Linode lists public and private (192.168.128.0/17) addresses together. */
export function publicIpv4(addresses: readonly string[]): string | null {
  return addresses.find((address) => !address.startsWith('192.168.')) ?? null;
}

/** `2600:3c00::1/128` → `2600:3c00::1`. */
export function bareAddress(address: string): string {
  return address.replace(/\/\d+$/, '');
}

async function publicKeys(client: LinodeClient, ids: readonly string[], signal: AbortSignal): Promise<string[]> {
  const keys: string[] = [];
  for (const id of ids) {
    const key = await client.find(`/profile/sshkeys/${numericId(id)}`, ApiSshKey, { signal });
    if (!key) throw linodeError('not_found', `Linode has no SSH key ${id}. Remove it from the request or register it again.`);
    keys.push(key.ssh_key);
  }
  return keys;
}

const MonthTransfer = z.looseObject({ bytes_in: z.number(), bytes_out: z.number() });
/**
 * Linode keeps no traffic per day. Its month statistics are samples of a rate (bits per second), which
 * give each day its share; the month's exact byte totals scale them, so the sum is the billed figure.
 */
async function bandwidth(client: LinodeClient, id: number, o: CallOptions): Promise<BandwidthDay[]> {
  const now = new Date();
  const month = monthOf(now.getTime());
  const total = await client.get(`/linode/instances/${id}/transfer/${month}`, MonthTransfer, { signal: o.signal });
  const stats = await statistics(client, id, month, o);
  const incoming = perDay([...(stats?.netv4.in ?? []), ...(stats?.netv6.in ?? [])]);
  const outgoing = perDay([...(stats?.netv4.out ?? []), ...(stats?.netv6.out ?? [])]);
  const today = now.toISOString().slice(0, 10);
  const days = [...new Set([...incoming.keys(), ...outgoing.keys()])].filter((day) => day.startsWith(today.slice(0, 7))).sort();
  // A server without samples yet: its whole traffic belongs to today.
  if (days.length === 0) return [{ date: today, incomingBytes: total.bytes_in, outgoingBytes: total.bytes_out }];
  const inShare = shares(incoming, days);
  const outShare = shares(outgoing, days);
  return days.map((date, i) => ({
    date,
    incomingBytes: Math.round(total.bytes_in * inShare[i]!),
    outgoingBytes: Math.round(total.bytes_out * outShare[i]!),
  }));
}

function perDay(samples: readonly (readonly [number, number])[]): Map<string, number> {
  const days = new Map<string, number>();
  for (const [time, rate] of samples) {
    const day = new Date(time).toISOString().slice(0, 10);
    days.set(day, (days.get(day) ?? 0) + rate);
  }
  return days;
}

function shares(values: ReadonlyMap<string, number>, days: readonly string[]): number[] {
  const sum = days.reduce((all, day) => all + (values.get(day) ?? 0), 0);
  return days.map((day) => (sum > 0 ? (values.get(day) ?? 0) / sum : 1 / days.length));
}
