/** One project's look-ups, power, reinstall, rescue, console, snapshots and measurements, for the service. */
import { z } from 'zod';
import type { MetricSeries, Snapshot } from '../instance-extras.ts';
import { commonCompute, daysOf, seriesOf } from '../kit/compute.ts';
import { sharedKeysOf } from '../kit/keys.ts';
import { ownedAmong } from '../kit/names.ts';
import type { Call } from '../kit/server-sheet.ts';
import { snapshotsOf } from '../kit/snapshots.ts';
import type { AccountConnection, CallOptions, ComputeClient, InstanceStatus, InstanceSummary } from '../provider.ts';
import { signalOf } from '../wait.ts';
import { accountOf, meOf } from '../kit/ovhcloud/api.ts';
import { images, plans, regions } from './catalog.ts';
import { keys } from './helpers.ts';
import { Project, SystemImage } from './rest.ts';
import { marksOf, shownName, slugOf } from '../kit/ovhcloud/names.ts';
import { act, addressOf, planOf, type Server, servers } from './server.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Euros for a GB and month of a snapshot. Source: the public catalogue, 2026. */
const SNAPSHOT_GB_MONTH = 0.011;
const STATUSES: Readonly<Record<string, InstanceStatus>> = {
  BUILD: 'creating',
  BUILDING: 'creating',
  ACTIVE: 'running',
  RESCUE: 'running',
  RESCUED: 'running',
  SHUTOFF: 'stopped',
  STOPPED: 'stopped',
  SHELVED: 'stopped',
  SHELVED_OFFLOADED: 'stopped',
  SUSPENDED: 'suspended',
  ERROR: 'unknown',
  UNKNOWN: 'unknown',
};
const inRescue = ({ status }: Server): boolean => status === 'RESCUE' || status === 'RESCUED';
const Use = z.looseObject({ project_id: z.string(), status: z.string(), description: z.string().nullish() });

export function compute(connection: AccountConnection): ComputeClient {
  const client = new Project(connection);
  const call = (o?: CallOptions): Call => ({ client, signal: signalOf(o) });
  return {
    /** Also whether the project is this account's. */
    async account(o) {
      const [me, project] = await Promise.all([meOf(client.root, o?.signal), client.call({ path: '', signal: o?.signal }, Use)]);
      const info = accountOf(me);
      const name = `${info.name}, project ${project.description ?? project.project_id}`;
      return { ...info, name, ...(project.status === 'ok' ? {} : { status: project.status === 'suspended' ? 'locked' : 'warning' }) };
    },
    regions: (o) => regions(client, o?.signal),
    plans: (o) => plans(client, o?.signal),
    images: (o) => images(client, o?.signal),
    ...commonCompute(client, servers, toSummary),
    /** The first user data runs again, so that the password stays. */
    async rebuild(id, { image }, o) {
      const { region } = await servers.ready(call(o), id);
      await servers.perform(call(o), id, act('reinstall', { imageId: await client.imageId(image, region, o?.signal) }));
      await servers.perform(call(o), id, servers.sheet.power.on);
      return {};
    },
    /** The rescue system has the instance's own key. */
    async rescue(id, change, o) {
      const enters = change === 'enter';
      await servers.perform(
        call(o),
        id,
        act('rescueMode', { rescue: enters }, (server) => inRescue(server) === enters),
      );
      await servers.perform(call(o), id, servers.sheet.power.on);
    },
    async console(id, o) {
      await servers.ready(call(o), id);
      const ask = { method: 'POST', path: `${servers.path(id)}/vnc`, signal: signalOf(o), repeatable: true } as const;
      const { url, type } = await client.call(ask, z.looseObject({ url: z.string(), type: z.string() }));
      return { kind: /^wss?:/.test(url) ? (type === 'serial' ? 'serial' : 'vnc') : 'page', url, expiresAt: null, subprotocol: 'binary' };
    },
    async bandwidth(id, o) {
      const [incoming, outgoing] = await Promise.all(['net:rx', 'net:tx'].map((type) => measure(call(o), id, type, 'lastmonth')));
      return daysOf(incoming!, outgoing!);
    },
    async metrics(id, from, to, o) {
      const age = Date.now() - from;
      const period = age <= DAY_MS ? 'lastday' : age <= 7 * DAY_MS ? 'lastweek' : 'lastmonth';
      const within = async (type: string) => (await measure(call(o), id, type, period)).filter(({ at }) => at >= from && at <= to);
      const [cpu, incoming, outgoing] = await Promise.all(['cpu:used', 'net:rx', 'net:tx'].map(within));
      const percents = cpu!.map(({ at, value }) => ({ at, value: Math.min(100, value) }));
      return seriesOf(percents, incoming!, outgoing!);
    },
    snapshots: snapshotsOf<Server, SystemImage>(client, {
      servers,
      path: '/snapshot',
      keys: { one: '', many: '' },
      shape: SystemImage,
      listing: {},
      present: toSnapshot,
      backups: async () => [],
      order: (name) => act('snapshot', { snapshotName: name }),
      restore: ({ id }) => [act('reinstall', { imageId: id })],
      diskGb: ({ flavor }) => flavor?.disk ?? 0,
    }),
    async listOwned(o) {
      const ask = { path: '/snapshot', signal: signalOf(o) };
      const [held, kept] = await Promise.all([keys.list(call(o)), client.call(ask, z.array(SystemImage))]);
      return [...ownedAmong('ssh-key', held), ...ownedAmong('snapshot', kept)];
    },
    sharedKeys: sharedKeysOf(client, keys, (key) => key),
  };
}

const Metrics = z.looseObject({ unit: z.string(), values: z.array(z.looseObject({ timestamp: z.number(), value: z.number() })) });

/** Bytes a second, where the unit says bits. */
async function measure({ client, signal }: Call, id: string, type: string, period: string): Promise<MetricSeries['points']> {
  const { unit, values } = await client.call({ path: `${servers.path(id)}/monitoring`, query: { type, period }, signal }, Metrics);
  const factor = /^(?:b|bits?)(?:ps|\/s)/.test(unit) ? 1 / 8 : 1;
  return values.map(({ timestamp, value }) => ({ at: timestamp * 1000, value: value * factor })).sort((a, b) => a.at - b.at);
}

function toSummary(server: Server): InstanceSummary {
  return {
    id: server.id,
    label: shownName(server.name),
    status: STATUSES[server.status] ?? 'busy',
    region: server.region,
    plan: planOf(server),
    image: server.image ? slugOf(server.image.name) : (server.imageId ?? null),
    ipv4: addressOf(server, 4) || null,
    ipv6: addressOf(server, 6) || null,
    tags: marksOf(server.name),
    createdAt: new Date(server.created).toISOString(),
  };
}

/** It tells no more than its name of the instance that it was made of. */
function toSnapshot(image: SystemImage): Snapshot {
  const failed = /^(?:error|killed|deleted)$/.test(image.status);
  return {
    id: image.id,
    kind: 'snapshot',
    name: image.name,
    status: image.status === 'active' ? 'available' : failed ? 'failed' : 'pending',
    sizeGb: image.size ?? null,
    minDiskGb: image.minDisk,
    regions: [image.region],
    instanceId: null,
    createdAt: new Date(image.creationDate).toISOString(),
    monthlyCost: image.size ? { amount: (image.size * SNAPSHOT_GB_MONTH).toFixed(2), currency: 'EUR' } : null,
  };
}
