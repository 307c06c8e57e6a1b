/** What the vendor's own clients and plugin call or read beside what Plinth does, as recordings of linodego have it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Simulator } from '../../../simulator/server.ts';
import { until } from '../../../test/support/until.ts';
import { startLinode } from '../testing.ts';

let simulator: Simulator;
let linode: number;
let firewall: number;
const base = (): string => `/v4/linode/instances/${linode}`;

async function call(method: string, path: string, body?: unknown, filter?: object): Promise<{ status: number; body: any }> {
  const response = await fetch(simulator.baseUrl('linode') + path, {
    method,
    headers: {
      authorization: 'Bearer sim-clients',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(filter === undefined ? {} : { 'x-filter': JSON.stringify(filter) }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}
const get = async (path: string): Promise<any> => (await call('GET', path)).body;
const settled = (status: string): Promise<unknown> =>
  until(async () => ((await get(base())).status === status ? true : undefined), { timeoutMs: 15_000, what: `the server to be ${status}` });

beforeAll(async () => {
  simulator = await startLinode(2_000);
  const order = { label: 'clients', region: 'eu-central', type: 'g6-standard-1', image: 'linode/debian12', root_pass: 'Correct-Horse-9' };
  linode = (await call('POST', '/v4/linode/instances', order)).body.id;
  await settled('running');
  const rules = { inbound: [], outbound: [], inbound_policy: 'DROP', outbound_policy: 'ACCEPT' };
  const made = await call('POST', '/v4/networking/firewalls', { label: 'clients-fw', rules, devices: { linodes: [linode] } });
  firewall = made.body.id;
});
afterAll(() => simulator.close());

it('a configuration takes what is set of it and keeps the rest, until the server is rebuilt', async () => {
  const [before] = (await get(`${base()}/configs`)).data;
  const path = `${base()}/configs/${before.id}`;
  const set = {
    label: 'renamed',
    kernel: 'linode/latest-64bit',
    helpers: { network: false },
    devices: { sda: before.devices.sda, sdb: null },
  };
  const changed = await call('PUT', path, set);
  expect(changed).toMatchObject({ status: 200, body: { ...set, root_device: '/dev/sda', helpers: { distro: true, network: false } } });
  expect(changed.body.devices).toMatchObject({ sda: before.devices.sda, sdb: null, sdh: null });
  expect((await call('PUT', path, { comments: 'noted' })).body).toMatchObject({ label: 'renamed', comments: 'noted' });
  expect(await get(path)).toMatchObject({ label: 'renamed', comments: 'noted', kernel: 'linode/latest-64bit' });
  expect(await call('PUT', path, { devices: { sda: { disk_id: 1 } } })).toMatchObject({
    status: 400,
    body: { errors: [{ reason: 'disk_id is not valid', field: 'devices.sda.disk_id' }] },
  });
  expect((await call('PUT', `${base()}/configs/1`, set)).status).toBe(404);
  await expect
    .poll(() => call('POST', `${base()}/rebuild`, { image: 'linode/debian12', root_pass: 'Correct-Horse-9' }), { timeout: 15_000 })
    .toMatchObject({ status: 200 });
  await settled('running');
  const [after] = (await get(`${base()}/configs`)).data;
  expect(after).toMatchObject({ label: before.label, comments: '', kernel: 'linode/grub2' });
  expect(after.id).not.toBe(before.id);
});

it('X-Filter on an unknown field is refused with its reason', async () => {
  const reason = { status: 400, body: { errors: [{ reason: 'Cannot filter on foo', field: 'X-Filter' }] } };
  expect(await call('GET', '/v4/linode/types', undefined, { foo: 'bar' })).toEqual(reason);
  expect(await call('GET', '/v4/linode/instances', undefined, { '+or': [{ label: 'a' }, { foo: 1 }] })).toEqual(reason);
  expect(await call('GET', '/v4/account/events', undefined, { '+order_by': 'foo', '+order': 'desc' })).toEqual(reason);
  expect((await call('GET', '/v4/account/events', undefined, { 'entity.id': linode, '+order_by': 'created' })).status).toBe(200);
});

it('answers have the fields that recordings have', async () => {
  expect(await get(base())).toMatchObject({ locks: [], interface_generation: 'legacy_config' });
  expect((await get(`${base()}/disks`)).data[0]).toMatchObject({ disk_encryption: expect.stringMatching(/^(en|dis)abled$/) });
  const entity = { id: linode, type: 'linode', label: 'clients', url: base() };
  const [address] = (await get(`${base()}/ips`)).ipv4.public;
  expect(address).toMatchObject({ reserved: false, interface_id: null, assigned_entity: entity });
  const shown = await get(`/v4/networking/firewalls/${firewall}`);
  expect(shown).toMatchObject({ rules: { version: 1, fingerprint: expect.stringMatching(/^[0-9a-f]{8}$/) } });
  expect(shown.entities).toEqual([{ ...entity, parent_entity: null }]);
  const { inbound, ...policies } = shown.rules;
  const rule = { action: 'ACCEPT', protocol: 'TCP', ports: '22', label: 'ssh', addresses: { ipv4: ['0.0.0.0/0'] } };
  const changed = await call('PUT', `/v4/networking/firewalls/${firewall}/rules`, { ...policies, inbound: [...inbound, rule] });
  expect(changed.body.version).toBe(2);
  expect(changed.body.fingerprint).not.toBe(shown.rules.fingerprint);
  expect((await get('/v4/images')).data[0]).toMatchObject({ is_shared: false });
  expect((await get('/v4/account/events')).data[0]).toMatchObject({ message: '' });
});

it('the firewalls of a server, its disks, kernels and the account’s own pages are served', async () => {
  expect((await get(`${base()}/firewalls`)).data).toMatchObject([{ id: firewall }]);
  const [main, swap] = (await get(`${base()}/disks`)).data;
  expect((await call('PUT', `${base()}/disks/${main.id}`, { label: 'system' })).body).toMatchObject({ label: 'system', size: main.size });
  expect((await call('DELETE', `${base()}/disks/${swap.id}`)).status).toBe(400);
  await expect.poll(() => call('POST', `${base()}/shutdown`), { timeout: 15_000 }).toMatchObject({ status: 200 });
  await settled('offline');
  await expect.poll(() => call('DELETE', `${base()}/disks/${swap.id}`), { timeout: 15_000 }).toMatchObject({ status: 200 });
  const resize = (size: number): Promise<unknown> => call('POST', `${base()}/disks/${main.id}/resize`, { size });
  expect(await resize(1_000_000)).toMatchObject({ status: 400, body: { errors: [{ field: 'size' }] } });
  expect(await resize(51_200)).toEqual({ status: 200, body: {} });
  expect((await get(`${base()}/disks`)).data).toMatchObject([{ id: main.id, label: 'system', size: 51_200 }]);
  expect(await get('/v4/linode/kernels/linode/grub2')).toMatchObject({ label: 'GRUB 2' });
  expect(await get('/v4/linode/kernels/linode%2Fgrub2')).toMatchObject({ label: 'GRUB 2' });
  expect(await get('/v4/account/settings')).toMatchObject({ network_helper: true, interfaces_for_new_linodes: expect.any(String) });
  expect(await get('/v4/account/transfer')).toMatchObject({ billable: 0, quota: 2_000 });
  for (const path of ['/v4/volumes', '/v4/vpcs', '/v4/domains', '/v4/lke/clusters', `${base()}/clone`])
    expect(await call(path.endsWith('clone') ? 'POST' : 'GET', path), path).toEqual({
      status: 404,
      body: { errors: [{ reason: 'Not found' }] },
    });
});
