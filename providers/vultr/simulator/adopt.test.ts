/** Documents as release 0.1.0 kept them: what a client sees of them is as it was. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../../simulator/server.ts';
import { simulation } from './simulator.ts';

const ACCOUNT = 'sim-adopted';
const dates = { date_created: '2026-01-02T03:04:05+00:00', date_modified: '2026-02-03T04:05:06+00:00' };
const SERVER = {
  id: 'web',
  account: ACCOUNT,
  createdMs: Date.parse('2026-01-02T03:04:05Z'),
  region: 'ewr',
  plan: 'vc2-1c-2gb',
  os_id: 2284,
  app_id: 0,
  image_id: '',
  snapshot_id: '',
  label: 'web',
  hostname: 'web.example.com',
  tags: ['plinth-vps-abc1-g1', 'customer'],
  userData: Buffer.from('#!/bin/sh').toString('base64'),
  firewall_group_id: 'group',
  script_id: '',
  iso_id: '',
  user_scheme: 'root',
  ipv6: true,
  backups: true,
  ddos: false,
  publicIpv4: true,
  vpcs: ['inner'],
  schedule: { type: 'weekly', hour: 4, dow: 2, dom: 1 },
  password: 'a5{B!',
  mainIp: '203.0.113.7',
  mainIpv6: '2001:db8:0:7::1',
  reverse: 'web.plinth.test',
  life: 1,
  removed: false,
  status: 'active',
  power: 'stopped',
  server: 'ok',
};
const IMAGE = { account: ACCOUNT, createdMs: SERVER.createdMs, diskGb: 55, os_id: 2284, app_id: 0, password: 'a5{B!' };
const RULE = { id: 2, type: 'v4', action: 'accept', ip_type: 'v4', protocol: 'tcp', port: '80', subnet: '0.0.0.0', subnet_size: 0 };
const FORMER: Readonly<Record<string, readonly ({ id: string } & Record<string, unknown>)[]>> = {
  instances: [
    SERVER,
    { ...SERVER, id: 'new', label: 'new', mainIp: '', mainIpv6: '', reverse: '', status: 'pending', server: 'none', backups: false },
    { ...SERVER, id: 'grows', status: 'resizing', snapshot_id: 'shot' },
    { ...SERVER, id: 'gone', removed: true },
  ],
  images: [
    { ...IMAGE, id: 'shot', kind: 'snapshot', instance: 'web', description: 'before', status: 'pending' },
    { ...IMAGE, id: 'kept', kind: 'backup', instance: 'web', description: 'Automatic server backup', status: 'complete' },
    { ...IMAGE, id: 'lost', kind: 'backup', instance: 'gone', description: 'Automatic server backup', status: 'complete' },
  ],
  'ssh-keys': [{ id: 'key', account: ACCOUNT, name: 'k', ssh_key: 'ssh-ed25519 AAAA me', ...dates }],
  'startup-scripts': [{ id: 'script', account: ACCOUNT, name: 's', type: 'pxe', script: 'ZWNobw==', ...dates }],
  firewalls: [{ id: 'group', account: ACCOUNT, description: 'g', ...dates }],
  'firewall-rules': [{ id: 'group/2', group: 'group', number: 2, shown: RULE }],
  'reverse-ipv6': [{ id: 'web/2001:db8:0:7::1', instance: 'web', ip: '2001:db8:0:7::1', reverse: 'six.plinth.test' }],
  drives: [{ id: 'web', iso: 'rescue', state: 'isomounting' }],
  'backup-series': [{ id: 'web', series: 3 }],
  timers: [
    { id: 't1', kind: 'vultr-upgraded', payload: { id: 'grows', life: 1, plan: 'vc2-2c-4gb' }, dueAt: 4e12 },
    { id: 't2', kind: 'vultr-power', payload: { id: 'grows', life: 1, power: 'running' }, dueAt: 4e12 },
    { id: 't3', kind: 'vultr-backup', payload: { id: 'web', series: 3 }, dueAt: 4e12 },
  ],
};

let dir: string;
let simulator: Simulator;
const start = async (): Promise<Simulator> =>
  await startSimulator({ speed: 1_000, dataFile: join(dir, 'world.sqlite'), simulations: [simulation] });
const get = async (path: string): Promise<any> => {
  const headers = { authorization: `Bearer ${ACCOUNT}` };
  return await (await fetch(`${simulator.baseUrl('vultr')}/v2/${path}`, { headers })).json();
};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'plinth-vultr-'));
  const former = await start();
  const world = former.world.worlds.get('vultr')!;
  for (const [name, documents] of Object.entries(FORMER)) for (const each of documents) world.collection(name).put(each);
  await former.close();
  simulator = await start();
});
afterAll(async () => {
  await simulator?.close();
  await rm(dir, { recursive: true, force: true });
});

test('servers are as they were, and what was under way is finished', async () => {
  const { instances } = await get('instances');
  expect(instances.map(({ id }: { id: string }) => id)).toEqual(['web', 'new', 'grows']);
  expect(instances[0]).toMatchObject({
    label: 'web',
    hostname: 'web.example.com',
    region: 'ewr',
    plan: 'vc2-1c-2gb',
    os: 'Ubuntu 24.04 LTS x64',
    os_id: 2284,
    snapshot_id: '',

    tags: SERVER.tags,
    main_ip: '203.0.113.7',
    v6_main_ip: '2001:db8:0:7::1',
    firewall_group_id: 'group',
    date_created: dates.date_created,

    status: 'active',
    server_status: 'ok',
    power_status: 'stopped',
    features: ['ipv6', 'auto_backups'],
  });
  expect(instances[1]).toMatchObject({
    status: 'active',
    server_status: 'ok',
    main_ip: expect.stringMatching(/^203\./),
    features: ['ipv6'],
  });
  expect(instances[2]).toMatchObject({ status: 'active', plan: 'vc2-2c-4gb', disk: 80, power_status: 'running', snapshot_id: 'shot' });
  expect(await get('instances/web/user-data')).toEqual({ user_data: { data: SERVER.userData } });
  expect(await get('instances/web/backup-schedule')).toMatchObject({ backup_schedule: { enabled: true, ...SERVER.schedule } });
  expect(await get('instances/web/iso')).toEqual({ iso_status: { state: 'isomounted', iso_id: '' } });
  expect((await get('instances/web/vpcs')).vpcs).toMatchObject([{ id: 'inner' }]);
  expect((await get('instances/web/ipv4')).ipv4s).toMatchObject([{ reverse: 'web.plinth.test' }]);
  expect((await get('instances/web/ipv6/reverse')).reverse_ipv6s).toMatchObject([{ reverse: 'six.plinth.test' }]);
  const world = simulator.world.worlds.get('vultr')!;
  expect(simulation.instances!(world)[0]).toMatchObject({ password: 'a5{B!', userData: '#!/bin/sh', tags: SERVER.tags });
  expect(simulation.instances!(world)[2]).toMatchObject({ copyOf: 'before' });
});

test('images, keys, scripts, groups and their rules stay', async () => {
  const size = 55 * 2 ** 30;
  expect((await get('snapshots')).snapshots).toMatchObject([{ id: 'shot', description: 'before', status: 'complete', size, os_id: 2284 }]);
  expect((await get('backups')).backups).toMatchObject([{ id: 'kept', status: 'complete', size }]);
  const { date_created } = dates;
  expect((await get('ssh-keys')).ssh_keys).toEqual([{ id: 'key', date_created, name: 'k', ssh_key: 'ssh-ed25519 AAAA me' }]);
  expect((await get('startup-scripts/script')).startup_script).toEqual({
    id: 'script',
    ...dates,
    name: 's',
    type: 'pxe',
    script: 'ZWNobw==',
  });
  const counts = { instance_count: 3, rule_count: 1, max_rule_count: 50 };
  expect((await get('firewalls')).firewall_groups).toEqual([{ id: 'group', ...dates, description: 'g', ...counts }]);
  expect((await get('firewalls/group/rules')).firewall_rules).toEqual([RULE]);
});

test('it happens once, and backups go on by their schedule', async () => {
  const before = [await get('instances'), await get('firewalls/group/rules')];
  await simulator.close();
  simulator = await start();
  expect([await get('instances'), await get('firewalls/group/rules')]).toEqual(before);
  const world = simulator.world.worlds.get('vultr')!;
  expect(world.collection<{ id: string; kind: string }>('timers').all()).toMatchObject([{ kind: 'vultr-backup' }]);
});
