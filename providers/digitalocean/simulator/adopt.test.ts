/** A world that a former release wrote, told by this one: nothing lost, and what was under way ended. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../../simulator/server.ts';
import { openStorage } from '../../../simulator/storage.ts';
import { simulation } from './simulator.ts';

const account = 'sim-former';
const MADE = '2026-11-26T23:37:43Z';
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJl3dIeudNqd0DPMRD6OIh65tjkxFNOtwGcWB2gCgPhk me';
const net = { ipv6: false, ipv6Address: '', monitoring: true, publicNetworking: true, vpcUuid: 'v', privateIpv4: '10.108.1.2' };
const droplet = {
  account,
  status: 'active',
  locked: false,
  destroying: false,
  region: 'fra1',
  size: 's-1vcpu-1gb',
  disk: 25,
  image: 179_102_947,
  backups: false,
  backupPolicy: null,
  ...net,
  sshKeys: ['44000001'],
  userData: '#cloud-config\n',
  createdAt: MADE,
  taggedFrom: 0,
};
const image = { account, dropletId: '456100001', region: 'fra1', minDisk: 25, createdAt: MADE, listedFrom: 0 };
const action = { account, startedAt: MADE, completedAt: null, status: 'in-progress', region: 'fra1' };
const snapshot = { ...image, id: '190000001', kind: 'snapshot', name: 'before', sizeGb: 2.35, image: 179_102_947 };

let dir: string;
let simulator: Simulator;
const open = (): Promise<Simulator> => startSimulator({ speed: 1_000, dataFile: join(dir, 'world.sqlite'), simulations: [simulation] });
const get = async (path: string): Promise<any> => {
  const headers = { authorization: `Bearer ${account}` };
  return (await fetch(`${simulator.baseUrl('digitalocean')}/v2${path}`, { headers })).json();
};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'plinth-former-'));
  const storage = openStorage(join(dir, 'world.sqlite'));
  const put = (name: string, ...documents: ({ id: string } & Record<string, unknown>)[]): void => {
    for (const document of documents) storage.collection(`digitalocean/${name}`).put(document);
  };
  const address = (last: number): string => `203.0.113.${last}`;
  put(
    'instances',
    { id: '456100001', name: 'one', tags: ['z', '123', 'a'], ipv4: address(1), ...droplet, restoredFrom: snapshot },
    { id: '456100002', name: 'two', tags: [], ipv4: address(2), ...droplet, locked: true, status: 'off' },
    { id: '456100003', name: 'gone', tags: [], ipv4: address(3), ...droplet, locked: true, destroying: true },
    { id: '456100004', name: 'four', tags: [], ipv4: address(4), ...droplet, locked: true },
  );
  put(
    'actions',
    {
      id: '2145000001',
      type: 'power_off',
      dropletId: '456100001',
      args: {},
      ...action,
      status: 'completed',
      completedAt: MADE,
    },
    { id: '2145000002', type: 'power_on', dropletId: '456100002', args: {}, ...action },
    { id: '2145000003', type: 'destroy', dropletId: '456100003', args: {}, ...action },
    { id: '2145000004', type: 'snapshot', dropletId: '456100004', args: { name: 'under way' }, ...action },
  );
  put('snapshots', snapshot, { ...image, id: '190000002', kind: 'backup', name: 'one 2026-11-26' });
  put('keys', { id: '44000001', account, name: 'key', publicKey: KEY, fingerprint: 'aa:bb' });
  const rules = { inboundRules: [{ protocol: 'tcp', ports: '22', sources: {} }], outboundRules: [] };
  put('firewalls', { id: 'f', account, name: 'wall', createdAt: MADE, dropletIds: [456_100_001], tags: ['a'], ...rules });
  storage.count('sequence:digitalocean/snapshot', 190_000_002, 190_000_002);
  storage.close();
  simulator = await open();
});
afterAll(async () => {
  await simulator.close();
  await rm(dir, { recursive: true, force: true });
});

it('tells of what is there as before, and ends what was under way', async () => {
  await expect.poll(async () => (await get('/droplets')).droplets.map(({ locked }: any) => locked)).toEqual([false, false, false]);
  const { droplets } = await get('/droplets');
  expect(droplets.map(({ id, name, status }: any) => [id, name, status])).toEqual([
    [456_100_004, 'four', 'active'],
    [456_100_002, 'two', 'active'],
    [456_100_001, 'one', 'active'],
  ]);
  expect(droplets[2]).toMatchObject({
    tags: ['z', '123', 'a'],
    created_at: MADE,
    disk: 25,
    size_slug: 's-1vcpu-1gb',
    vpc_uuid: 'v',
    snapshot_ids: [190_000_001],
    backup_ids: [190_000_002],
    image: { id: 190_000_001, name: 'before', size_gigabytes: 2.35 },
    networks: { v4: [{ ip_address: '203.0.113.1' }, { ip_address: '10.108.1.2' }], v6: [] },
  });
  const states = (await get('/actions')).actions.map(({ id, status }: any) => [id, status]);
  expect(states).toEqual([4, 3, 2, 1].map((last) => [2_145_000_000 + last, 'completed']));
  await expect
    .poll(async () => (await get('/droplets/456100004/snapshots')).snapshots)
    .toMatchObject([{ id: 190_000_003, name: 'under way', created_at: MADE }]);
  expect((await get('/account/keys')).ssh_keys).toEqual([{ id: 44_000_001, name: 'key', public_key: KEY, fingerprint: 'aa:bb' }]);
  expect((await get('/firewalls')).firewalls).toMatchObject([{ id: 'f', droplet_ids: [456_100_001], tags: ['a'], created_at: MADE }]);
});

it('takes it over once', async () => {
  const paths = ['/droplets', '/actions', '/snapshots', '/images?private=true', '/firewalls', '/account/keys'];
  const all = (): Promise<unknown[]> => Promise.all(paths.map(get));
  const before = await all();
  await simulator.close();
  simulator = await open();
  expect(await all()).toEqual(before);
});
