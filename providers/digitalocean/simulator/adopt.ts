/** What a former release kept of droplets, actions, keys, firewalls and images, in the form of the simulated cloud. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import type { Effect, SimFirewall, SimImage, SimKey, SimServer } from '../../../simulator/cloud/model.ts';
import { changesBy } from './actions.ts';
import { findImage } from './catalog.ts';
import type { Droplet, Rules } from './shapes.ts';

type Former<T> = T & { id: string; account: string; region: string };
type FormerImage = Former<{ name: string; dropletId: string; minDisk: number; createdAt: string }> & {
  kind?: SimImage['kind'];
  sizeGb?: number;
  image?: number | string;
  listedFrom?: number;
};
type FormerAction = Former<{ type: string; dropletId: string; args: Record<string, unknown> }> & {
  status: 'in-progress' | 'completed' | 'errored';
  startedAt: string;
  completedAt: string | null;
};
type FormerDroplet = Former<Pick<SimServer, 'name' | 'backups' | 'ipv4'>> &
  Omit<Droplet, 'built' | 'taggedFromMs' | 'restored'> & {
    status: 'new' | 'active' | 'off';
    destroying: boolean;
    size: string;
    disk: number;
    image: number;
    sshKeys: string[];
    userData: string | null;
    ipv6Address: string;
    createdAt: string;
    taggedFrom: number;
    restoredFrom?: FormerImage | null;
    nextBackupAt?: number;
  };
type FormerFirewall = SimFirewall & { createdAt: string; inboundRules: Rules; outboundRules: Rules; dropletIds: number[]; tags: string[] };

/** Each document is told apart by its form, so that a start that was cut off goes on with the next. */
export function adopt(cloud: Cloud): void {
  const { world } = cloud;
  const images = world.collection<FormerImage>('snapshots');
  for (const former of images.all()) {
    cloud.images.put(imageOf(former));
    images.delete(former.id);
  }
  for (const key of cloud.keys.filter((each: Partial<SimKey>) => each.createdMs === undefined))
    cloud.keys.put({ ...key, createdMs: world.now(), labels: {} });
  for (const each of cloud.firewalls.all()) if ('inboundRules' in each) cloud.firewalls.put(firewallOf(each as FormerFirewall));
  const actions = world.collection<FormerAction>('actions');
  const underWay = new Map(actions.filter(({ status }) => status === 'in-progress').map(({ id, dropletId }) => [dropletId, id]));
  for (const each of cloud.servers.filter(({ phase }: Partial<SimServer>) => phase === undefined)) {
    const server = cloud.servers.put(dropletFrom(each as unknown as FormerDroplet, underWay.get(each.id) ?? null));
    const atMs = server.nextBackupMs ?? null;
    if (atMs !== null) world.scheduleAt('backup', { id: server.id, atMs }, atMs);
  }
  for (const former of actions.all()) {
    adoptAction(cloud, former);
    actions.delete(former.id);
  }
}

function imageOf(former: FormerImage): SimImage {
  const { id, account, name, region, kind = 'snapshot', sizeGb = 2.36 } = former;
  const source = { serverId: former.dropletId, serverName: '', base: findImage(former.image)?.slug ?? '', diskGb: former.minDisk };
  const extra = { listedFromMs: former.listedFrom ?? 0 };
  const createdMs = Date.parse(former.createdAt);
  return { id, account, createdMs, kind, name, labels: {}, region, ...source, sizeGb, state: 'available', extra };
}

function firewallOf({ id, account, name, createdAt, inboundRules, outboundRules, dropletIds, tags }: FormerFirewall): SimFirewall {
  const rules = [{ inbound_rules: inboundRules, outbound_rules: outboundRules, tags }];
  return { id, account, createdMs: Date.parse(createdAt), name, labels: {}, rules, servers: dropletIds.map(String), stale: [] };
}

function dropletFrom(former: FormerDroplet, lockedBy: string | null): SimServer {
  const { id, account, name, region, backups, ipv4, tags, monitoring, publicNetworking, vpcUuid, privateIpv4, backupPolicy } = former;
  const built = former.status !== 'new';
  const net = { publicNetworking, vpcUuid, privateIpv4 };
  const restored = former.restoredFrom ? imageOf(former.restoredFrom) : null;
  const same = { id, account, name, region, backups, ipv4 };
  const nothing = { labels: {}, password: '', reverse: {}, rescue: null, protection: {}, paidUntilMs: null, renews: false };
  return {
    ...nothing,
    ...same,
    lockedBy,
    createdMs: Date.parse(former.createdAt),
    plan: former.size,
    image: findImage(former.image)?.slug ?? '',
    diskGb: former.disk,
    userData: former.userData ?? '',
    keyIds: former.sshKeys,
    ipv6: former.ipv6Address,
    phase: former.destroying ? 'deleting' : built ? 'ready' : 'creating',
    power: former.status === 'active' ? 'on' : 'off',
    nextBackupMs: (backups && former.nextBackupAt) || null,
    extra: { built, tags, taggedFromMs: former.taggedFrom, monitoring, ...net, backupPolicy, restored },
  };
}

const STATES = { 'in-progress': 'running', completed: 'success', errored: 'error' } as const;

/** What is under way ends soon, as it would have ended. */
function adoptAction(cloud: Cloud, former: FormerAction): void {
  const { id, account, type, dropletId: serverId, region, startedAt, completedAt } = former;
  const server = former.status === 'in-progress' ? cloud.servers.get(serverId) : undefined;
  cloud.jobs.adopt({
    id,
    account,
    command: type,
    serverId,
    resources: [{ type: 'region', id: region }],
    status: STATES[former.status],
    startedMs: Date.parse(startedAt),
    finishedMs: completedAt === null ? null : Date.parse(completedAt),
    error: null,
    effect: server ? effectOf(cloud, server, former) : {},
    realisticMs: 0,
  });
}

function effectOf(cloud: Cloud, server: SimServer, { account, region, type, args, startedAt: createdAt }: FormerAction): Effect {
  if (type === 'destroy') return { erase: true };
  if (type !== 'snapshot') return { server: changesBy(cloud, server, type, args) };
  const name = String(args['name'] ?? `${server.name}-snapshot`);
  const disk = { dropletId: server.id, minDisk: server.diskGb, image: server.image };
  const image = imageOf({ id: cloud.nextId('image'), account, region, name, createdAt, ...disk });
  cloud.images.put({ ...image, state: 'creating' });
  return { image: { id: image.id, changes: { state: 'available' } } };
}
