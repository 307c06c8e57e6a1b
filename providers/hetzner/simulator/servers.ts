/** Servers at Hetzner: what may be asked of them, and which action it becomes. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { samplesOf } from '../../../simulator/cloud/metrics.ts';
import { Refusal, type SimJob, type SimServer } from '../../../simulator/cloud/model.ts';
import { type Call, labelSelector, type Wire } from '../../../simulator/cloud/wire.ts';
import { IMAGES, TYPES, type HetznerType } from './data.ts';
import { showAction, showOwnImage, showPage, showServer, statusOf } from './shapes.ts';

const NAME = /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/i;
const LABEL_KEY = /^([a-z0-9.-]+\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/;
const USER_DATA_BYTES = 32_768;
const MOST_SAMPLES = 500;

export function mountServers(wire: Wire, cloud: Cloud): void {
  const server = (call: Call): SimServer => cloud.server(call.account.id, call.param('id'));
  wire.on('get /v1/servers', (call) => {
    const [name, states] = [call.query('name'), call.queries('status')];
    const fits = labelSelector(call.query('label_selector'));
    const found = cloud
      .listed(call.account.id)
      .filter((each) => name === undefined || each.name === name)
      .filter((each) => states.length === 0 || states.includes(statusOf(each)))
      .filter((each) => fits(each.labels));
    return showPage(call, 'servers', found, (each) => showServer(cloud, each));
  });
  wire.made('post /v1/servers', (call) => create(cloud, call));
  wire.on('get /v1/servers/:id', (call) => ({ server: showServer(cloud, server(call)) }));
  wire.on('put /v1/servers/:id', (call) => {
    const now = server(call);
    const name = call.text('name') || now.name;
    checkName(cloud, call, name, now.id);
    return { server: showServer(cloud, cloud.change(now, { name, labels: checkedLabels(call) ?? now.labels })) };
  });
  wire.on('delete /v1/servers/:id', (call) => {
    const doomed = cloud.free(call.account.id, call.param('id'));
    if (doomed.protection['delete']) throw new Refusal('protected', 'server deletion is protected');
    if (cloud.world.hasFlag('keep-on-delete', doomed.id)) {
      const empty = cloud.jobs.start(doomed, { command: 'delete_server', ms: cloud.sheet.times.small, locks: false });
      return { action: showAction(empty) };
    }
    const erase = {
      command: 'delete_server',
      ms: cloud.sheet.times.remove,
      during: { phase: 'deleting' as const },
      ending: { erase: true },
    };
    return { action: showAction(cloud.jobs.start(doomed, erase)) };
  });
  wire.on('get /v1/servers/:id/actions', (call) => {
    const { id } = server(call);
    const states = call.queries('status');
    const jobs = cloud.jobs.of(call.account.id, (job) => job.serverId === id && job.command !== '').map(showAction);
    const fitting = jobs.filter((job) => states.length === 0 || states.includes((job as { status: string }).status));
    return showPage(call, 'actions', call.query('sort') === 'id:desc' ? fitting.toReversed() : fitting);
  });
  wire.on('get /v1/servers/:id/actions/:action', (call) => {
    const job = cloud.jobs.get(call.param('action'));
    if (!job || job.serverId !== server(call).id) throw new Refusal('not_found', 'action not found');
    return { action: showAction(job) };
  });
  wire.on('get /v1/servers/:id/metrics', (call) => metrics(cloud, call, server(call)));
  mountPower(wire, cloud);
  mountDisk(wire, cloud);
  mountExtras(wire, cloud);
}

function create(cloud: Cloud, call: Call): object {
  const name = call.required('name');
  checkName(cloud, call, name);
  if (call.body['datacenter'] !== undefined) throw new Refusal('invalid', 'datacenter was removed; use location', 'datacenter');
  const type = typeOf(call.required('server_type'));
  if (type.unavailableAfter !== null && Date.parse(type.unavailableAfter) < cloud.world.now())
    throw new Refusal('invalid', `server type ${type.id} is deprecated and can no longer be created`, 'server_type');
  const image = imageOf(cloud, call, call.required('image'), type);
  const userData = call.text('user_data');
  if (Buffer.byteLength(userData) > USER_DATA_BYTES) throw new Refusal('invalid', 'user_data is larger than 32 KiB', 'user_data');
  const keys = call.strings('ssh_keys').map((key) => {
    const found = cloud.keys.find((each) => each.account === call.account.id && (each.id === key || each.name === key));
    if (!found) throw new Refusal('not_found', `ssh key ${key} not found`, 'ssh_keys');
    return found.id;
  });
  const firewalls = call.list('firewalls').map((each) => {
    const id = String((each as { firewall?: unknown }).firewall);
    return cloud.own(cloud.firewalls, call.account.id, id, 'firewall');
  });
  const net = (call.body['public_net'] ?? {}) as { enable_ipv4?: boolean; enable_ipv6?: boolean };
  const made = cloud.make(call.account, {
    name,
    plan: type.id,
    region: call.text('location') || 'fsn1',
    image,
    userData,
    labels: checkedLabels(call) ?? {},
    keyIds: keys,
    ipv4: net.enable_ipv4 !== false,
    ipv6: net.enable_ipv6 !== false,
  });
  for (const firewall of firewalls) cloud.firewalls.put({ ...firewall, servers: [...firewall.servers, made.id] });
  const { times } = cloud.sheet;
  const off = { server: { phase: 'ready' as const, power: 'off' as const } };
  const making = cloud.jobs.start(made, { command: 'create_server', ms: times.create, ending: off });
  const starts = call.flag('start_after_create') !== false;
  const next = starts ? [cloud.jobs.start(made, { command: 'start_server', ms: times.start, ...boot(made), after: making })] : [];
  return {
    server: showServer(cloud, cloud.servers.get(made.id)!),
    action: showAction(making),
    next_actions: next.map(showAction),
    root_password: keys.length > 0 ? null : made.password,
  };
}

/** @throws Refusal for a name that no host may have, or that another server of the project has. */
function checkName(cloud: Cloud, call: Call, name: string, own?: string): void {
  if (!NAME.test(name)) throw new Refusal('invalid', 'invalid server name', 'name');
  const rival = cloud.servers.find((each) => each.account === call.account.id && each.name === name && each.id !== own);
  if (rival) throw new Refusal('taken', 'server name is already used', 'name');
}

export function checkedLabels(call: Call): Record<string, string> | undefined {
  const labels = call.labels();
  for (const [key, value] of Object.entries(labels ?? {}))
    if (!LABEL_KEY.test(key) || !LABEL_VALUE.test(value)) throw new Refusal('invalid', `invalid label ${key}`, 'labels');
  return labels;
}

function typeOf(named: string): HetznerType {
  const type = TYPES.find(({ id, number }) => id === named || String(number) === named);
  if (!type) throw new Refusal('invalid', `server type ${named} not found`, 'server_type');
  return type;
}

/** Of a name, the image of the type's architecture; of an id, that one. */
function imageOf(cloud: Cloud, call: Call, named: string, type: HetznerType): string {
  const own = cloud.images.find(({ id, account }) => id === named && account === call.account.id);
  if (own) {
    if (own.state !== 'available') throw new Refusal('invalid', 'image is not available', 'image');
    if (own.diskGb > type.diskGb) throw new Refusal('invalid', 'image disk is bigger than server type disk', 'image');
    requireArchitecture(IMAGES.find(({ number }) => String(number) === own.base)?.architecture ?? type.architecture, type);
    return own.id;
  }
  const found =
    IMAGES.find(({ name, architecture }) => name === named && architecture === type.architecture) ??
    IMAGES.find(({ number }) => String(number) === named);
  if (!found) throw new Refusal('invalid', `image ${named} not found`, 'image');
  requireArchitecture(found.architecture, type);
  return String(found.number);
}

function requireArchitecture(architecture: string | undefined, type: HetznerType): void {
  if (architecture === type.architecture) return;
  throw new Refusal('invalid', `server type and image architecture are not compatible: ${architecture}`, 'image');
}

/** How it starts: into its system, or into the rescue system where that was asked for. */
function boot(server: SimServer): { during: Partial<SimServer>; ending: { server: Partial<SimServer> } } {
  const rescued = { ...server.extra, rescued: server.rescue !== null };
  return { during: { phase: 'starting' }, ending: { server: { phase: 'ready', power: 'on', rescue: null, extra: rescued } } };
}

function mountPower(wire: Wire, cloud: Cloud): void {
  const { times } = cloud.sheet;
  const stops = { during: { phase: 'stopping' as const }, ending: { server: { phase: 'ready' as const, power: 'off' as const } } };
  const on = (name: string, run: (server: SimServer) => SimJob): void =>
    wire.made(`post /v1/servers/:id/actions/${name}`, (call) => ({
      action: showAction(run(cloud.free(call.account.id, call.param('id')))),
    }));
  on('poweron', (server) => cloud.jobs.start(server, { command: 'start_server', ms: times.start, ...boot(server) }));
  on('poweroff', (server) => cloud.jobs.start(server, { command: 'stop_server', ms: times.stop, ...stops }));
  on('reset', (server) => cloud.jobs.start(server, { command: 'reset_server', ms: times.reboot, ...boot(server) }));
  on('reboot', (server) => {
    if (server.power === 'off') throw new Refusal('conflict', 'server is not running');
    return cloud.jobs.start(server, { command: 'reboot_server', ms: times.reboot, ...boot(server) });
  });
  // The action tells that the signal was sent; the system takes its time.
  on('shutdown', (server) => {
    const signal = cloud.jobs.start(server, { command: 'shutdown_server', ms: times.small, locks: false });
    if (server.power === 'on') cloud.jobs.start(server, { command: '', ms: times.stop, ...stops, after: signal, locks: false });
    return signal;
  });
}

function mountDisk(wire: Wire, cloud: Cloud): void {
  const { times } = cloud.sheet;
  const free = (call: Call): SimServer => cloud.free(call.account.id, call.param('id'));
  wire.made('post /v1/servers/:id/actions/change_type', (call) => {
    const server = free(call);
    const type = typeOf(call.required('server_type'));
    if (server.power === 'on') throw new Refusal('not_stopped', 'server must be stopped first');
    if (type.id === server.plan) throw new Refusal('invalid', 'server is already of this type', 'server_type');
    if (type.architecture !== typeOf(server.plan).architecture)
      throw new Refusal('invalid', 'server type has another architecture', 'server_type');
    if (type.diskGb < server.diskGb) throw new Refusal('invalid', 'server type disk is too small', 'server_type');
    if (!type.regions.includes(server.region)) throw new Refusal('invalid', 'unsupported location for server type', 'server_type');
    if (!cloud.inStock(type, server.region)) throw new Refusal('sold_out', 'error during placement');
    const diskGb = call.flag('upgrade_disk') === true ? type.diskGb : server.diskGb;
    const ending = { server: { plan: type.id, diskGb, phase: 'ready' as const, power: 'on' as const } };
    const job = cloud.jobs.start(server, { command: 'change_server_type', ms: times.resize, during: { phase: 'resizing' }, ending });
    return { action: showAction(job) };
  });
  wire.made('post /v1/servers/:id/actions/rebuild', (call) => {
    const server = free(call);
    if (server.protection['rebuild']) throw new Refusal('protected', 'server rebuild is protected');
    const image = imageOf(cloud, call, call.required('image'), typeOf(server.plan));
    const password = server.keyIds.length > 0 ? null : cloud.password();
    const userData = call.body['user_data'] === undefined ? server.userData : call.text('user_data');
    // On a disk that has run, cloud-init sets no password again: what the answer names is not what the machine takes.
    const own = cloud.images.get(String(call.body['image']));
    const changed = { image, userData, password: own?.password ?? password ?? server.password, rescue: null };
    const ending = { server: { ...changed, phase: 'ready' as const, power: 'on' as const } };
    const during = { phase: 'rebuilding' as const, power: 'off' as const };
    const job = cloud.jobs.start(server, { command: 'rebuild_server', ms: times.rebuild, during, ending });
    return { action: showAction(job), root_password: password };
  });
  wire.made('post /v1/servers/:id/actions/create_image', (call) => {
    const kind = call.text('type') === 'backup' ? ('backup' as const) : ('snapshot' as const);
    const name = call.text('description') || `snapshot ${new Date(cloud.world.now()).toISOString()}`;
    const { image, job } = cloud.snapshot(free(call), { name, kind, labels: checkedLabels(call) ?? {} }, 'create_image');
    return { image: showOwnImage(image), action: showAction(job) };
  });
  for (const backups of [true, false])
    wire.made(`post /v1/servers/:id/actions/${backups ? 'enable' : 'disable'}_backup`, (call) => {
      const command = `${backups ? 'enable' : 'disable'}_backup`;
      const server = cloud.setBackups(free(call), backups);
      return { action: showAction(cloud.jobs.start(server, { command, ms: times.small })) };
    });
}

function mountExtras(wire: Wire, cloud: Cloud): void {
  const { times } = cloud.sheet;
  const free = (call: Call): SimServer => cloud.free(call.account.id, call.param('id'));
  const act = (call: Call, command: string, changes: Partial<SimServer> = {}): object =>
    showAction(cloud.jobs.start(cloud.change(free(call), changes), { command, ms: times.small }));
  const on = (name: string, run: (call: Call) => object): void => wire.made(`post /v1/servers/:id/actions/${name}`, run);
  on('reset_password', (call) => {
    if (free(call).power === 'off') throw new Refusal('conflict', 'server must be running');
    const password = cloud.password();
    return { action: act(call, 'reset_password', { password }), root_password: password };
  });
  on('enable_rescue', (call) => {
    const password = cloud.password();
    return { action: act(call, 'enable_rescue', { rescue: password }), root_password: password };
  });
  on('disable_rescue', (call) => ({ action: act(call, 'disable_rescue', { rescue: null }) }));
  on('change_protection', (call) => {
    const { protection } = free(call);
    const asked = { delete: call.flag('delete') ?? protection['delete']!, rebuild: call.flag('rebuild') ?? protection['rebuild']! };
    return { action: act(call, 'change_protection', { protection: asked }) };
  });
  on('change_dns_ptr', (call) => {
    const server = free(call);
    const ip = call.required('ip');
    if (ip !== server.ipv4 && !(server.ipv6 !== '' && ip.startsWith(server.ipv6.replace(/::1$/, ':'))))
      throw new Refusal('invalid', 'ip does not belong to the server', 'ip');
    const { [ip]: _before, ...others } = server.reverse;
    const reverse = call.text('dns_ptr') === '' ? others : { ...others, [ip]: call.text('dns_ptr') };
    return { action: act(call, 'change_dns_ptr', { reverse }) };
  });
  on('request_console', (call) => {
    const { token, password } = cloud.openConsole(free(call), 'vnc');
    const host = call.request.get('host') ?? '127.0.0.1';
    return { action: act(call, 'request_console'), wss_url: `ws://${host}${call.request.baseUrl}/_console/${token}`, password };
  });
}

/** `cpu` in percent of all cores, `network` in bytes a second, `disk` idle; at most 500 samples. */
function metrics(cloud: Cloud, call: Call, server: SimServer): object {
  const [start, end] = [Date.parse(call.query('start') ?? ''), Date.parse(call.query('end') ?? '')];
  if (Number.isNaN(start)) throw new Refusal('invalid', 'start is required', 'start');
  if (Number.isNaN(end)) throw new Refusal('invalid', 'end is required', 'end');
  const kinds = call.queries('type').flatMap((type) => type.split(','));
  if (kinds.length === 0) throw new Refusal('invalid', 'type is required', 'type');
  const least = Math.ceil((end - start) / 1000 / MOST_SAMPLES);
  const step = Math.max(1, least, Number(call.query('step') ?? 0) || 0);
  const span = { fromS: start / 1000, toS: Math.min(end, cloud.world.now()) / 1000, stepS: step };
  const samples = cloud.world.hasFlag('no-metrics', server.id) ? [] : samplesOf(server, typeOf(server.plan).vcpus, span);
  const series = (value: (sample: (typeof samples)[number]) => number): object => ({
    values: samples.map((sample) => [sample.at, String(value(sample))]),
  });
  const every: Record<string, Record<string, object>> = {
    cpu: { cpu: series(({ cpu }) => cpu) },
    disk: {
      'disk.0.iops.read': series(() => 0),
      'disk.0.iops.write': series(() => 0),
      'disk.0.bandwidth.read': series(() => 0),
      'disk.0.bandwidth.write': series(() => 0),
    },
    network: {
      'network.0.pps.in': series(({ incoming }) => incoming / 500),
      'network.0.pps.out': series(({ outgoing }) => outgoing / 500),
      'network.0.bandwidth.in': series(({ incoming }) => incoming),
      'network.0.bandwidth.out': series(({ outgoing }) => outgoing),
    },
  };
  const shown = Object.assign({}, ...kinds.map((kind) => every[kind] ?? {})) as object;
  return { metrics: { start: new Date(start).toISOString(), end: new Date(end).toISOString(), step, time_series: shown } };
}
