/** One region's look-ups, power, reinstalls, snapshots and measurements, for the service. */
import { z } from 'zod';
import type { MetricSeries, Snapshot } from '../instance-extras.ts';
import { commonCompute, seriesOf } from '../kit/compute.ts';
import { ownedAmong } from '../kit/names.ts';
import type { Call } from '../kit/server-sheet.ts';
import { snapshotsOf } from '../kit/snapshots.ts';
import type {
  AccountConnection,
  AccountInfo,
  BandwidthDay,
  CallOptions,
  ComputeClient,
  InstanceStatus,
  InstanceSummary,
} from '../provider.ts';
import { signalOf } from '../wait.ts';
import { images, plans, regions, withSystems } from './catalog.ts';
import { Ami, Ec2, listOf, tagged } from './ec2.ts';
import { groups, keyPairs } from './helpers.ts';
import { growDeed, type Instance, nameOn, rebuildDeed, servers, tagsOn, userDataDeed } from './server.ts';
import { ask } from './wire.ts';

const DAY_S = 86_400;
const KEPT_DAYS = 30;
/** CloudWatch answers no more points than this. */
const MOST_POINTS = 1_440;
/** What an image of ours says of the server it was made of. */
const SOURCE_TAG = 'plinth-instance';

const STATUSES: Readonly<Record<string, InstanceStatus>> = {
  pending: 'creating',
  running: 'running',
  stopped: 'stopped',
  stopping: 'busy',
  'shutting-down': 'busy',
};
const Identity = z.object({ GetCallerIdentityResult: z.object({ Account: z.string(), Arn: z.string() }) });
const Statistics = z.object({
  GetMetricStatisticsResult: z.object({
    Datapoints: listOf(z.object({ Timestamp: z.string(), Sum: z.coerce.number().optional(), Average: z.coerce.number().optional() })),
  }),
});

export function compute(connection: AccountConnection): ComputeClient {
  const ec2 = new Ec2(connection);
  const call = (o?: CallOptions): Call => ({ client: ec2, signal: signalOf(o) });
  const { on, off } = servers.sheet.power;
  const common = commonCompute(ec2, servers, toSummary);
  return {
    ...common,
    async listInstances(cursor, o) {
      const { items, next } = await common.listInstances(cursor, o);
      return { items: await withSystems(ec2, items, o?.signal), next };
    },
    async getInstance(id, o) {
      const found = await common.getInstance(id, o);
      return found && (await withSystems(ec2, [found], o?.signal))[0]!;
    },
    account: (o) => account(ec2, o?.signal),
    regions: (o) => regions(ec2, o?.signal),
    plans: (o) => plans(ec2, o?.signal),
    images: (o) => images(ec2, o?.signal),
    /** Only a server that is off takes user data, only one that runs another root volume. */
    async rebuild(id, { image, userData }, o) {
      const { architecture, instanceType } = await servers.ready(call(o), id);
      // Refused before anything is stopped.
      await ec2.ami(image, [architecture], o?.signal);
      if (userData !== undefined) {
        await servers.perform(call(o), id, off);
        await servers.perform(call(o), id, userDataDeed(userData));
      }
      await servers.perform(call(o), id, on);
      await servers.perform(call(o), id, rebuildDeed(image, architecture));
      await servers.perform(call(o), id, on);
      await servers.perform(call(o), id, growDeed(instanceType));
      return {};
    },
    bandwidth: (id, o) => bandwidth(call(o), id, connection),
    metrics: (id, from, to, o) => metrics(id, from, to, connection, o?.signal),
    snapshots: snapshotsOf(ec2, {
      servers,
      path: '/images',
      keys: { one: '', many: 'items' },
      shape: Ami,
      listing: {},
      present: toSnapshot,
      backups: () => Promise.resolve([]),
      order: (name, id) => ({
        type: 'snapshot',
        path: '/image',
        body: { Name: name, ...tagged(['image', 'snapshot'], { Name: name, [SOURCE_TAG]: id }) },
      }),
      // Only a server that runs takes another root volume.
      restore: ({ id }) => [on, rebuildDeed(id)],
      diskGb: () => Infinity,
    }),
    async listOwned(o) {
      const [held, walls, own] = await Promise.all([
        keyPairs.list(call(o)),
        groups.list(call(o)),
        ec2.all({ path: '/images', signal: signalOf(o) }, 'items', Ami),
      ]);
      return [
        ...ownedAmong(
          'ssh-key',
          held.map(({ keyName }) => ({ id: keyName, name: keyName })),
        ),
        ...ownedAmong(
          'firewall',
          walls.map(({ groupId, groupName }) => ({ id: groupId, name: groupName })),
        ),
        ...ownedAmong(
          'snapshot',
          own.map(({ imageId, name }) => ({ id: imageId, name })),
        ),
      ];
    },
  };
}

/** A key is known without any right; that it may look at servers is tried as well. */
async function account(ec2: Ec2, signal?: AbortSignal): Promise<AccountInfo> {
  const [{ GetCallerIdentityResult: who }] = await Promise.all([
    ask(ec2.account, 'sts', { Action: 'GetCallerIdentity' }, Identity, signal),
    regions(ec2, signal),
  ]);
  return { name: `${who.Account} (${who.Arn.split(':').at(-1)}) in ${ec2.region}`, status: 'active' };
}

type Point = z.infer<typeof Statistics>['GetMetricStatisticsResult']['Datapoints'][number];

/** Times in ms, the period in seconds. */
async function measure(
  connection: AccountConnection,
  {
    id,
    name,
    statistic,
    from,
    to,
    period,
  }: { id: string; name: string; statistic: 'Sum' | 'Average'; from: number; to: number; period: number },
  signal?: AbortSignal,
): Promise<{ at: number; value: number }[]> {
  const query = {
    Action: 'GetMetricStatistics',
    Namespace: 'AWS/EC2',
    MetricName: name,
    'Dimensions.member.1.Name': 'InstanceId',
    'Dimensions.member.1.Value': id,
    StartTime: new Date(from).toISOString(),
    EndTime: new Date(to).toISOString(),
    Period: period,
    'Statistics.member.1': statistic,
  };
  const { GetMetricStatisticsResult: told } = await ask(connection, 'monitoring', query, Statistics, signal);
  const point = (each: Point) => ({ at: Date.parse(each.Timestamp), value: each[statistic] ?? 0 });
  return told.Datapoints.map(point).sort((a, b) => a.at - b.at);
}

async function bandwidth(call: Call, id: string, connection: AccountConnection): Promise<BandwidthDay[]> {
  await servers.must(call, id);
  const to = Date.now();
  const from = Math.floor(to / 1000 / DAY_S - KEPT_DAYS) * DAY_S * 1000;
  const ask = { id, statistic: 'Sum', from, to, period: DAY_S } as const;
  const [incoming, outgoing] = await Promise.all([
    measure(connection, { ...ask, name: 'NetworkIn' }, call.signal),
    measure(connection, { ...ask, name: 'NetworkOut' }, call.signal),
  ]);
  const sent = new Map(outgoing.map(({ at, value }) => [at, value]));
  return incoming.map(({ at, value }) => ({
    date: new Date(at).toISOString().slice(0, 10),
    incomingBytes: Math.round(value),
    outgoingBytes: Math.round(sent.get(at) ?? 0),
  }));
}

/** Basic monitoring has a point for each five minutes. */
async function metrics(id: string, from: number, to: number, connection: AccountConnection, signal?: AbortSignal): Promise<MetricSeries[]> {
  const period = Math.max(300, Math.ceil((to - from) / 1000 / MOST_POINTS / 60) * 60);
  const get = (name: string, statistic: 'Sum' | 'Average') => measure(connection, { id, name, statistic, from, to, period }, signal);
  const [cpu, incoming, outgoing] = await Promise.all([
    get('CPUUtilization', 'Average'),
    get('NetworkIn', 'Sum'),
    get('NetworkOut', 'Sum'),
  ]);
  const rate = (points: MetricSeries['points']) => points.map(({ at, value }) => ({ at, value: value / period }));
  return seriesOf(cpu, rate(incoming), rate(outgoing));
}

function toSummary(server: Instance): InstanceSummary {
  return {
    id: server.instanceId,
    label: nameOn(server),
    status: STATUSES[server.instanceState.name] ?? 'unknown',
    region: server.placement.availabilityZone.replace(/[a-z]$/, ''),
    plan: server.instanceType,
    image: server.imageId,
    ipv4: server.ipAddress || null,
    ipv6: null,
    tags: tagsOn(server),
    createdAt: new Date(server.launchTime).toISOString(),
  };
}

function toSnapshot({ imageId, name, imageState, creationDate, blockDeviceMapping, tagSet, architecture }: Ami): Snapshot {
  const disk = blockDeviceMapping[0]?.ebs?.volumeSize ?? null;
  return {
    id: imageId,
    kind: 'snapshot',
    name,
    status: imageState === 'available' ? 'available' : imageState === 'pending' ? 'pending' : 'failed',
    // EC2 does not tell what of the disk is stored, and bills that.
    sizeGb: null,
    minDiskGb: disk,
    ...(architecture === '' ? {} : { architecture }),
    instanceId: tagSet.find(({ key }) => key === SOURCE_TAG)?.value ?? null,
    createdAt: new Date(creationDate || 0).toISOString(),
    monthlyCost: null,
  };
}
