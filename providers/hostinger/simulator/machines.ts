/** Virtual machines at Hostinger: bought by a price of the catalogue, set up, changed, and never deleted by a call. */
import { type Cloud, monthsAfter } from '../../../simulator/cloud/cloud.ts';
import { samplesOf } from '../../../simulator/cloud/metrics.ts';
import { Refusal, type SimImage, type SimJob, type SimServer } from '../../../simulator/cloud/model.ts';
import { type Call, pageOf, rfc3339, type Wire } from '../../../simulator/cloud/wire.ts';
import { orderOf, subscribe } from './billing.ts';
import { DATA_CENTRES, type HostingerPrice, LEAKED, PRICES, TEMPLATES } from './data.ts';

const VM = '/api/vps/v1/virtual-machines';
const HOSTNAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;
const SNAPSHOT_DAYS = 20;
const DAY_MS = 86_400_000;
const LATE_MS = 20_000;
export const sizes = { size: 15, most: 15 };

export function mountMachines(wire: Wire, cloud: Cloud): void {
  const show = (server: SimServer): object => showMachine(server);
  wire.on(`get ${VM}`, (call) => cloud.listed(call.account.id).filter(bought).map(show));
  wire.on(`get ${VM}/:id`, (call) => show(machine(cloud, call)));
  wire.on(`post ${VM}`, (call) => purchase(cloud, call));
  wire.on(`post ${VM}/:id/setup`, (call) => {
    const server = machine(cloud, call);
    if (server.phase !== 'setup') throw new Refusal('invalid', 'The virtual machine is set up already.', 'virtual_machine_id');
    const checked = checkedSetup(cloud, call, call.body);
    return show(setUp(cloud, cloud.change(server, { ...checked, extra: { ...server.extra, ...checked.extra }, phase: 'creating' })));
  });
  cloud.world.onTimer('hostinger-paid', (payload) => {
    const server = cloud.servers.get(String(payload['id']));
    if (server) cloud.servers.put({ ...server, extra: { ...server.extra, hidden: false } });
  });
  wire.on(`get ${VM}/:id/metrics`, (call) => metrics(cloud, call));
  wire.on(`get ${VM}/:id/actions`, (call) => {
    const { id } = machine(cloud, call);
    const jobs = cloud.jobs.of(call.account.id, (job) => job.serverId === id && job.command !== '').toReversed();
    return paged(call, jobs.map(showAction));
  });
  wire.on(`get ${VM}/:id/actions/:action`, (call) => {
    const job = cloud.jobs.get(call.param('action'));
    if (!job || job.serverId !== machine(cloud, call).id) throw new Refusal('not_found', 'Action is not found.');
    return showAction(job);
  });
  mountPower(wire, cloud);
  mountDisk(wire, cloud);
  mountNames(wire, cloud);
}

/** A purchase whose payment is still looked at shows no machine. */
function bought(server: SimServer): boolean {
  return server.extra['hidden'] !== true;
}

export function machine(cloud: Cloud, call: Call, name = 'id'): SimServer {
  const server = cloud.server(call.account.id, call.param(name));
  if (!bought(server)) throw new Refusal('not_found', 'Virtual machine is not found.');
  return server;
}
function free(cloud: Cloud, call: Call): SimServer {
  const server = machine(cloud, call);
  if (server.lockedBy !== null) throw new Refusal('locked', 'Virtual machine is locked by another action.');
  if (server.phase === 'setup') throw new Refusal('conflict', 'Virtual machine is not set up yet.');
  return server;
}

/** 200 with the machine; 202 without it while the payment is looked at; 402 where it was refused. */
function purchase(cloud: Cloud, call: Call): object {
  const item = PRICES.find(({ id }) => id === call.text('item_id'));
  if (!item) throw new Refusal('invalid', 'The selected item price is invalid.', 'item_id');
  const setup = (call.body['setup'] ?? {}) as Record<string, unknown>;
  const checked = checkedSetup(cloud, call, setup);
  const method = call.body['payment_method_id'];
  if (method !== undefined && method !== 1) throw new Refusal('invalid', 'The selected payment method id is invalid.', 'payment_method_id');
  const pending = cloud.world.hasFlag('payment-pending', call.account.id);
  const made = cloud.make(call.account, {
    // Nothing of the set-up is done while the payment is looked at.
    name: pending ? '' : checked.name,
    plan: item.id,
    region: checked.region,
    image: pending ? '' : checked.image,
    password: checked.password,
    keyIds: checked.keyIds,
    backups: checked.backups,
    userData: pending ? '' : checked.userData,
    phase: pending ? 'setup' : 'creating',
    paidUntilMs: monthsAfter(cloud.world.now(), item.months),
    extra: { ...checked.extra, periodMonths: item.months, hidden: pending },
  });
  const subscription = subscribe(cloud, made, item);
  const server = cloud.change(made, { extra: { ...made.extra, subscription: subscription.id } });
  if (pending) {
    cloud.world.schedule('hostinger-paid', { id: server.id }, LATE_MS);
    call.response.status(202);
    return { order: orderOf(cloud, subscription, item, 'processing') };
  }
  return { order: orderOf(cloud, subscription, item, 'completed'), virtual_machine: showMachine(setUp(cloud, server)) };
}

function setUp(cloud: Cloud, server: SimServer): SimServer {
  const ending = { server: { phase: 'ready' as const, power: 'on' as const } };
  cloud.jobs.start(server, { command: 'setup', ms: cloud.sheet.times.create, ending });
  return cloud.servers.get(server.id)!;
}

type Setup = Pick<SimServer, 'name' | 'region' | 'image' | 'password' | 'keyIds' | 'backups' | 'userData' | 'extra'>;

/** @throws Refusal `invalid` with the field, before anything is bought. */
function checkedSetup(cloud: Cloud, call: Call, setup: Record<string, unknown>): Setup {
  const template = TEMPLATES.find(({ id }) => id === setup['template_id']);
  if (!template) throw new Refusal('invalid', 'The selected template id is invalid.', 'setup.template_id');
  const region = String(setup['data_center_id']);
  if (!DATA_CENTRES.some(({ id }) => id === region))
    throw new Refusal('invalid', 'The selected data center id is invalid.', 'setup.data_center_id');
  const password = setup['password'] === undefined ? cloud.password() : String(setup['password']);
  checkPassword(password, 'setup.password');
  const hostname = setup['hostname'] === undefined ? '' : String(setup['hostname']);
  if (hostname !== '' && !HOSTNAME.test(hostname)) throw new Refusal('invalid', 'The hostname format is invalid.', 'setup.hostname');
  const key = setup['public_key'] as { name?: unknown; key?: unknown } | undefined;
  const keyIds =
    key?.key === undefined
      ? []
      : [cloud.addKey(call.account.id, { name: String(key.name ?? 'key'), publicKey: String(key.key) }, false).id];
  return {
    name: hostname,
    region,
    image: String(template.id),
    password,
    keyIds,
    backups: setup['enable_backups'] !== false,
    userData: scriptOf(cloud, call, setup['post_install_script_id']),
    extra: { ns1: String(setup['ns1'] ?? '153.92.2.6'), ns2: String(setup['ns2'] ?? '1.1.1.1') },
  };
}

function scriptOf(cloud: Cloud, call: Call, id: unknown): string {
  if (id === undefined || id === null) return '';
  const found = cloud.scripts.find((script) => script.account === call.account.id && script.id === String(id));
  if (!found) throw new Refusal('invalid', 'The selected post install script id is invalid.', 'post_install_script_id');
  return found.content;
}

function checkPassword(password: string, field: string): void {
  const strong = password.length >= 12 && /[a-z]/.test(password) && /[A-Z]/.test(password) && /\d/.test(password);
  if (!strong)
    throw new Refusal('invalid', 'The password must have at least 12 characters with upper case, lower case and a number.', field);
  if (LEAKED.includes(password)) throw new Refusal('invalid', 'The given password has appeared in a data leak.', field);
}

function mountPower(wire: Wire, cloud: Cloud): void {
  const { times } = cloud.sheet;
  const ready = { phase: 'ready' as const };
  const on = (name: string, run: (server: SimServer, call: Call) => SimJob): void =>
    wire.on(`post ${VM}/:id/${name}`, (call) => showAction(run(free(cloud, call), call)));
  /** What is so already is accepted and changes nothing. */
  const idle = (server: SimServer, command: string): SimJob => cloud.jobs.start(server, { command, ms: times.small });
  const started = { during: { phase: 'starting' as const }, ending: { server: { ...ready, power: 'on' as const } } };
  on('start', (server) =>
    server.power === 'on' ? idle(server, 'start') : cloud.jobs.start(server, { command: 'start', ms: times.start, ...started }),
  );
  on('stop', (server) => {
    const ending = { server: { ...ready, power: 'off' as const } };
    if (server.power === 'off') return idle(server, 'stop');
    return cloud.jobs.start(server, { command: 'stop', ms: times.stop, during: { phase: 'stopping' }, ending });
  });
  on('restart', (server) => cloud.jobs.start(server, { command: 'restart', ms: times.reboot, ...started }));
  on('recovery', (server, call) => {
    const password = call.required('root_password');
    checkPassword(password, 'root_password');
    const ending = { server: { phase: 'rescue' as const, power: 'on' as const, rescue: password } };
    return cloud.jobs.start(server, { command: 'recovery_mode_start', ms: times.reboot, ending });
  });
  wire.on(`delete ${VM}/:id/recovery`, (call) => {
    const server = free(cloud, call);
    if (server.phase !== 'rescue') throw new Refusal('invalid', 'Virtual machine is not in recovery mode.', 'virtual_machine_id');
    const ending = { server: { ...ready, power: 'on' as const, rescue: null } };
    return showAction(cloud.jobs.start(server, { command: 'recovery_mode_stop', ms: times.reboot, ending }));
  });
}

function mountDisk(wire: Wire, cloud: Cloud): void {
  const { times } = cloud.sheet;
  const snapshotOf = (server: SimServer): SimImage | undefined =>
    cloud.images.find((image) => image.kind === 'snapshot' && image.serverId === server.id);
  const held = (server: SimServer): SimImage => {
    const image = snapshotOf(server);
    if (!image) throw new Refusal('not_found', 'Snapshot is not found.');
    return image;
  };
  wire.on(`post ${VM}/:id/recreate`, (call) => {
    const server = free(cloud, call);
    const template = TEMPLATES.find(({ id }) => id === call.body['template_id']);
    if (!template) throw new Refusal('invalid', 'The selected template id is invalid.', 'template_id');
    const password = call.text('password') || cloud.password();
    checkPassword(password, 'password');
    const userData = scriptOf(cloud, call, call.body['post_install_script_id']);
    const old = snapshotOf(server);
    if (old) cloud.images.delete(old.id);
    const fresh = { image: String(template.id), password, userData, phase: 'ready' as const, power: 'on' as const, rescue: null };
    const during = { phase: 'rebuilding' as const };
    return showAction(cloud.jobs.start(server, { command: 'recreate', ms: times.rebuild, during, ending: { server: fresh } }));
  });
  wire.on(`get ${VM}/:id/snapshot`, (call) => showSnapshot(held(machine(cloud, call))));
  wire.on(`post ${VM}/:id/snapshot`, (call) => {
    const server = free(cloud, call);
    // The only one there can be: the new one takes its place.
    const old = snapshotOf(server);
    if (old) cloud.images.delete(old.id);
    return showAction(cloud.snapshot(server, { name: '', kind: 'snapshot' }, 'snapshot_create').job);
  });
  wire.on(`delete ${VM}/:id/snapshot`, (call) => {
    const server = free(cloud, call);
    cloud.images.delete(held(server).id);
    return showAction(cloud.jobs.start(server, { command: 'snapshot_delete', ms: times.small }));
  });
  const restore = (server: SimServer, image: SimImage, command: string): object => {
    const ending = { server: { image: image.base, phase: 'ready' as const, power: 'on' as const } };
    return showAction(cloud.jobs.start(server, { command, ms: times.rebuild, during: { phase: 'rebuilding' }, ending }));
  };
  wire.on(`post ${VM}/:id/snapshot/restore`, (call) => {
    const server = free(cloud, call);
    return restore(server, held(server), 'snapshot_restore');
  });
  const backupsOf = (server: SimServer): SimImage[] =>
    cloud.images.filter((image) => image.kind === 'backup' && image.serverId === server.id && image.state === 'available');
  wire.on(`get ${VM}/:id/backups`, (call) => paged(call, backupsOf(machine(cloud, call)).map(showBackup)));
  wire.on(`post ${VM}/:id/backups/:backup/restore`, (call) => {
    const server = free(cloud, call);
    const backup = backupsOf(server).find(({ id }) => id === call.param('backup'));
    if (!backup) throw new Refusal('not_found', 'Backup is not found.');
    return restore(server, backup, 'backup_restore');
  });
}

function mountNames(wire: Wire, cloud: Cloud): void {
  const { times } = cloud.sheet;
  const act = (call: Call, command: string, changes: (server: SimServer) => Partial<SimServer>): object => {
    const server = free(cloud, call);
    return showAction(cloud.jobs.start(cloud.change(server, changes(server)), { command, ms: times.small }));
  };
  wire.on(`put ${VM}/:id/hostname`, (call) => {
    const hostname = call.required('hostname');
    if (!HOSTNAME.test(hostname)) throw new Refusal('invalid', 'The hostname format is invalid.', 'hostname');
    return act(call, 'set_hostname', () => ({ name: hostname }));
  });
  wire.on(`delete ${VM}/:id/hostname`, (call) => act(call, 'reset_hostname', () => ({ name: '', reverse: {} })));
  wire.on(`put ${VM}/:id/root-password`, (call) => {
    const password = call.required('password');
    checkPassword(password, 'password');
    return act(call, 'set_root_password', () => ({ password }));
  });
  wire.on(`put ${VM}/:id/panel-password`, (call) => {
    checkPassword(call.required('password'), 'password');
    return act(call, 'set_panel_password', () => ({}));
  });
  wire.on(`put ${VM}/:id/nameservers`, (call) =>
    act(call, 'set_nameservers', ({ extra }) => ({ extra: { ...extra, ns1: call.text('ns1'), ns2: call.text('ns2') } })),
  );
  const address = (server: SimServer, id: string): string => {
    const found = addressesOf(server).find((each) => String(each.id) === id);
    if (!found) throw new Refusal('not_found', 'IP address is not found.');
    return found.address;
  };
  wire.on(`post ${VM}/:id/ptr/:ip`, (call) => {
    const domain = call.required('domain');
    if (!HOSTNAME.test(domain)) throw new Refusal('invalid', 'The domain format is invalid.', 'domain');
    return act(call, 'set_ptr', (server) => ({ reverse: { ...server.reverse, [address(server, call.param('ip'))]: domain } }));
  });
  wire.on(`delete ${VM}/:id/ptr/:ip`, (call) =>
    act(call, 'delete_ptr', (server) => {
      const { [address(server, call.param('ip'))]: _gone, ...reverse } = server.reverse;
      return { reverse };
    }),
  );
}

function addressesOf(server: SimServer): { id: number; address: string; ptr: string | null }[] {
  return [server.ipv4, server.ipv6].flatMap((address, place) =>
    address === '' ? [] : [{ id: Number(server.id) * 10 + place + 1, address, ptr: server.reverse[address] ?? hostnameOf(server) }],
  );
}
function hostnameOf(server: SimServer): string {
  return server.name === '' ? `srv${server.id}.hstgr.cloud` : server.name;
}

const STATES: Readonly<Record<SimServer['phase'], string | null>> = {
  creating: 'creating',
  setup: 'initial',
  starting: 'starting',
  stopping: 'stopping',
  resizing: 'recreating',
  rebuilding: 'recreating',
  deleting: 'destroying',
  rescue: 'recovery',
  ready: null,
};

function showMachine(server: SimServer): object {
  const item = PRICES.find(({ id }) => id === server.plan)!;
  const template = TEMPLATES.find(({ id }) => String(id) === server.image);
  const settled = server.phase !== 'creating' && server.phase !== 'setup';
  const [ipv4, ipv6] = [addressesOf(server).filter(({ address }) => !address.includes(':')), addressesOf(server).filter(isIpv6)];
  return {
    id: Number(server.id),
    firewall_group_id: (server.extra['firewall'] as number | undefined) ?? null,
    subscription_id: String(server.extra['subscription']),
    data_center_id: Number(server.region),
    plan: item.plan,
    hostname: server.phase === 'setup' ? `srv${server.id}.hstgr.cloud` : hostnameOf(server),
    state: STATES[server.phase] ?? (server.power === 'on' ? 'running' : 'stopped'),
    actions_lock: server.lockedBy === null ? 'unlocked' : 'locked',
    cpus: item.vcpus,
    memory: item.memoryMb,
    disk: item.diskGb * 1024,
    bandwidth: item.transferTb * 1024 * 1024,
    ns1: (server.extra['ns1'] as string | undefined) ?? null,
    ns2: (server.extra['ns2'] as string | undefined) ?? null,
    ipv4: settled ? ipv4 : null,
    ipv6: settled ? ipv6 : null,
    template: template ?? null,
    created_at: rfc3339(server.createdMs),
  };
}
function isIpv6({ address }: { address: string }): boolean {
  return address.includes(':');
}

export function showAction(job: SimJob): object {
  const states = { waiting: 'created', running: 'sent', success: 'success', error: 'error' } as const;
  const at = { created_at: rfc3339(job.startedMs), updated_at: rfc3339(job.finishedMs ?? job.startedMs) };
  return { id: Number(job.id), name: job.command, state: states[job.status], ...at };
}
function showSnapshot({ id, createdMs }: SimImage): object {
  const expires = rfc3339(createdMs + SNAPSHOT_DAYS * DAY_MS);
  return { id: Number(id), restore_time: 1_800, created_at: rfc3339(createdMs), expires_at: expires };
}
function showBackup({ id, createdMs, sizeGb }: SimImage): object {
  const size = Math.round((sizeGb ?? 0) * 1024 * 1024 * 1024);
  return { id: Number(id), size, restore_time: 3_600, location: 'nl-srv-openvzbackups', created_at: rfc3339(createdMs) };
}

export function paged(call: Call, items: object[]): object {
  const { items: data, page, perPage, total } = pageOf(call, items, sizes);
  return { data, meta: { current_page: page, per_page: perPage, total } };
}

function metrics(cloud: Cloud, call: Call): object {
  const server = machine(cloud, call);
  const [from, to] = [Date.parse(call.query('date_from') ?? ''), Date.parse(call.query('date_to') ?? '')];
  if (Number.isNaN(from) || Number.isNaN(to)) throw new Refusal('invalid', 'The date from field is required.', 'date_from');
  const item: HostingerPrice = PRICES.find(({ id }) => id === server.plan)!;
  const stepS = Math.max(1, Math.ceil((to - from) / 1000 / 200));
  const span = { fromS: from / 1000, toS: Math.min(to, cloud.world.now()) / 1000, stepS };
  const samples = cloud.world.hasFlag('no-metrics', server.id) ? [] : samplesOf(server, item.vcpus, span);
  type Sample = (typeof samples)[number];
  const series = (unit: string, value: (sample: Sample) => number): object => {
    return { unit, usage: Object.fromEntries(samples.map((sample) => [String(sample.at), Math.round(value(sample))])) };
  };
  return {
    cpu_usage: series('%', ({ cpu }) => cpu / item.vcpus),
    ram_usage: series('bytes', () => item.memoryMb * 500_000),
    disk_space: series('bytes', () => item.diskGb * 100_000_000),
    outgoing_traffic: series('bytes', ({ outgoing }) => outgoing * stepS),
    incoming_traffic: series('bytes', ({ incoming }) => incoming * stepS),
    uptime: series('milliseconds', ({ at }) => at * 1000 - server.createdMs),
  };
}
