/** Hetzner's wire: every answer as its published document has it, and the world behind it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Simulator, startSimulator } from '../../../simulator/server.ts';
import { viewScreen } from '../../../test/support/vnc.ts';
import { openApiCheck } from '../../testing/openapi-check.ts';
import { simulation } from './simulator.ts';

const spec = openApiCheck('hetzner');
const TOKEN = `sim-${'h'.repeat(60)}`;
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8x5y0mU2n1Vb8R2m3F4l5q6w7e8r9t0y1u2i3o4p5a one@example.com';
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ speed: 500, simulations: [simulation] });
});
afterAll(() => simulator.close());

type Json = any;
async function call(
  method: string,
  path: string,
  body?: unknown,
  token = TOKEN,
): Promise<{ status: number; body: Json; headers: Headers }> {
  const url = `${simulator.baseUrl('hetzner')}/v1${path}`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await answer.text();
  const parsed = text === '' ? undefined : (JSON.parse(text) as Json);
  if (spec) expect(spec.answer(method, path, answer.status, parsed), `${method} ${path} ${answer.status}`).toEqual([]);
  if (spec && body !== undefined && answer.ok) expect(spec.request(method, path, body), `${method} ${path}`).toEqual([]);
  return { status: answer.status, body: parsed, headers: answer.headers };
}
const said = async (method: string, path: string, body?: unknown, token?: string) => {
  const answer = await call(method, path, body, token);
  return [answer.status, answer.body?.error?.code];
};
const done = async (action: Json): Promise<void> => {
  await expect.poll(async () => (await call('GET', `/actions?id=${action.id}`)).body.actions[0].status).toBe('success');
};
let made = 0;
async function server(asked: Record<string, unknown> = {}): Promise<Json> {
  const body = { name: `s${++made}`, server_type: 'cx23', image: 'debian-13', location: 'nbg1', ...asked };
  const answer = await call('POST', '/servers', body);
  expect([answer.status, answer.body.error]).toEqual([201, undefined]);
  for (const action of [answer.body.action, ...answer.body.next_actions]) await done(action);
  return answer.body.server;
}

test('the catalogue has its real size, pages, prices in euros and what is deprecated', async () => {
  const first = await call('GET', '/server_types?per_page=10');
  expect(first.body.meta.pagination).toMatchObject({ page: 1, per_page: 10, next_page: 2, last_page: 3, total_entries: 27 });
  expect((await call('GET', '/server_types?page=3&per_page=10')).body.server_types).toHaveLength(7);
  expect((await call('GET', '/locations')).body.locations.map((each: Json) => each.country)).toEqual(['DE', 'DE', 'FI', 'US', 'US', 'SG']);
  const arm = await call('GET', '/images?type=system&architecture=arm&per_page=50');
  expect(arm.body.images.every((each: Json) => each.architecture === 'arm' && each.deprecated === null)).toBe(true);
  expect((await call('GET', '/pricing')).body.pricing).toMatchObject({ currency: 'EUR', vat_rate: '19.000000' });
  expect((await call('GET', '/isos')).status).toBe(200);
  expect(first.headers.get('ratelimit-limit')).toBe('3600');
  const gone = await fetch(`${simulator.baseUrl('hetzner')}/v1/datacenters`, { headers: { authorization: `Bearer ${TOKEN}` } });
  expect(gone.status).toBe(410);
});

test('a server is made, found by its label, changed and deleted', async () => {
  const labels = { plinth: 'plinth-vps-a-g1', role: 'web' };
  const { id, name, public_net: net } = await server({ labels, user_data: '#cloud-config\n' });
  expect(net.ipv4.ip).toMatch(/^203\.0\.113\./);
  const found = async (selector: string) =>
    (await call('GET', `/servers?label_selector=${encodeURIComponent(selector)}`)).body.servers.map((each: Json) => each.name);
  expect(await found('plinth=plinth-vps-a-g1,role in (web,db)')).toEqual([name]);
  expect(await found('plinth==other')).toEqual([]);
  expect(await found('!plinth')).not.toContain(name);
  expect(await said('GET', '/servers?label_selector=a%20b')).toEqual([422, 'invalid_input']);

  expect(await said('POST', `/servers/${id}/actions/change_type`, { server_type: 'cx33', upgrade_disk: true })).toEqual([
    422,
    'server_not_stopped',
  ]);
  await done((await call('POST', `/servers/${id}/actions/poweroff`)).body.action);
  const stuck = simulator.world.faults.add({ provider: 'hetzner', kind: 'flag', flag: 'action-stuck', objectId: String(id) });
  const resize = await call('POST', `/servers/${id}/actions/change_type`, { server_type: 'cx33', upgrade_disk: false });
  expect(await said('POST', `/servers/${id}/actions/poweron`)).toEqual([423, 'locked']);
  simulator.world.faults.remove(stuck.id);
  await done(resize.body.action);
  const now = (await call('GET', `/servers/${id}`)).body.server;
  expect(now).toMatchObject({ status: 'running', primary_disk_size: 40, server_type: { name: 'cx33' } });

  const rebuilt = await call('POST', `/servers/${id}/actions/rebuild`, { image: 'ubuntu-24.04', user_data: '#cloud-config\n#2\n' });
  expect(rebuilt.body.root_password).toMatch(/.{16}/);
  await done(rebuilt.body.action);
  const renamed = await call('PUT', `/servers/${id}`, { name: 'renamed', labels: { plinth: 'x' } });
  expect(renamed.body.server).toMatchObject({ name: 'renamed', labels: { plinth: 'x' }, image: { name: 'ubuntu-24.04' } });
  const history = await call('GET', `/servers/${id}/actions?sort=id:desc`);
  expect(history.body.actions.map((each: Json) => each.command)).toEqual([
    'rebuild_server',
    'change_server_type',
    'stop_server',
    'start_server',
    'create_server',
  ]);

  await call('DELETE', `/servers/${id}`);
  await expect.poll(async () => (await call('GET', `/servers/${id}`)).status).toBe(404);
});

test('what Hetzner refuses, in its words', async () => {
  const { id, name } = await server();
  const order = { name: 'fresh', server_type: 'cx23', image: 'debian-13' };
  const refused = (changes: Record<string, unknown>) => said('POST', '/servers', { ...order, ...changes });
  expect(await refused({ name })).toEqual([409, 'uniqueness_error']);
  expect(await refused({ name: 'under_score' })).toEqual([422, 'invalid_input']);
  expect(await refused({ location: 'ash' })).toEqual([422, 'invalid_input']);
  expect(await refused({ server_type: 'cx22' })).toEqual([422, 'invalid_input']);
  expect(await refused({ server_type: 'cax11', image: '161547061' })).toEqual([201, undefined]);
  expect(await refused({ name: 'fresh2', image: '161547061' })).toEqual([422, 'invalid_input']);
  expect(await refused({ name: 'fresh2', datacenter: 'fsn1-dc14' })).toEqual([422, 'invalid_input']);
  expect(await refused({ name: 'fresh2', labels: { 'bad key': '' } })).toEqual([422, 'invalid_input']);
  simulator.world.worlds.get('hetzner')!.simulation.setStock!(simulator.world.worlds.get('hetzner')!, 'cx23', 'fsn1', false);
  expect(await refused({ name: 'fresh2' })).toEqual([412, 'resource_unavailable']);
  expect(await said('GET', '/servers', undefined, 'nobody')).toEqual([401, 'unauthorized']);
  expect(await said('GET', '/servers/1')).toEqual([404, 'not_found']);
  expect(await said('GET', '/actions')).toEqual([422, 'invalid_input']);
  const world = simulator.world.worlds.get('hetzner')!;
  world.accounts().put({ ...world.ensureAccount('sim-reads'), readOnly: true });
  expect(await said('DELETE', `/servers/${id}`, undefined, 'sim-reads')).toEqual([403, 'token_readonly']);
  world.accounts().put({ ...world.ensureAccount('sim-full'), instanceLimit: 0 });
  expect(await said('POST', '/servers', { ...order, location: 'nbg1' }, 'sim-full')).toEqual([403, 'resource_limit_exceeded']);
});

test('keys exist once, firewalls stay while they are used, snapshots and backups come and go', async () => {
  const key = await call('POST', '/ssh_keys', { name: 'k1', public_key: KEY, labels: { plinth: '' } });
  expect(await said('POST', '/ssh_keys', { name: 'k2', public_key: KEY })).toEqual([409, 'uniqueness_error']);
  const print = encodeURIComponent(key.body.ssh_key.fingerprint);
  expect((await call('GET', `/ssh_keys?fingerprint=${print}`)).body.ssh_keys).toHaveLength(1);
  const rules = [{ direction: 'in', protocol: 'tcp', port: '22', source_ips: ['0.0.0.0/0', '::/0'] }];
  const wall = (await call('POST', '/firewalls', { name: 'wall', rules })).body.firewall;
  const made = await call('POST', '/servers', {
    name: 'guarded',
    server_type: 'cx23',
    image: 'debian-13',
    location: 'hel1',
    ssh_keys: [String(key.body.ssh_key.id)],
    firewalls: [{ firewall: wall.id }],
  });
  expect([made.body.root_password, made.body.server.public_net.firewalls]).toEqual([null, [{ id: wall.id, status: 'applied' }]]);
  for (const action of [made.body.action, ...made.body.next_actions]) await done(action);
  const { id } = made.body.server;
  expect(await said('DELETE', `/firewalls/${wall.id}`)).toEqual([422, 'resource_in_use']);
  await call('POST', `/firewalls/${wall.id}/actions/set_rules`, { rules: [] });
  await call('POST', `/firewalls/${wall.id}/actions/remove_from_resources`, { remove_from: [{ type: 'server', server: { id } }] });
  expect((await call('DELETE', `/firewalls/${wall.id}`)).status).toBe(204);
  expect((await call('DELETE', `/ssh_keys/${key.body.ssh_key.id}`)).status).toBe(204);

  const kept = await call('POST', `/servers/${id}/actions/create_image`, { description: 'kept', labels: { plinth: 'snap' } });
  expect(kept.body.image).toMatchObject({ status: 'creating', type: 'snapshot', image_size: null });
  await done(kept.body.action);
  expect((await call('GET', '/images?type=snapshot&label_selector=plinth')).body.images).toMatchObject([{ status: 'available' }]);
  await done((await call('POST', `/servers/${id}/actions/enable_backup`)).body.action);
  await expect.poll(async () => (await call('GET', `/images?type=backup&bound_to=${id}`)).body.images, { timeout: 10_000 }).toHaveLength(1);
  await done((await call('POST', `/servers/${id}/actions/rebuild`, { image: String(kept.body.image.id) })).body.action);
  expect((await call('DELETE', `/images/${kept.body.image.id}`)).status).toBe(204);
  expect((await call('GET', `/servers/${id}`)).body.server.image).toBeNull();
});

test('rescue, reverse names, passwords and measurements', async () => {
  const { id, public_net: net } = await server();
  const rescue = await call('POST', `/servers/${id}/actions/enable_rescue`, { type: 'linux64' });
  await done(rescue.body.action);
  expect((await call('GET', `/servers/${id}`)).body.server.rescue_enabled).toBe(true);
  await done((await call('POST', `/servers/${id}/actions/reset`)).body.action);
  expect((await call('GET', `/servers/${id}`)).body.server.rescue_enabled).toBe(false);
  await done((await call('POST', `/servers/${id}/actions/change_dns_ptr`, { ip: net.ipv4.ip, dns_ptr: 'a.example.com' })).body.action);
  const six = net.ipv6.ip.replace('::/64', '::1');
  await done((await call('POST', `/servers/${id}/actions/change_dns_ptr`, { ip: six, dns_ptr: 'six.example.com' })).body.action);
  const named = (await call('GET', `/servers/${id}`)).body.server.public_net;
  expect([named.ipv4.dns_ptr, named.ipv6.dns_ptr]).toEqual(['a.example.com', [{ ip: six, dns_ptr: 'six.example.com' }]]);
  expect(await said('POST', `/servers/${id}/actions/change_dns_ptr`, { ip: '192.0.2.250', dns_ptr: 'x.example.com' })).toEqual([
    422,
    'invalid_input',
  ]);
  expect((await call('POST', `/servers/${id}/actions/reset_password`)).body.root_password).toMatch(/.{16}/);
  const [start, end] = [new Date(Date.now() - 3_600_000).toISOString(), new Date(Date.now() + 1000).toISOString()];
  const { metrics } = (await call('GET', `/servers/${id}/metrics?type=cpu,network&start=${start}&end=${end}&step=1`)).body;
  expect(Object.keys(metrics.time_series)).toContain('network.0.bandwidth.in');
});

test('its console is a screen by VNC that shows what is typed, to who has its password', async () => {
  const { id, name } = await server();
  const opened = async () => (await call('POST', `/servers/${id}/actions/request_console`)).body;
  const { wss_url: url, password } = await opened();
  const line = new WebSocket(url);
  const screen = await viewScreen(line, password);
  expect(screen.name).toBe(name);
  const whole = await screen.picture();
  expect(whole.some(({ pixels }) => pixels.some((dot) => dot !== 0))).toBe(true);
  screen.type('root');
  // Only what changed is sent, and it is the row that was typed in.
  const typed = await screen.changes();
  expect(typed).toHaveLength(1);
  expect(typed[0]!.pixels.equals(whole.find(({ y }) => y === typed[0]!.y)!.pixels)).toBe(false);
  await expect(viewScreen(new WebSocket(url), password)).rejects.toThrow('404');
  await expect(viewScreen(new WebSocket((await opened()).wss_url), 'wrong')).rejects.toThrow('Authentication failed');
  line.close();
});

test('a killed simulator goes on where it was, and its clock can be advanced', async () => {
  const { mkdtempSync } = await import('node:fs');
  const file = `${mkdtempSync('/tmp/plinth-hetzner-')}/world.sqlite`;
  const start = () => startSimulator({ speed: 1, simulations: [simulation], dataFile: file });
  const first = await start();
  const ask = async (at: Simulator, method: string, path: string, body?: unknown): Promise<Json> => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    const url = `${at.baseUrl('hetzner')}/v1${path}`;
    return (await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })).json();
  };
  const order = { name: 'kept', server_type: 'cx23', image: 'debian-13', location: 'fsn1' };
  const { server: bought } = await ask(first, 'POST', '/servers', order);
  await first.close();
  const second = await start();
  try {
    expect(bought.status).toBe('initializing');
    second.world.advance(3_600_000);
    await expect.poll(async () => (await ask(second, 'GET', `/servers/${bought.id}`)).server.status).toBe('starting');
    second.world.advance(3_600_000);
    await expect.poll(async () => (await ask(second, 'GET', `/servers/${bought.id}`)).server.status).toBe('running');
  } finally {
    await second.close();
  }
});
