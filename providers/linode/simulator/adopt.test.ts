/** What release 0.1.0 kept of Linode, as the present simulator tells of it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../../simulator/server.ts';
import { openStorage } from '../../../simulator/storage.ts';
import { simulation } from './simulator.ts';

const ACCOUNT = 'sim-former';
let dir: string;
let simulator: Simulator;

const disk = (id: number, filesystem: string, size: number) => ({
  id,
  label: filesystem === 'swap' ? '512 MB Swap Image' : 'Debian 12 Disk',
  filesystem,
  size,
  status: 'ready',
  created: '2026-11-26T23:37:38',
  updated: '2026-11-26T23:37:38',
});
const server = (id: number, changes: object) => ({
  id: String(id),
  account: ACCOUNT,
  label: `former-${id}`,
  type: 'g6-standard-1',
  region: 'us-east',
  image: 'linode/debian12',
  group: 'shop',
  tags: ['plinth', 'plinth-vps-former-g1'],
  status: 'running',
  publicIpv4: [`203.0.113.${id % 100}`],
  privateIpv4: ['192.168.128.9'],
  ipv6: `2001:db8:0:${id % 100}::1`,
  rdns: { [`203.0.113.${id % 100}`]: 'former.example.com', [`2001:db8:0:${id % 100}::1`]: null },
  createdMs: 1_795_736_258_856,
  updatedMs: 1_795_736_266_541,
  alerts: { cpu: 90, io: 10_000, network_in: 10, network_out: 10, transfer_quota: 80 },
  backups: true,
  backupOrders: 1,
  watchdog: false,
  rootPass: 'Correct-Horse-9',
  authorizedKeys: [],
  userData: Buffer.from('#cloud-config\n').toString('base64'),
  hostUuid: 'bc207b98493e9ebb8c389c185772b46801a470df',
  encrypted: false,
  swapSize: 512,
  disks: [disk(80_000_001, 'ext4', 50_688), disk(80_000_002, 'swap', 512)],
  configId: 60_000_001,
  config: { set: { label: 'mine' }, updatedMs: 1_795_736_266_541 },
  job: null,
  busyUntilMs: 0,
  interfaces: [],
  rescue: false,
  ...changes,
});
const event = (id: number, of: number, action: string) => ({
  id: String(id),
  account: ACCOUNT,
  action,
  status: 'started',
  createdMs: 1_795_736_258_858,
  durationMs: 0,
  entity: { id: of, label: `former-${of}`, type: 'linode', url: `/v4/linode/instances/${of}` },
  secondary: null,
  seen: false,
  read: true,
  message: null,
});
const image = (number: number, changes: object) => ({
  id: `private/${number}`,
  account: ACCOUNT,
  label: 'kept',
  description: 'kept for long (Linode 70000001)',
  size: 1_800,
  status: 'available',
  region: 'us-east',
  createdMs: 1_795_736_258_856,
  updatedMs: 1_795_736_258_856,
  ...changes,
});
const rules = { inbound: [], inbound_policy: 'DROP', outbound: [], outbound_policy: 'ACCEPT' };
const times = { createdMs: 1_795_736_258_856, updatedMs: 1_795_736_258_856 };
const timer = (id: string, kind: string, payload: object) => ({ id, kind, payload, dueAt: Date.now() + 3_600_000 });
const content = { image: 'linode/debian12', rootPass: 'x', authorizedKeys: [], swapSize: 512, disks: [], config: 'c' };

const FORMER: Readonly<Record<string, ({ id: string } & Record<string, unknown>)[]>> = {
  instances: [
    server(70_000_001, { lastBackupMs: 1_795_736_258_856 }),
    server(70_000_002, { status: 'resizing', job: '900000001' }),
    server(70_000_003, { job: '900000002' }),
    server(70_000_004, { status: 'offline', image: 'private/33000001', userData: null }),
  ],
  events: [event(900_000_001, 70_000_002, 'linode_resize'), event(900_000_002, 70_000_003, 'disk_imagize')],
  timers: [
    timer('a', 'job', {
      event: '900000001',
      linode: '70000002',
      action: 'linode_resize',
      args: { type: 'g6-standard-2', autoResize: true, boot: true },
    }),
    timer('b', 'job', { event: '900000002', linode: '70000003', action: 'disk_imagize', args: { image: 'private/33000002' } }),
    timer('c', 'backup', { linode: '70000001', order: 1 }),
  ],
  images: [image(33_000_001, {}), image(33_000_002, { label: 'capturing', size: 50_688, status: 'creating' })],
  backups: [{ id: '340000001', linode: '70000001', status: 'successful', createdMs: 0, finishedMs: 0, content }],
  sshkeys: [{ id: '300001', account: ACCOUNT, label: 'key', ssh_key: 'ssh-ed25519 AAAA me', createdMs: 0 }],
  stackscripts: [
    {
      id: '1500001',
      account: ACCOUNT,
      label: 'script',
      script: '#!',
      images: ['a'],
      description: '',
      rev_note: '',
      is_public: true,
      ...times,
    },
  ],
  firewalls: [
    {
      id: '500001',
      account: ACCOUNT,
      label: 'wall',
      status: 'disabled',
      tags: ['web', '123'],
      rules,
      version: 4,
      ...times,
      devices: [
        { id: 600_001, linode: '70000001', createdMs: 0 },
        { id: 600_002, linode: '1', createdMs: 0 },
      ],
    },
  ],
  stock: [{ id: 'g6-nanode-1@us-east' }],
};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'plinth-linode-'));
  const dataFile = join(dir, 'world.sqlite');
  const storage = openStorage(dataFile);
  for (const [name, documents] of Object.entries(FORMER))
    for (const each of documents) storage.collection<{ id: string }>(`linode/${name}`).put(each);
  storage.count('sequence:linode/event', 1, 900_000_002);
  storage.count('sequence:linode/backup', 1, 340_000_001);
  storage.close();
  // A second start finds nothing to do.
  await (await startSimulator({ dataFile, speed: 1, simulations: [simulation] })).close();
  simulator = await startSimulator({ dataFile, speed: 1, simulations: [simulation] });
});
afterAll(async () => {
  await simulator?.close();
  await rm(dir, { recursive: true });
});

const get = async (path: string): Promise<any> => {
  const answer = await fetch(`${simulator.baseUrl('linode')}/v4${path}`, { headers: { authorization: `Bearer ${ACCOUNT}` } });
  return answer.json();
};
const base = '/linode/instances/70000001';

it('servers are as they were', async () => {
  expect(await get(base)).toMatchObject({
    label: 'former-70000001',
    status: 'running',
    type: 'g6-standard-1',
    region: 'us-east',
    image: 'linode/debian12',
    group: 'shop',
    tags: ['plinth', 'plinth-vps-former-g1'],
    ipv4: ['203.0.113.1', '192.168.128.9'],
    ipv6: '2001:db8:0:1::1/128',
    created: '2026-11-26T23:37:38',
    watchdog_enabled: false,
    has_user_data: true,
    host_uuid: 'bc207b98493e9ebb8c389c185772b46801a470df',
    backups: { enabled: true, available: true, last_successful: '2026-11-26T23:37:38' },
  });
  expect((await get(`${base}/disks`)).data).toMatchObject([{ id: 80_000_001, size: 50_688 }, { id: 80_000_002 }]);
  expect((await get(`${base}/configs`)).data).toMatchObject([{ id: 60_000_001, label: 'mine' }]);
  expect((await get(`${base}/backups`)).automatic).toMatchObject([{ id: 340_000_001, status: 'successful' }]);
  expect(await get('/networking/ips/203.0.113.1')).toMatchObject({ rdns: 'former.example.com' });
  expect(await get('/networking/ips/2001:db8:0:1::1')).toMatchObject({ rdns: null });
  const world = simulator.world.worlds.get('linode')!;
  const views = world.simulation.instances!(world);
  expect(views[0]).toMatchObject({ password: 'Correct-Horse-9', userData: '#cloud-config\n', status: 'running' });
  expect(views[3]).toMatchObject({ copyOf: 'kept for long (Linode 70000001)', status: 'offline' });
});

it('so are keys, scripts, firewalls, images and stock', async () => {
  expect((await get('/profile/sshkeys')).data).toMatchObject([{ id: 300_001, label: 'key', ssh_key: 'ssh-ed25519 AAAA me' }]);
  expect((await get('/linode/stackscripts')).data).toMatchObject([{ id: 1_500_001, label: 'script', script: '#!', is_public: true }]);
  expect((await get('/networking/firewalls')).data).toMatchObject([
    {
      id: 500_001,
      label: 'wall',
      status: 'disabled',
      tags: ['web', '123'],
      rules: { ...rules, version: 4 },
      entities: [{ id: 70_000_001 }],
    },
  ]);
  expect((await get('/networking/firewalls/500001/devices')).data).toMatchObject([{ id: 600_001 }]);
  expect(await get('/images/private/33000001')).toMatchObject({ label: 'kept', size: 1_800, status: 'available' });
  const plans = (await get('/regions/us-east/availability')) as { plan: string; available: boolean }[];
  expect(plans.find(({ plan }) => plan === 'g6-nanode-1')).toMatchObject({ available: false });
});

it('what was under way goes on, under the events that told of it', async () => {
  expect(await get('/linode/instances/70000002')).toMatchObject({ status: 'resizing' });
  expect(await get('/linode/instances/70000003')).toMatchObject({ status: 'running' });
  expect(await get('/images/private/33000002')).toMatchObject({ status: 'creating', size: 50_688 });
  simulator.world.advance(150_000);
  await expect.poll(async () => (await get('/linode/instances/70000002')).status).toBe('booting');
  simulator.world.advance(60_000);
  await expect.poll(async () => (await get('/linode/instances/70000002')).status).toBe('running');
  expect(await get('/linode/instances/70000002')).toMatchObject({ type: 'g6-standard-2' });
  expect(await get('/images/private/33000002')).toMatchObject({ status: 'available', size: 1_800 });
  expect(await get('/account/events/900000001')).toMatchObject({ status: 'finished', read: true });
  expect(await get('/account/events/900000002')).toMatchObject({ status: 'finished', action: 'disk_imagize' });
  simulator.world.advance(3_600_000);
  await expect.poll(async () => (await get(`${base}/backups`)).automatic.length).toBe(2);
});
