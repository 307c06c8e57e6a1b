/** Takes over what a former release kept in documents of Vultr's own form. What was under way is finished. */
import type { Collection, SimWorld } from '../../simulation.ts';
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import type { SimImage, SimServer } from '../../../simulator/cloud/model.ts';
import { planOf } from './data.ts';
import { decoded } from './instances.ts';
import type { Group, Script } from './objects.ts';
import type { Extra } from './shapes.ts';

/** Timers of the former release that somebody still handles. */
const KEPT_TIMERS = ['vultr-backup'];

interface FormerServer extends Pick<SimServer, 'id' | 'account' | 'createdMs' | 'region' | 'plan' | 'password' | 'backups'> {
  readonly phase?: string;
  readonly os_id: number;
  readonly app_id: number;
  readonly image_id: string;
  readonly snapshot_id: string;
  readonly label: string;
  readonly hostname: string;
  readonly tags: readonly string[];
  readonly userData: string;
  readonly firewall_group_id: string;
  readonly user_scheme: string;
  readonly ipv6: boolean;
  readonly ddos: boolean;
  readonly publicIpv4: boolean;
  readonly vpcs: readonly string[];
  readonly schedule: Extra['schedule'];
  readonly mainIp: string;
  readonly mainIpv6: string;
  readonly reverse: string;
  readonly power: 'running' | 'stopped';
  readonly life: number;
  readonly removed: boolean;
}

type FormerImage = Pick<SimImage, 'id' | 'account' | 'createdMs' | 'kind' | 'diskGb'> &
  Readonly<{ state?: string; instance: string; description: string; os_id: number; app_id: number; password: string }>;
type FormerObject = Readonly<{ id: string; account: string; date_created: string }>;
type FormerScript = FormerObject & Pick<Script, 'name' | 'type'> & Readonly<{ date_modified: string; script: string }>;
type FormerGroup = FormerObject & Readonly<{ createdMs?: number; date_modified: string; description: string }>;
interface FormerTimer {
  readonly id: string;
  readonly kind: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Each step may be done again: one that was killed in the middle begins anew. */
export function adopt(cloud: Cloud): void {
  const { world } = cloud;
  adoptObjects(cloud);
  for (const image of former<FormerImage>(world, 'images', ({ state }) => state === undefined)) cloud.images.put(imageOf(image));
  for (const server of former<FormerServer>(world, 'instances', ({ phase }) => phase === undefined)) {
    if (server.removed) cloud.erase(server.id);
    else cloud.servers.put(serverOf(cloud, server));
  }
  for (const name of ['ssh-keys', 'startup-scripts', 'firewall-rules', 'reverse-ipv6', 'drives', 'backup-series'])
    empty(world.collection(name));
  empty(world.collection<FormerTimer>('timers'), ({ kind }) => kind.startsWith('vultr-') && !KEPT_TIMERS.includes(kind));
}

function former<T extends { id: string }>(world: SimWorld, name: string, isFormer: (doc: T) => boolean = () => true): T[] {
  return world.collection<T>(name).filter(isFormer);
}

function empty<T extends { id: string }>(collection: Collection<T>, isOver: (doc: T) => boolean = () => true): void {
  for (const { id } of collection.filter(isOver)) collection.delete(id);
}

function adoptObjects({ world, keys }: Cloud): void {
  const head = ({ id, account, date_created }: FormerObject) => ({ id, account, createdMs: Date.parse(date_created) });
  for (const key of former<FormerObject & Readonly<{ name: string; ssh_key: string }>>(world, 'ssh-keys'))
    keys.put({ ...head(key), name: key.name, publicKey: key.ssh_key, fingerprint: '', labels: {} });
  for (const script of former<FormerScript>(world, 'startup-scripts')) {
    const { name, type, script: content, date_modified } = script;
    world.collection<Script>('scripts').put({ ...head(script), name, type, content, modifiedMs: Date.parse(date_modified) });
  }
  for (const group of former<FormerGroup>(world, 'firewalls', ({ createdMs }) => createdMs === undefined)) {
    const own = world.collection<{ id: string; group: string; shown: unknown }>('firewall-rules').filter((rule) => rule.group === group.id);
    const rules = own.map(({ shown }) => shown);
    const bare = { ...head(group), name: group.description, labels: {}, servers: [], stale: [] };
    world.collection<Group>('firewalls').put({ ...bare, rules, modifiedMs: Date.parse(group.date_modified) });
  }
}

function imageOf({ id, account, createdMs, kind, diskGb, password, ...image }: FormerImage): SimImage {
  const labels = { app: String(image.app_id) };
  const source = { serverId: image.instance, serverName: '', region: '', base: String(image.os_id) };
  return { id, account, createdMs, kind, diskGb, password, name: image.description, labels, ...source, sizeGb: null, state: 'available' };
}

function serverOf(cloud: Cloud, server: FormerServer): SimServer {
  const { world } = cloud;
  const { id, account, createdMs, region, password, backups, ipv6, publicIpv4 } = server;
  const ordered = (kind: string): FormerTimer['payload'] | undefined =>
    former<FormerTimer>(world, 'timers', (timer) => timer.kind === kind && timer.payload['id'] === id).findLast(
      ({ payload }) => payload['life'] === server.life,
    )?.payload;
  const plan = String(ordered('vultr-upgraded')?.['plan'] ?? server.plan);
  const power = ordered('vultr-power')?.['power'] ?? server.power;
  const drive = world.collection<{ id: string; iso: string; state: string }>('drives').get(id);
  const ipv4 = server.mainIp === '' && publicIpv4 ? world.allocateIpv4() : server.mainIp;
  const names = former<{ id: string; instance: string; ip: string; reverse: string }>(
    world,
    'reverse-ipv6',
    (name) => name.instance === id,
  );
  const extra: Extra = {
    os: server.os_id,
    app: server.app_id,
    imageId: server.image_id,
    hostname: server.hostname,
    userData: server.userData,
    group: server.firewall_group_id,
    scheme: server.user_scheme,
    ipv6,
    ddos: server.ddos,
    publicIpv4,
    vpcs: server.vpcs,
    schedule: server.schedule,
    series: world.collection<{ id: string; series: number }>('backup-series').get(id)?.series ?? 0,
    installation: '',
  };
  return {
    ...{ id, account, createdMs, region, plan, password, backups, ipv4 },
    name: server.label,
    image: server.snapshot_id || String(server.os_id),
    diskGb: planOf(plan).diskGb,
    labels: Object.fromEntries(server.tags.map((tag) => [tag, ''])),
    userData: decoded(server.userData),
    keyIds: [],
    ipv6: server.mainIpv6 === '' && ipv6 ? world.allocateIpv6() : server.mainIpv6,
    reverse: Object.fromEntries([[ipv4, server.reverse], ...names.map(({ ip, reverse }) => [ip, reverse])]) as Record<string, string>,
    phase: 'ready',
    power: power === 'running' ? 'on' : 'off',
    rescue: drive === undefined || drive.state === 'isounmounting' ? null : drive.iso,
    lockedBy: null,
    protection: {},
    paidUntilMs: null,
    renews: false,
    extra: { ...extra },
  };
}
