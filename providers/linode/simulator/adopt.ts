/** Takes over what release 0.1.0 kept: the same things in documents of Linode's own form. What was under way begins again. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { type Extra, Linodes, type SimEvent, type Work } from './linodes.ts';
import type { Firewall } from './networking.ts';
import type { StackScript } from './objects.ts';
import { type PrivateImage, privateImages } from './images.ts';

type FormerServer = Omit<Extra, 'config' | 'lastBackupMs' | 'backupOrders' | 'rescue'> &
  Partial<Pick<Extra, 'config' | 'lastBackupMs' | 'backupOrders' | 'rescue'>> & {
    id: string;
    account: string;
    createdMs: number;
    label: string;
    type: string;
    region: string;
    image: string | null;
    tags: string[];
    status: string;
    publicIpv4: string[];
    ipv6: string;
    rdns: Record<string, string | null>;
    backups: boolean;
    rootPass: string;
    /** In base64. */
    userData: string | null;
    /** The event of the job that ran. */
    job: string | null;
    phase?: undefined;
  };
/** Keys, scripts, images and firewalls; each has some of these. */
interface Former {
  id: string;
  account: string;
  createdMs: number;
  label: string;
  ssh_key: string;
  script: string;
  status: PrivateImage['state'];
  /** MB. */
  size: number;
  rules: object;
  devices: Firewall['devices'];
}

export function adopt(cloud: Cloud): void {
  const { world, keys } = cloud;
  for (const former of world.collection<FormerServer>('instances').filter(({ phase }) => phase === undefined)) adoptServer(cloud, former);
  move(cloud, 'stock', ({ id }) => cloud.setStock(...(id.split('@') as [string, string]), false));
  move(cloud, 'sshkeys', ({ label, ssh_key: publicKey, ...key }) =>
    keys.put({ ...key, name: label, publicKey, fingerprint: '', labels: {} }),
  );
  move(cloud, 'stackscripts', ({ label, script, ...rest }) =>
    cloud.scripts.put({ ...rest, name: label, content: script } as unknown as StackScript),
  );
  for (const { label, rules, ...rest } of world.collection<Former>('firewalls').filter(({ rules: held }) => !Array.isArray(held))) {
    const servers = rest.devices.map(({ linode }) => linode).filter((id) => cloud.servers.get(id) !== undefined);
    cloud.firewalls.put({ ...rest, name: label, labels: {}, rules: [rules], servers, stale: [] });
  }
  for (const { label, size, status, ...rest } of world.collection<Former>('images').filter((image) => !('kind' in image))) {
    const source = { kind: 'snapshot', labels: {}, serverId: '', serverName: '', base: '' };
    const held = { name: label, state: status, diskGb: size / 1024, sizeGb: status === 'available' ? size / 1024 : null };
    privateImages(world).put({ ...rest, ...source, ...held } as unknown as PrivateImage);
  }
}

function move({ world }: Cloud, from: string, take: (former: Former) => unknown): void {
  const collection = world.collection<Former>(from);
  for (const former of collection.all()) {
    take(former);
    collection.delete(former.id);
  }
}

function adoptServer(cloud: Cloud, former: FormerServer): void {
  const linodes = new Linodes(cloud);
  const { label, type, image, tags, status, publicIpv4, rdns, rootPass, userData, job, ...rest } = former;
  const { id, account, createdMs, region, ipv6, backups, ...extra } = rest;
  const linode = linodes.all.put({
    id,
    account,
    createdMs,
    name: label,
    region,
    plan: type,
    image: image ?? '',
    diskGb: cloud.planOf(type)?.diskGb ?? 0,
    labels: Object.fromEntries(tags.map((tag) => [tag, ''])),
    userData: Buffer.from(userData ?? '', 'base64').toString('utf8'),
    password: rootPass,
    keyIds: [],
    ipv4: publicIpv4[0] ?? '',
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
    extra: {
      ...extra,
      config: extra.config ?? null,
      lastBackupMs: extra.lastBackupMs ?? null,
      backupOrders: extra.backupOrders ?? 0,
      rescue: extra.rescue === true,
    },
  });
  const event = linodes.events.get(job ?? '');
  if (!event) return;
  const timers = cloud.world.collection<{ id: string; payload: { event?: string; args?: Work } }>('timers');
  const timer = timers.find(({ payload }) => payload.event === event.id);
  linodes.run(linode, event satisfies SimEvent, timer?.payload.args ?? {});
  if (timer) timers.delete(timer.id);
}
