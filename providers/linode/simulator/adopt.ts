/** Takes over what release 0.1.0 kept: the same things in documents of Linode's own form. What was under way begins again. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { labelsOfTags } from '../../../simulator/cloud/wire.ts';
import { type PrivateImage, privateImages } from './images.ts';
import { type Extra, type Linode, Linodes, type Work } from './linodes.ts';
import type { Firewall } from './networking.ts';
import type { StackScript } from './stack-scripts.ts';

interface Former {
  id: string;
  account: string;
  createdMs: number;
  label: string;
}
interface FormerServer extends Former, Omit<Extra, 'config' | 'lastBackupMs' | 'backupOrders' | 'rescue'> {
  type: string;
  region: string;
  image: string | null;
  tags: string[];
  status: string;
  publicIpv4: [string];
  ipv6: string;
  rdns: Record<string, string | null>;
  backups: boolean;
  rootPass: string;
  /** In base64. */
  userData: string | null;
  /** The event of the job that ran. */
  job: string | null;
}
type FormerScript = Former & Omit<StackScript, 'name' | 'content'> & { script: string };
/** A former one has the whole of its rules as an object. */
type FormerFirewall = Former & Omit<Firewall, 'name' | 'rules'> & { rules: object };
type FormerImage = Former & { description: string; region: string; updatedMs: number; status: PrivateImage['state']; size: number };

export function adopt(cloud: Cloud): void {
  const { world, keys } = cloud;
  const held = <T extends { id: string }>(name: string, isFormer: (document: T) => boolean): T[] =>
    world.collection<T>(name).filter(isFormer);
  /** Of a collection that has another name now. */
  const moved = <T extends { id: string }>(name: string): T[] =>
    held<T>(name, () => true).filter(({ id }) => world.collection<T>(name).delete(id));

  for (const former of held<FormerServer>('instances', (each) => !('phase' in each))) adoptServer(new Linodes(cloud), former);
  for (const { id } of moved('stock')) cloud.setStock(...(id.split('@') as [string, string]), false);
  for (const { label: name, ssh_key: publicKey, ...key } of moved<Former & { ssh_key: string }>('sshkeys'))
    keys.put({ ...key, name, publicKey, fingerprint: '', labels: {} });
  for (const { label: name, script: content, ...rest } of moved<FormerScript>('stackscripts'))
    world.collection<StackScript>('scripts').put({ ...rest, name, content });
  for (const { label: name, rules, ...rest } of held<FormerFirewall>('firewalls', (each) => !Array.isArray(each.rules))) {
    const servers = rest.devices.map(({ linode }) => linode).filter((id) => cloud.servers.get(id) !== undefined);
    world.collection<Firewall>('firewalls').put({ ...rest, name, labels: {}, rules: [rules], servers, stale: [] });
  }
  for (const { label: name, size, status: state, ...rest } of held<FormerImage>('images', (each) => !('kind' in each))) {
    const unknown = { labels: {}, serverId: '', serverName: '', base: '' };
    const sizeGb = state === 'available' ? size / 1024 : null;
    privateImages(world).put({ ...rest, ...unknown, kind: 'snapshot', name, state, diskGb: size / 1024, sizeGb });
  }
}

function adoptServer(linodes: Linodes, former: FormerServer): void {
  const { cloud, world } = linodes;
  const { label: name, type: plan, image, tags, status, publicIpv4, rdns, rootPass: password, userData, job, ...rest } = former;
  const { id, account, createdMs, region, ipv6, backups, ...extra } = rest;
  const linode: Linode = {
    id,
    account,
    createdMs,
    name,
    region,
    plan,
    image: image ?? '',
    diskGb: cloud.planOf(plan)?.diskGb ?? 0,
    labels: labelsOfTags(tags),
    userData: Buffer.from(userData ?? '', 'base64').toString('utf8'),
    password,
    keyIds: [],
    ipv4: publicIpv4[0],
    ipv6,
    reverse: Object.fromEntries(Object.entries(rdns).filter((each): each is [string, string] => each[1] !== null)),
    phase: 'ready',
    power: status === 'running' ? 'on' : 'off',
    backups,
    rescue: null,
    lockedBy: null,
    protection: {},
    paidUntilMs: null,
    renews: false,
    // What a server did not have yet, it did not do yet.
    extra: { config: null, lastBackupMs: null, backupOrders: 0, rescue: false, ...extra },
  };
  linodes.all.put(linode);
  const event = linodes.events.get(job ?? '');
  if (!event) return;
  const timers = world.collection<{ id: string; payload: { event?: string; args?: Work } }>('timers');
  const timer = timers.find(({ payload }) => payload.event === event.id);
  linodes.run(linode, event, timer?.payload.args ?? {});
  if (timer) timers.delete(timer.id);
}
