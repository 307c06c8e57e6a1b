/** One project's look-ups, power, rebuild, rescue, console, snapshots and measurements, for the service. */
import { z } from 'zod';
import type { MetricSeries, Snapshot } from '../instance-extras.ts';
import { commonCompute, daysOf, seriesOf } from '../kit/compute.ts';
import { sharedKeysOf } from '../kit/keys.ts';
import { fingerprintOf, ownedAmong, tagsOf } from '../kit/names.ts';
import { Rest } from '../kit/rest.ts';
import type { Call } from '../kit/server-sheet.ts';
import { snapshotsOf } from '../kit/snapshots.ts';
import type { AccountConnection, CallOptions, ComputeClient, InstanceStatus, InstanceSummary } from '../provider.ts';
import { signalOf } from '../wait.ts';
import { images, plans, pricing, regions } from './catalog.ts';
import { firewalls, keys } from './helpers.ts';
import { dialect, jobs, OwnImage, type Server } from './rest.ts';
import { act, firstOf, servers } from './server.ts';

const DAY_MS = 86_400_000;
/** As far back as Hetzner keeps measurements. */
const KEPT_DAYS = 30;
const MOST_SAMPLES = 500;
/** A console's address is good for a minute. */
const CONSOLE_MS = 60_000;
/** Net euros for a GB and month of a snapshot; backups are paid for with the server. Source: GET /pricing, 2026. */
const SNAPSHOT_GB_MONTH = 0.011;

const STATUSES: Readonly<Record<string, InstanceStatus>> = {
  initializing: 'creating',
  running: 'running',
  off: 'stopped',
  starting: 'busy',
  stopping: 'busy',
  migrating: 'busy',
  rebuilding: 'busy',
  deleting: 'busy',
};

export function compute(connection: AccountConnection): ComputeClient {
  const client = new Rest(dialect, connection);
  const call = (o?: CallOptions): Call => ({ client, signal: signalOf(o) });
  return {
    // A token knows its project, but not what it is called.
    account: async (o) => ({ name: `project (prices in ${(await pricing(client, o?.signal)).currency})`, status: 'active' }),
    regions: (o) => regions(client, o?.signal),
    plans: (o) => plans(client, o?.signal),
    images: (o) => images(client, o?.signal),
    ...commonCompute(client, servers, toSummary),
    /** With new user data the new system sets the new password itself. */
    async rebuild(id, { image, userData }, o) {
      const body = { image, ...(userData === undefined ? {} : { user_data: userData }) };
      await servers.perform(call(o), id, act('rebuild_server', 'rebuild', body));
      await servers.perform(call(o), id, servers.sheet.power.on);
      return {};
    },
    resetPassword: async (id, _, o) => ({ how: 'made', password: await newPassword(call(o), id) }),
    async rescue(id, change, o, { sshPublicKeys } = { sshPublicKeys: [] }) {
      const { power } = servers.sheet;
      const wanted = change === 'enter';
      const body = wanted ? { type: 'linux64', ssh_keys: await keyIds(call(o), sshPublicKeys) } : undefined;
      const word = wanted ? 'enable_rescue' : 'disable_rescue';
      await servers.perform(
        call(o),
        id,
        act(word, word, body, (server) => server.rescue_enabled === wanted),
      );
      const isOff = power.isOff(await servers.ready(call(o), id));
      await servers.perform(call(o), id, isOff ? power.on : power.reboot);
    },
    async console(id, o) {
      await servers.ready(call(o), id);
      const shape = z.object({ wss_url: z.string(), password: z.string() });
      const ask = { method: 'POST', path: `${servers.path(id)}/actions/request_console`, signal: signalOf(o), repeatable: true } as const;
      const { wss_url: url, password } = await client.call(ask, shape);
      return { kind: 'vnc', url, password, expiresAt: new Date(Date.now() + CONSOLE_MS).toISOString() };
    },
    async bandwidth(id, o) {
      const to = Date.now();
      const series = await measure(call(o), id, to - KEPT_DAYS * DAY_MS, to, ['network']);
      return daysOf(series['network.0.bandwidth.in'] ?? [], series['network.0.bandwidth.out'] ?? []);
    },
    metrics: (id, from, to, o) => metrics(call(o), id, from, to),
    snapshots: snapshotsOf(client, {
      servers,
      path: '/images',
      keys: { one: 'image', many: 'images' },
      shape: OwnImage,
      listing: { query: { type: 'snapshot' } },
      present: (image) => toSnapshot(image, 'snapshot'),
      backups: async ({ signal }, id) => {
        const images = await client.all({ path: '/images', query: { type: 'backup' }, signal }, 'images', OwnImage);
        return images.filter(({ bound_to: server }) => String(server) === id).map((image) => toSnapshot(image, 'backup'));
      },
      order: (name) => act('create_image', 'create_image', { type: 'snapshot', description: name }),
      restore: ({ id }) => [act('rebuild_server', 'rebuild', { image: id })],
      diskGb: (server) => server.primary_disk_size,
    }),
    async listOwned(o) {
      const ask = { path: '/images', query: { type: 'snapshot' }, signal: signalOf(o) };
      const [held, walls, kept] = await Promise.all([keys.list(call(o)), firewalls.list(call(o)), client.all(ask, 'images', OwnImage)]);
      const named = kept.map(({ id, description }) => ({ id, name: description ?? '' }));
      return [...ownedAmong('ssh-key', held), ...ownedAmong('firewall', walls), ...ownedAmong('snapshot', named)];
    },
    sharedKeys: sharedKeysOf(client, keys, ({ id, name, public_key: publicKey }) => ({ id: String(id), name, publicKey })),
  };
}

/** Hetzner makes it and tells it once: an answer that was lost is made up for by another reset. The guest agent sets it in a running system. */
async function newPassword(call: Call, id: string): Promise<string> {
  await servers.perform(call, id, servers.sheet.power.on);
  return servers.ask(call, id, async () => {
    const ask = { method: 'POST', path: `${servers.path(id)}/actions/reset_password`, signal: call.signal } as const;
    const answer = await call.client.call(ask, z.looseObject({ root_password: z.string() }));
    for (const job of jobs.started(answer)) await servers.ended(call, job, `reset of the password of server ${id}`);
    return answer.root_password;
  });
}

/** Those of the project that are these keys. */
async function keyIds(call: Call, publicKeys: readonly string[]): Promise<number[]> {
  const prints = new Set(publicKeys.map(fingerprintOf));
  return prints.size === 0 ? [] : (await keys.list(call)).filter(({ fingerprint }) => prints.has(fingerprint)).map(({ id }) => id);
}

type Points = MetricSeries['points'];

async function measure(
  { client, signal }: Call,
  id: string,
  from: number,
  to: number,
  types: readonly string[],
): Promise<Record<string, Points>> {
  const step = Math.max(60, Math.ceil((to - from) / 1000 / (MOST_SAMPLES - 1)));
  const query = { type: types.join(','), start: new Date(from).toISOString(), end: new Date(to).toISOString(), step };
  const shape = z.object({ time_series: z.record(z.string(), z.object({ values: z.array(z.tuple([z.number(), z.string()])) })) });
  const { time_series: series } = await client.one({ path: `${servers.path(id)}/metrics`, query, signal }, 'metrics', shape);
  const points = (values: readonly (readonly [number, string])[]): Points =>
    values.map(([at, value]) => ({ at: at * 1000, value: Number(value) }));
  return Object.fromEntries(Object.entries(series).map(([name, { values }]) => [name, points(values)]));
}

async function metrics(call: Call, id: string, from: number, to: number): Promise<MetricSeries[]> {
  const [{ server_type: type }, series] = await Promise.all([servers.must(call, id), measure(call, id, from, to, ['cpu', 'network'])]);
  // Hetzner adds up the percents of all cores.
  const cpu = (series['cpu'] ?? []).map(({ at, value }) => ({ at, value: Math.min(100, value / type.cores) }));
  return seriesOf(cpu, series['network.0.bandwidth.in'] ?? [], series['network.0.bandwidth.out'] ?? []);
}

function toSummary(server: Server): InstanceSummary {
  const status = STATUSES[server.status] ?? 'unknown';
  return {
    id: String(server.id),
    label: server.name,
    status: server.locked && (status === 'running' || status === 'stopped') ? 'busy' : status,
    region: server.location.name,
    plan: server.server_type.name,
    image: server.image && (server.image.name ?? String(server.image.id)),
    ipv4: server.public_net.ipv4?.ip ?? null,
    ipv6: firstOf(server.public_net.ipv6?.ip ?? '') || null,
    tags: tagsOf(server.labels),
    backups: server.backup_window !== null,
    createdAt: new Date(server.created).toISOString(),
  };
}

function toSnapshot(image: OwnImage, kind: Snapshot['kind']): Snapshot {
  const from = kind === 'backup' ? image.bound_to : image.created_from?.id;
  const cost =
    image.image_size === null || kind === 'backup' ? null : { amount: (image.image_size * SNAPSHOT_GB_MONTH).toFixed(2), currency: 'EUR' };
  return {
    id: String(image.id),
    kind,
    name: image.description ?? '',
    status: image.status === 'available' ? 'available' : image.status === 'creating' ? 'pending' : 'failed',
    sizeGb: image.image_size,
    minDiskGb: image.disk_size,
    ...(image.architecture === undefined ? {} : { architecture: image.architecture }),
    instanceId: from ? String(from) : null,
    createdAt: new Date(image.created).toISOString(),
    monthlyCost: cost,
  };
}
