/** What the simulated Linode remembers, and the jobs that change it over time. */
import type { Collection, SimWorld } from '../../simulation.ts';
import { Refusal, stamp } from './simulator-http.ts';
import { TYPES, type SimType } from './simulator-types.ts';

export interface SimDisk {
  id: number;
  label: string;
  size: number;
  filesystem: string;
  status: string;
  created: string;
  updated: string;
}

export interface Linode {
  id: string;
  account: string;
  label: string;
  type: string;
  region: string;
  image: string | null;
  group: string;
  tags: string[];
  status: string;
  publicIpv4: string[];
  privateIpv4: string[];
  ipv6: string;
  rdns: Record<string, string | null>;
  createdMs: number;
  updatedMs: number;
  alerts: Record<string, number>;
  backups: boolean;
  /** Counts the orders of the backup service, so that the schedule of a cancelled one ends. */
  backupOrders?: number;
  /** When the newest backup was finished. */
  lastBackupMs?: number | null;
  /** The rescue system runs instead of its own; the API does not show it. */
  rescue?: boolean;
  watchdog: boolean;
  rootPass: string;
  authorizedKeys: string[];
  userData: string | null;
  hostUuid: string;
  encrypted: boolean;
  swapSize: number;
  disks: SimDisk[];
  configId: number;
  /** What was set of the configuration since. */
  config?: { set: Record<string, unknown>; updatedMs: number };
  /** Id of the running job's event, or null. */
  job: string | null;
  /** "Linode busy." until then, a moment beyond the end of a job. */
  busyUntilMs: number;
  interfaces: Record<string, unknown>[];
}

export interface SimEvent {
  id: string;
  account: string;
  action: string;
  status: string;
  createdMs: number;
  durationMs: number;
  entity: { id: number; label: string; type: string; url: string } | null;
  secondary: { id: string | number; label: string; type: string; url: string } | null;
  seen: boolean;
  read: boolean;
  message: string | null;
}

/** What a timer carries: which job ends, and what it then does. */
export interface JobEnd {
  readonly event: string;
  readonly linode: string;
  readonly action: string;
  readonly args: Record<string, unknown>;
  readonly [key: string]: unknown;
}

/** What else happens when a job of one kind ends, before the server is stored. */
export type Ending = (linode: Linode, args: Record<string, unknown>, failed: boolean) => void;

const STUCK_RECHECK_MS = 5_000;
/** Linode goes on answering "Linode busy." for a moment after a boot. */
const BUSY_TAIL_MS = 4_000;

/** Realistic durations in ms and the state shown meanwhile; null = the server's state stays as it is. */
const JOBS: Readonly<Record<string, { status: string | null; ms: number }>> = {
  linode_create: { status: 'provisioning', ms: 14_000 },
  linode_boot: { status: 'booting', ms: 26_000 },
  linode_shutdown: { status: 'shutting_down', ms: 9_000 },
  linode_reboot: { status: 'rebooting', ms: 30_000 },
  linode_resize: { status: 'resizing', ms: 120_000 },
  linode_rebuild: { status: 'rebuilding', ms: 25_000 },
  linode_migrate_datacenter: { status: 'migrating', ms: 180_000 },
  linode_delete: { status: 'deleting', ms: 6_000 },
  disk_imagize: { status: null, ms: 140_000 },
  backups_restore: { status: 'restoring', ms: 60_000 },
};

export class State {
  readonly world: SimWorld;
  readonly linodes: Collection<Linode>;
  readonly events: Collection<SimEvent>;
  readonly #endings = new Map<string, Ending>();

  constructor(world: SimWorld) {
    this.world = world;
    this.linodes = world.collection<Linode>('instances');
    this.events = world.collection<SimEvent>('events');
    world.onTimer('job', (payload) => this.#jobEnds(payload as JobEnd));
  }

  atEndOf(action: string, ending: Ending): void {
    this.#endings.set(action, ending);
  }

  own(account: string, id: string | undefined): Linode {
    const found = this.linodes.get(id ?? '');
    if (!found || found.account !== account) throw new Refusal(404, 'Not found');
    return found;
  }

  save(linode: Linode): Linode {
    linode.updatedMs = this.world.now();
    return this.linodes.put(linode);
  }

  refuseBusy(linode: Linode): void {
    if (linode.job !== null || this.world.now() < linode.busyUntilMs) throw new Refusal(400, 'Linode busy.');
  }

  note(linode: Linode, action: string, status: string, secondary: SimEvent['secondary'] = null): SimEvent {
    const id = String(this.world.nextInt('event', 900_000_001));
    const entity = { id: Number(linode.id), label: linode.label, type: 'linode', url: `/v4/linode/instances/${linode.id}` };
    return this.events.put({
      id,
      account: linode.account,
      action,
      status,
      createdMs: this.world.now(),
      durationMs: 0,
      entity,
      secondary,
      seen: false,
      read: false,
      message: null,
    });
  }

  /** Starts a job: shows its state, writes its event, and ends it by a timer that survives a restart. `args.fails` is why it will fail. */
  begin(linode: Linode, action: string, args: Record<string, unknown> = {}, secondary: SimEvent['secondary'] = null): void {
    const { status, ms } = JOBS[action]!;
    const event = this.note(linode, action, 'started', secondary);
    if (status !== null) linode.status = status;
    linode.job = event.id;
    this.save(linode);
    const end: JobEnd = { event: event.id, linode: linode.id, action, args };
    this.world.schedule('job', end, ms);
  }

  #jobEnds(end: JobEnd): void {
    const linode = this.linodes.get(end.linode);
    const event = this.events.get(end.event);
    if (!linode || !event || linode.job !== event.id) return;
    if (this.world.hasFlag('action-stuck', linode.id)) {
      this.world.schedule('job', end, STUCK_RECHECK_MS);
      return;
    }
    const failure = this.world.hasFlag('action-fails', linode.id) ? 'The job failed on the host.' : end.args.fails;
    const failed = typeof failure === 'string';
    event.status = failed ? 'failed' : 'finished';
    event.message = failed ? failure : null;
    event.durationMs = this.world.now() - event.createdMs;
    this.events.put(event);
    linode.job = null;
    this.#endings.get(end.action)?.(linode, end.args, failed);
    if (JOBS[end.action]!.status === null) this.save(linode);
    else if (failed) {
      linode.status = 'offline';
      this.save(linode);
    } else this.#finish(linode, end);
  }

  /** The job that runs on this server, or null. */
  running(linode: Linode): string | null {
    return linode.job === null ? null : (this.events.get(linode.job)?.action ?? null);
  }

  #finish(linode: Linode, { action, args }: JobEnd): void {
    if (action === 'linode_delete') {
      this.linodes.delete(linode.id);
      return;
    }
    linode.status = 'offline';
    if (action === 'linode_boot' || action === 'linode_reboot') {
      linode.status = 'running';
      linode.rescue = args.rescue === true;
    }
    if (action === 'linode_create' || action === 'linode_rebuild') for (const disk of linode.disks) disk.status = 'ready';
    if (action === 'linode_resize') this.#resized(linode, args);
    if (action === 'linode_migrate_datacenter') this.#moved(linode, String(args.region));
    if (action !== 'linode_shutdown') linode.busyUntilMs = this.world.now() + this.world.scale(BUSY_TAIL_MS);
    this.save(linode);
    if (args.boot === true) this.begin(linode, 'linode_boot');
  }

  #resized(linode: Linode, args: Record<string, unknown>): void {
    const type = typeOf(String(args.type));
    linode.type = type.id;
    const main = linode.disks.find(({ filesystem }) => filesystem !== 'swap');
    if (args.autoResize === true && main) main.size = type.disk - linode.swapSize;
  }

  #moved(linode: Linode, region: string): void {
    linode.region = region;
    linode.publicIpv4 = linode.publicIpv4.map(() => this.world.allocateIpv4());
    linode.ipv6 = this.world.allocateIpv6();
    linode.rdns = {};
  }

  /** The disks an image deployment makes: one for the system, one for swap. */
  makeDisks(type: SimType, label: string, swapSize: number): SimDisk[] {
    const now = stamp(this.world.now());
    const disk = (name: string, filesystem: string, size: number): SimDisk => {
      const id = this.world.nextInt('disk', 80_000_001);
      return { id, label: name, filesystem, size, status: 'not ready', created: now, updated: now };
    };
    const system = disk(`${label} Disk`, 'ext4', type.disk - swapSize);
    return swapSize > 0 ? [system, disk(`${swapSize} MB Swap Image`, 'swap', swapSize)] : [system];
  }
}

export function typeOf(id: string): SimType {
  const type = TYPES.find((each) => each.id === id);
  if (!type) throw new Refusal(400, 'A valid plan type by that ID was not found', 'type');
  return type;
}
