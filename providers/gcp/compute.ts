/** One project's look-ups, power, snapshots and measurements, for the service. */
import { z } from 'zod';
import type { MetricSeries, Snapshot } from '../instance-extras.ts';
import { commonCompute, seriesOf } from '../kit/compute.ts';
import { ownedAmong, tagsOf } from '../kit/names.ts';
import { Rest } from '../kit/rest.ts';
import type { Call } from '../kit/server-sheet.ts';
import { snapshotsOf } from '../kit/snapshots.ts';
import type { AccountConnection, BandwidthDay, CallOptions, ComputeClient, InstanceStatus, InstanceSummary } from '../provider.ts';
import { signalOf } from '../wait.ts';
import { images, plans, regions } from './catalog.ts';
import { descriptor } from './descriptor.ts';
import { dialect, Gce, lastOf, pathOf } from './gce.ts';
import { addresses, firewalls } from './helpers.ts';
import { addressOn, type Instance, servers, typeOf, zoneOf } from './server.ts';

const MONITORING = 'https://monitoring.googleapis.com';
const DAY_S = 86_400;
const KEPT_DAYS = 30;
/** What a snapshot of ours says of the server it was made of. */
const SOURCE_LABEL = 'plinth-instance';

const STATUSES: Readonly<Record<string, InstanceStatus>> = {
  PROVISIONING: 'creating',
  STAGING: 'creating',
  RUNNING: 'running',
  TERMINATED: 'stopped',
  STOPPED: 'stopped',
  SUSPENDED: 'stopped',
};
const Shot = z.object({
  name: z.string(),
  selfLink: z.string(),
  status: z.string(),
  diskSizeGb: z.string().optional(),
  storageBytes: z.string().optional(),
  creationTimestamp: z.string(),
  labels: z.record(z.string(), z.string()).default({}),
});
type Shot = z.infer<typeof Shot>;
const Series = z.looseObject({
  timeSeries: z
    .array(
      z.object({
        points: z.array(
          z.object({
            interval: z.object({ startTime: z.string(), endTime: z.string() }),
            value: z.object({ doubleValue: z.number().optional(), int64Value: z.string().optional() }),
          }),
        ),
      }),
    )
    .default([]),
});

export function compute(connection: AccountConnection): ComputeClient {
  const gce = new Gce(connection);
  const call = (o?: CallOptions): Call => ({ client: gce, signal: signalOf(o) });
  const { on, off } = servers.sheet.power;
  return {
    async account(o) {
      const { name } = await gce.look(`projects/${gce.project}`, z.object({ name: z.string() }), {}, o?.signal);
      return { name: `project ${name}`, status: 'active' };
    },
    regions: (o) => regions(gce, o?.signal),
    plans: (o) => plans(gce, o?.signal),
    images: (o) => images(gce, o?.signal),
    ...commonCompute(gce, servers, toSummary),
    rebuild: (id) => Promise.reject(gce.error('invalid', `${lastOf(id)} gets another system only with another server. Reinstall it.`)),
    bandwidth: (id, o) => bandwidth(call(o), gce, id),
    metrics: (id, from, to, o) => metrics(call(o), gce, id, { from, to }),
    snapshots: snapshotsOf(gce, {
      servers,
      path: '/snapshots',
      keys: { one: '', many: 'items' },
      shape: Shot,
      listing: {},
      present: toSnapshot,
      backups: () => Promise.resolve([]),
      order: (name, id) => ({ type: 'createSnapshot', path: '/snapshot', body: { name, labels: { [SOURCE_LABEL]: lastOf(id) } } }),
      restore: (snapshot) => [off, { type: 'restore', path: '/restore', body: { sourceSnapshot: snapshot.id } }, on],
      diskGb: () => Infinity,
    }),
    async listOwned(o) {
      const [walls, lasting, kept] = await Promise.all([
        firewalls.list(call(o)),
        addresses.list(call(o)),
        gce.all({ path: '/snapshots', signal: signalOf(o) }, 'items', Shot),
      ]);
      const named = (all: readonly { name: string; selfLink: string }[]) =>
        all.map(({ name, selfLink }) => ({ id: pathOf(selfLink), name }));
      return [...ownedAmong('firewall', named(walls)), ...ownedAmong('address', named(lasting)), ...ownedAmong('snapshot', named(kept))];
    },
  };
}

interface Span {
  /** ms since the epoch. */
  readonly from: number;
  readonly to: number;
}

async function measure(
  { signal }: Call,
  gce: Gce,
  server: Instance,
  metric: string,
  { from, to }: Span,
  { aligner, period }: { aligner: string; period: number },
): Promise<{ at: number; value: number }[]> {
  const { connection } = gce;
  const isGoogle = connection.endpoint.baseUrl === descriptor.apiBaseUrl;
  const there = isGoogle ? { ...connection, endpoint: { ...connection.endpoint, baseUrl: MONITORING } } : connection;
  const query = {
    filter: `metric.type="compute.googleapis.com/instance/${metric}" AND resource.labels.instance_id="${server.id}"`,
    'interval.startTime': new Date(from).toISOString(),
    'interval.endTime': new Date(to).toISOString(),
    'aggregation.alignmentPeriod': `${period}s`,
    'aggregation.perSeriesAligner': aligner,
  };
  const { timeSeries } = await new Rest(dialect, there).call({ path: `/v3/projects/${gce.project}/timeSeries`, query, signal }, Series);
  const points = timeSeries.flatMap((series) => series.points);
  return points
    .map(({ interval, value }) => ({ at: Date.parse(interval.endTime), value: value.doubleValue ?? Number(value.int64Value ?? 0) }))
    .sort((a, b) => a.at - b.at);
}

async function bandwidth(call: Call, gce: Gce, id: string): Promise<BandwidthDay[]> {
  const server = await servers.must(call, id);
  const to = Math.ceil(Date.now() / 1000 / DAY_S) * DAY_S * 1000;
  const span = { from: to - KEPT_DAYS * DAY_S * 1000, to };
  const days = { aligner: 'ALIGN_SUM', period: DAY_S };
  const [incoming, outgoing] = await Promise.all([
    measure(call, gce, server, 'network/received_bytes_count', span, days),
    measure(call, gce, server, 'network/sent_bytes_count', span, days),
  ]);
  const sent = new Map(outgoing.map(({ at, value }) => [at, value]));
  // A point tells of the day that ends with it.
  const date = (at: number): string => new Date(at - 1).toISOString().slice(0, 10);
  return incoming.map(({ at, value }) => ({
    date: date(at),
    incomingBytes: Math.round(value),
    outgoingBytes: Math.round(sent.get(at) ?? 0),
  }));
}

async function metrics(call: Call, gce: Gce, id: string, span: Span): Promise<MetricSeries[]> {
  const server = await servers.must(call, id);
  const period = Math.max(60, Math.ceil((span.to - span.from) / 1000 / 1_000 / 60) * 60);
  const [cpu, incoming, outgoing] = await Promise.all([
    measure(call, gce, server, 'cpu/utilization', span, { aligner: 'ALIGN_MEAN', period }),
    measure(call, gce, server, 'network/received_bytes_count', span, { aligner: 'ALIGN_RATE', period }),
    measure(call, gce, server, 'network/sent_bytes_count', span, { aligner: 'ALIGN_RATE', period }),
  ]);
  const percents = cpu.map(({ at, value }) => ({ at, value: value * 100 }));
  return seriesOf(percents, incoming, outgoing);
}

function toSummary(server: Instance): InstanceSummary {
  return {
    id: pathOf(server.selfLink),
    label: server.name,
    status: STATUSES[server.status] ?? 'busy',
    region: zoneOf(server),
    plan: typeOf(server),
    image: null,
    ipv4: addressOn(server) || null,
    ipv6: null,
    tags: tagsOf(server.labels),
    createdAt: new Date(server.creationTimestamp).toISOString(),
  };
}

const STATES: Readonly<Record<string, Snapshot['status']>> = { READY: 'available', CREATING: 'pending', UPLOADING: 'pending' };

/** One that is being deleted is none any more. */
function toSnapshot({ name, selfLink, status, diskSizeGb, storageBytes, creationTimestamp, labels }: Shot): Snapshot | null {
  if (status === 'DELETING') return null;
  return {
    id: pathOf(selfLink),
    kind: 'snapshot',
    name,
    status: STATES[status] ?? 'failed',
    sizeGb: storageBytes === undefined ? null : Number(storageBytes) / 1_000_000_000,
    minDiskGb: diskSizeGb === undefined ? null : Number(diskSizeGb),
    instanceId: labels[SOURCE_LABEL] ?? null,
    createdAt: new Date(creationTimestamp).toISOString(),
    monthlyCost: null,
  };
}
