/** Takes over what a former release kept in documents of Vultr's own form. What was under way is finished. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import type { SimImage, SimServer } from '../../../simulator/cloud/model.ts';
import { labelsOfTags } from '../../../simulator/cloud/wire.ts';
import { planOf } from './data.ts';
import { decoded } from './instances.ts';
import type { Group, Script } from './objects.ts';
import type { Extra } from './shapes.ts';

type Former = { id: string } & Record<string, any>;

/** Each step may be done again: one that was killed in the middle begins anew. */
export function adopt(cloud: Cloud): void {
  const { world } = cloud;
  const former = (name: string) => world.collection<Former>(name);
  adoptObjects(cloud);
  for (const image of former('images').filter(({ state }) => state === undefined)) cloud.images.put(imageOf(image));
  for (const server of former('instances').filter(({ phase }) => phase === undefined)) {
    if (server['removed'] === true) cloud.erase(server.id);
    else cloud.servers.put(serverOf(cloud, server));
  }
  for (const name of ['ssh-keys', 'startup-scripts', 'firewall-rules', 'reverse-ipv6', 'drives', 'backup-series'])
    for (const { id } of former(name).all()) former(name).delete(id);
  // Backups go on by their timers.
  for (const { id, kind } of former('timers').all())
    if (String(kind).startsWith('vultr-') && kind !== 'vultr-backup') former('timers').delete(id);
}

function adoptObjects({ world, keys }: Cloud): void {
  const former = (name: string): Former[] => world.collection<Former>(name).all();
  const head = ({ id, account, date_created }: Former) => ({ id, account, createdMs: Date.parse(date_created) });
  for (const key of former('ssh-keys'))
    keys.put({ ...head(key), name: key['name'], publicKey: key['ssh_key'], fingerprint: '', labels: {} });
  for (const script of former('startup-scripts')) {
    const { name, type, script: content, date_modified } = script;
    world.collection<Script>('scripts').put({ ...head(script), name, type, content, modifiedMs: Date.parse(date_modified) });
  }
  for (const group of former('firewalls').filter(({ createdMs }) => createdMs === undefined)) {
    const rules = former('firewall-rules').flatMap((rule) => (rule['group'] === group.id ? [rule['shown']] : []));
    const bare = { ...head(group), name: group['description'], labels: {}, servers: [], stale: [] };
    world.collection<Group>('firewalls').put({ ...bare, rules, modifiedMs: Date.parse(group['date_modified']) });
  }
}

function imageOf({ instance, description, os_id, app_id, id, account, createdMs, kind, diskGb, password }: Former): SimImage {
  const source = { serverId: instance, serverName: '', region: '', base: String(os_id), labels: { app: String(app_id) } };
  return { id, account, createdMs, kind, diskGb, password, name: description, ...source, sizeGb: null, state: 'available' };
}

function serverOf({ world }: Cloud, server: Former): SimServer {
  const { id, account, createdMs, region, password, backups, ipv6, ddos, publicIpv4, vpcs, schedule, userData } = server;
  const { os_id, app_id, image_id, hostname, firewall_group_id, user_scheme } = server;
  const former = (name: string) => world.collection<Former>(name);
  /** What was ordered of it and has not come yet. */
  const ordered = (kind: string, what: string): unknown => {
    const timers = former('timers').filter((timer) => timer['kind'] === kind && timer['payload'].id === id);
    return timers.findLast(({ payload }) => payload.life === server['life'])?.['payload'][what];
  };
  const plan = String(ordered('vultr-upgraded', 'plan') ?? server['plan']);
  const drive = former('drives').get(id);
  const names = former('reverse-ipv6').filter(({ instance }) => instance === id);
  const ipv4 = server['mainIp'] || (publicIpv4 ? world.allocateIpv4() : '');
  const told = { os_id, app_id, image_id, hostname, firewall_group_id, user_scheme };
  const series = former('backup-series').get(id)?.['series'] ?? 0;
  const extra: Extra = { told, userData, ipv6, ddos, publicIpv4, vpcs, schedule, series, installation: '' };
  return {
    id,
    account,
    createdMs,
    name: server['label'],
    region,
    plan,
    image: server['snapshot_id'] || String(os_id),
    diskGb: planOf(plan).diskGb,
    labels: labelsOfTags(server['tags']),
    userData: decoded(userData),
    password,
    keyIds: [],
    ipv4,
    ipv6: server['mainIpv6'] || (ipv6 ? world.allocateIpv6() : ''),
    reverse: Object.fromEntries([[ipv4, server['reverse']], ...names.map(({ ip, reverse }) => [ip, reverse])]),
    phase: 'ready',
    power: (ordered('vultr-power', 'power') ?? server['power']) === 'running' ? 'on' : 'off',
    backups,
    rescue: drive === undefined || drive['state'] === 'isounmounting' ? null : drive['iso'],
    lockedBy: null,
    protection: {},
    paidUntilMs: null,
    renews: false,
    extra,
  };
}
