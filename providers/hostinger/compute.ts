/** One account's look-ups, power, recreation, measurements and ordered ends, for the service. */
import { z } from 'zod';
import type { EndingClient } from '../manners.ts';
import type { MetricSeries } from '../instance-extras.ts';
import { isOwnTag } from '../identity.ts';
import { seriesOf } from '../kit/compute.ts';
import { ownedAmong } from '../kit/names.ts';
import type { Call } from '../kit/server-sheet.ts';
import type { AccountConnection, BandwidthDay, CallOptions, ComputeClient, InstanceStatus, InstanceSummary } from '../provider.ts';
import { signalOf } from '../wait.ts';
import { images, plans, regions } from './catalog.ts';
import { scriptName } from './descriptor.ts';
import { firewalls, keys, scripts } from './helpers.ts';
import { act, machines, orderEnd, undoEnd } from './machine.ts';
import { HostingerRest, type Machine, MACHINES, type Subscription } from './rest.ts';

const DAY_MS = 86_400_000;
const KEPT_DAYS = 30;
const STATUSES: Readonly<Record<string, InstanceStatus>> = {
  initial: 'creating',
  creating: 'creating',
  running: 'running',
  stopped: 'stopped',
  suspended: 'suspended',
  suspending: 'busy',
  unsuspending: 'busy',
  error: 'unknown',
};
const Method = z.looseObject({ is_default: z.boolean(), is_expired: z.boolean(), is_suspended: z.boolean() });

export function compute(connection: AccountConnection): ComputeClient {
  const client = new HostingerRest(connection);
  const call = (o?: CallOptions): Call => ({ client, signal: signalOf(o) });
  const withEnds = async (o: CallOptions | undefined, found: readonly Machine[]): Promise<InstanceSummary[]> => {
    const known = found.length === 0 ? [] : await client.subscriptions(o?.signal);
    const ends = new Map(known.map((each) => [each.id, each]));
    return found.map((machine) => toSummary(machine, ends.get(machine.subscription_id ?? '')));
  };
  return {
    /** Also tells whether a purchase can be paid for. */
    async account(o) {
      const methods = await client.call({ path: '/api/billing/v1/payment-methods', signal: o?.signal }, z.array(Method));
      const pays = methods.some((each) => each.is_default && !each.is_expired && !each.is_suspended);
      return {
        name: pays ? 'Hostinger account' : 'Hostinger account without a payment method that works',
        status: pays ? 'active' : 'warning',
      };
    },
    regions: (o) => regions(client, o?.signal),
    plans: (o) => plans(client, o?.signal),
    images: (o) => images(client, o?.signal),
    listInstances: async (_cursor, o) => ({ items: await withEnds(o, await client.machines(o?.signal)), next: null }),
    async getInstance(id, o) {
      const found = await machines.get(call(o), id);
      return found ? ((await withEnds(o, [found]))[0] ?? null) : null;
    },
    async power(id, action, o) {
      const { power } = machines.sheet;
      await machines.perform(call(o), id, action === 'reboot' ? power.reboot : action === 'off' ? power.off : power.on);
    },
    /** Its snapshot is lost with it. */
    async rebuild(id, { image, password, sshKeyIds = [], setup }, o) {
      const script = setup && (await keepScript(call(o), setup));
      const body = {
        template_id: Number(image),
        ...(password === undefined ? {} : { password }),
        ...(script === undefined ? {} : { post_install_script_id: Number(script) }),
      };
      await machines.perform(call(o), id, act('recreate', body));
      const at = `/api/vps/v1/public-keys/attach/${id}`;
      if (sshKeyIds.length > 0)
        await machines.perform(call(o), id, { type: 'attach keys', at, body: { ids: sshKeyIds.map(Number) }, repeatable: true });
      await machines.perform(call(o), id, machines.sheet.power.on);
      return {};
    },
    async resetPassword(id, password, o) {
      await machines.perform(call(o), id, {
        type: 'root-password',
        path: '/root-password',
        method: 'PUT',
        body: { password },
        repeatable: true,
      });
      return { how: 'set' };
    },
    endings: endings(client),
    dropSetup: (vpsId, o) => dropScript(call(o), vpsId),
    async bandwidth(id, o) {
      const to = Date.now();
      const series = await measure(client, id, to - KEPT_DAYS * DAY_MS, to, o?.signal);
      return days(series.incoming_traffic, series.outgoing_traffic);
    },
    async metrics(id, from, to, o) {
      const series = await measure(client, id, from, to, o?.signal);
      return seriesOf(series.cpu_usage, rates(series.incoming_traffic), rates(series.outgoing_traffic));
    },
    async listOwned(o) {
      const [held, walls, written] = await Promise.all([keys.list(call(o)), firewalls.list(call(o)), scripts.list(call(o))]);
      return [...ownedAmong('ssh-key', held), ...ownedAmong('firewall', walls), ...ownedAmong('startup-script', written)];
    },
  };
}

/** Under the name by which the stack's program knows it too. */
async function keepScript(call: Call, { owner, script }: { readonly owner: string; readonly script: string }): Promise<string> {
  const name = scriptName(owner);
  return (await scripts.keep(call, { name, content: script }, name)).id;
}

async function dropScript(call: Call, vpsId: string): Promise<void> {
  const own = ownedAmong('startup-script', await scripts.list(call)).filter((each) => each.vpsId === vpsId);
  for (const { id } of own) await scripts.remove(call, id);
}

/** Renewal off is an ordered end. */
function endings(client: HostingerRest): EndingClient {
  const call = (o?: CallOptions): Call => ({ client, signal: signalOf(o) });
  const endOf = (paid: Subscription | null): { at: string | null } => ({
    at: paid?.expires_at ? new Date(paid.expires_at).toISOString() : null,
  });
  const subscriptionOf = async (id: string, o?: CallOptions): Promise<Subscription | undefined> => {
    const machine = await machines.must(call(o), id);
    return (await client.subscriptions(o?.signal)).find((each) => each.id === machine.subscription_id);
  };
  return {
    async orderedEnd(id, o) {
      const found = await subscriptionOf(id, o);
      return found && !found.is_auto_renewed ? endOf(found) : null;
    },
    async setEnd(id, o) {
      return endOf(await orderEnd(call(o), await machines.must(call(o), id)));
    },
    undoEnd: async (id, o) => undoEnd(call(o), await machines.must(call(o), id)),
  };
}

type Points = MetricSeries['points'];
const Series = z
  .looseObject({ usage: z.record(z.string(), z.number()).optional() })
  .nullish()
  .transform((series): Points => {
    const points = Object.entries(series?.usage ?? {}).map(([at, value]) => ({ at: Number(at) * 1000, value }));
    return points.sort((a, b) => a.at - b.at);
  });
const Metrics = z.looseObject({ cpu_usage: Series, incoming_traffic: Series, outgoing_traffic: Series });

function measure(client: HostingerRest, id: string, from: number, to: number, signal?: AbortSignal): Promise<z.infer<typeof Metrics>> {
  const query = { date_from: new Date(from).toISOString(), date_to: new Date(to).toISOString() };
  return client.call({ path: `${MACHINES}/${encodeURIComponent(id)}/metrics`, query, signal }, Metrics);
}

/** Bytes of a sample, each by the time since the one before. */
function rates(points: Points): Points {
  return points.slice(1).map(({ at, value }, index) => ({ at, value: value / Math.max(1, (at - points[index]!.at) / 1000) }));
}

function days(incoming: Points, outgoing: Points): BandwidthDay[] {
  const sums = new Map<string, { in: number; out: number }>();
  const add = (points: Points, side: 'in' | 'out'): void => {
    for (const { at, value } of points) {
      const date = new Date(at).toISOString().slice(0, 10);
      const sum = sums.get(date) ?? { in: 0, out: 0 };
      sum[side] += value;
      sums.set(date, sum);
    }
  };
  add(incoming, 'in');
  add(outgoing, 'out');
  const sorted = [...sums].sort(([a], [b]) => a.localeCompare(b));
  return sorted.map(([date, sum]) => ({ date, incomingBytes: Math.round(sum.in), outgoingBytes: Math.round(sum.out) }));
}

function toSummary(machine: Machine, subscription: Subscription | undefined): InstanceSummary {
  const status = STATUSES[machine.state] ?? 'busy';
  const ends = subscription && !subscription.is_auto_renewed && subscription.expires_at;
  return {
    id: String(machine.id),
    label: machine.hostname,
    status: machine.actions_lock === 'locked' && (status === 'running' || status === 'stopped') ? 'busy' : status,
    region: String(machine.data_center_id ?? ''),
    plan: planOf(machine, subscription),
    image: machine.template ? String(machine.template.id) : null,
    ipv4: machine.ipv4?.[0]?.address ?? null,
    ipv6: machine.ipv6?.[0]?.address ?? null,
    tags: isOwnTag(machine.hostname) ? [machine.hostname] : [],
    createdAt: new Date(machine.created_at).toISOString(),
    ...(ends ? { endsAt: new Date(ends).toISOString() } : {}),
  };
}

/** The price that it was bought by, as far as a subscription tells: lists name the plan and not the price. */
function planOf({ plan }: Machine, subscription: Subscription | undefined): string {
  const kvm = /^KVM (\d+)$/.exec(plan ?? '')?.[1];
  const months = Number(subscription?.['billing_period'] ?? 1) * (subscription?.['billing_period_unit'] === 'year' ? 12 : 1);
  const currency = typeof subscription?.['currency_code'] === 'string' ? subscription['currency_code'].toLowerCase() : 'usd';
  return kvm === undefined ? (plan ?? '') : `hostingercom-vps-kvm${kvm}-${currency}-${months >= 12 ? `${months / 12}y` : `${months}m`}`;
}
