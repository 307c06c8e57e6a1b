/**
 * The life of a simulated instance, in realistic times that the world scales:
 * accepted (pending/none, 0.0.0.0, invisible for seconds) → address → active/locked → installing → ok.
 * A reinstall goes through the same again; timers of an older life are ignored.
 */
import type { Request, Response } from 'express';
import type { Collection, SimWorld } from '../simulation.ts';
import { PLANS, SYSTEMS, type SimPlan } from './simulator-data.ts';
import { Refusal, vultrDate } from './simulator-http.ts';

/** GET of the item answers 404 this long after its create; lists are a little faster. Vendor's issue 462. */
const ITEM_INVISIBLE_MS = 3_000;
const LIST_INVISIBLE_MS = 1_500;
const LINUX = { address: 6_000, active: 20_000, installing: 22_000, ok: 45_000 } as const;
const WINDOWS = { address: 10_000, active: 45_000, installing: 60_000, ok: 240_000 } as const;
const REMOVE_MS = 1_500;
const STUCK_RECHECK_MS = 5_000;
const INSTALLATION = ['address', 'active', 'installing', 'ok'] as const;

export interface SimInstance {
  id: string;
  account: string;
  createdMs: number;
  region: string;
  plan: string;
  os_id: number;
  app_id: number;
  image_id: string;
  snapshot_id: string;
  label: string;
  hostname: string;
  tags: string[];
  /** base64, as sent. */
  userData: string;
  firewall_group_id: string;
  script_id: string;
  iso_id: string;
  user_scheme: string;
  ipv6: boolean;
  backups: boolean;
  ddos: boolean;
  publicIpv4: boolean;
  vpcs: string[];
  schedule: { type: string; hour: number; dow: number; dom: number };
  password: string;
  mainIp: string;
  mainIpv6: string;
  reverse: string;
  status: 'pending' | 'active' | 'suspended' | 'resizing';
  power: 'running' | 'stopped';
  server: 'none' | 'locked' | 'installing' | 'ok';
  /** Which installation this is; timers of an older one are void. */
  life: number;
  removed: boolean;
}

export function instancesOf(world: SimWorld): Collection<SimInstance> {
  return world.collection<SimInstance>('instances');
}

/** The instance of a route's `:id`, or the refusal of one that is not there (yet). */
export type FindInstance = (request: Request, response: Response) => SimInstance;

/** Vultr answers 500 here, and nothing is done (vultr/ansible-collection-vultr #89, #113, #131). */
export function locked(what: string): Refusal {
  return new Refusal(500, `Unable to ${what}: Server is currently locked`);
}

/** Reinstalls, restores, snapshots and power changes wait for the installation; `what` as in "Unable to reinstall server". */
export function settled(instance: SimInstance, what: string): void {
  if (instance.status !== 'active' || instance.server === 'locked' || instance.server === 'none') throw locked(what);
}

export function planOf(id: string): SimPlan {
  return PLANS.find((plan) => plan.id === id) ?? PLANS[0]!;
}

export function isWindows(osId: number): boolean {
  return SYSTEMS.find((os) => os.id === osId)?.family === 'windows';
}

export function visibleItem(world: SimWorld, instance: SimInstance): boolean {
  return world.now() - instance.createdMs >= world.scale(ITEM_INVISIBLE_MS);
}
export function visibleInList(world: SimWorld, instance: SimInstance): boolean {
  return world.now() - instance.createdMs >= world.scale(LIST_INVISIBLE_MS);
}

/** Starts an installation: the first, a reinstall or a restore. */
export function install(world: SimWorld, instance: SimInstance): SimInstance {
  const next = instancesOf(world).put({ ...instance, life: instance.life + 1, status: 'pending', server: 'none', power: 'running' });
  const times = isWindows(next.os_id) ? WINDOWS : LINUX;
  for (const step of INSTALLATION) world.schedule('vultr-install', { id: next.id, life: next.life, step }, times[step]);
  return next;
}

export function remove(world: SimWorld, instance: SimInstance): void {
  instancesOf(world).put({ ...instance, removed: true, life: instance.life + 1 });
  world.schedule('vultr-removed', { id: instance.id }, REMOVE_MS);
}

/** Handlers of the world's timers; registered once per world. `gone` takes away what goes with an instance. */
export function handleTimers(world: SimWorld, gone: (id: string) => void): void {
  const instances = instancesOf(world);
  const change = (payload: Record<string, unknown>, changes: (instance: SimInstance) => Partial<SimInstance>): void => {
    const instance = instances.get(String(payload['id']));
    const current = instance !== undefined && (payload['life'] === undefined || payload['life'] === instance.life);
    if (instance && current) instances.put({ ...instance, ...changes(instance) });
  };
  /** What is stuck goes on when the flag is gone. */
  const onTimer = (kind: string, handler: (payload: Record<string, unknown>) => void): void =>
    world.onTimer(kind, (payload) => {
      if (world.hasFlag('action-stuck', String(payload['id']))) world.schedule(kind, payload, STUCK_RECHECK_MS);
      else handler(payload);
    });
  onTimer('vultr-install', (payload) => {
    // What was stuck goes on in no order, so the last step brings those before it along.
    const steps = payload['step'] === 'ok' ? INSTALLATION : [String(payload['step'])];
    for (const step of steps) change(payload, (instance) => afterStep(world, instance, step));
  });
  onTimer('vultr-removed', (payload) => {
    instances.delete(String(payload['id']));
    gone(String(payload['id']));
  });
  onTimer('vultr-power', (payload) => change(payload, () => ({ power: payload['power'] === 'running' ? 'running' : 'stopped' })));
  onTimer('vultr-upgraded', (payload) => change(payload, () => ({ plan: String(payload['plan']), status: 'active' })));
}

function afterStep(world: SimWorld, instance: SimInstance, step: string): Partial<SimInstance> {
  // A late one of an installation that is over.
  if (instance.server === 'ok') return {};
  if (step === 'active') return { status: 'active', server: 'locked' };
  if (step === 'installing') return { server: 'installing' };
  if (step === 'ok') return { server: 'ok' };
  return {
    mainIp: instance.mainIp !== '' || !instance.publicIpv4 ? instance.mainIp : world.allocateIpv4(),
    mainIpv6: instance.mainIpv6 !== '' || !instance.ipv6 ? instance.mainIpv6 : world.allocateIpv6(),
  };
}

/** 15 characters in the manner of Vultr's. */
export function makePassword(world: SimWorld): string {
  const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789!#{}+?=';
  const bytes = Buffer.from(world.hex(24), 'hex');
  return `a5{B${[...bytes].map((byte) => alphabet[byte % alphabet.length]).join('')}`;
}

/** The instance as answers show it; `password` only where Vultr tells it. */
export function present(instance: SimInstance, password?: string): Record<string, unknown> {
  const plan = planOf(instance.plan);
  const hasIp = instance.mainIp !== '';
  const network = instance.mainIpv6 === '' ? '' : `${instance.mainIpv6.split(':').slice(0, 4).join(':')}::`;
  return {
    id: instance.id,
    os: SYSTEMS.find((os) => os.id === instance.os_id)?.name ?? 'Application',
    ram: plan.ram,
    disk: plan.disk,
    main_ip: hasIp ? instance.mainIp : '0.0.0.0',
    vcpu_count: plan.vcpu_count,
    region: instance.region,
    plan: instance.plan,
    date_created: vultrDate(instance.createdMs),
    status: instance.status,
    allowed_bandwidth: plan.bandwidth,
    netmask_v4: hasIp ? '255.255.254.0' : '',
    gateway_v4: hasIp ? instance.mainIp.replace(/\d+$/, '1') : '0.0.0.0',
    power_status: instance.power,
    server_status: instance.server,
    v6_network: network,
    v6_main_ip: instance.mainIpv6,
    v6_network_size: network === '' ? 0 : 64,
    label: instance.label,
    internal_ip: '',
    kvm: hasIp ? `https://my.vultr.com/subs/vps/novnc/api.php?data=${instance.id}` : '',
    hostname: instance.hostname,
    tag: instance.tags[0] ?? '',
    tags: instance.tags,
    os_id: instance.os_id,
    app_id: instance.app_id,
    image_id: instance.image_id,
    snapshot_id: instance.snapshot_id,
    firewall_group_id: instance.firewall_group_id,
    features: [
      ...(instance.ipv6 ? ['ipv6'] : []),
      ...(instance.backups ? ['auto_backups'] : []),
      ...(instance.ddos ? ['ddos_protection'] : []),
    ],
    user_scheme: instance.user_scheme,
    vpc_only: false,
    ...(password === undefined ? {} : { default_password: password }),
  };
}

/** Sold-out marks are `plan/region`. */
export function inStock(world: SimWorld, plan: SimPlan, region: string): boolean {
  return plan.locations.includes(region) && world.collection('sold-out').get(`${plan.id}/${region}`) === undefined;
}

/** Larger plans of the same type in the same region. */
export function upgradesOf(world: SimWorld, instance: SimInstance): SimPlan[] {
  const now = planOf(instance.plan);
  return PLANS.filter(
    (plan) =>
      plan.id !== now.id && plan.type === now.type && plan.disk >= now.disk && plan.ram >= now.ram && inStock(world, plan, instance.region),
  );
}
