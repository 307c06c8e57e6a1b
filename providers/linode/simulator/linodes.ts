/** What Linode's servers have beside what every cloud's have, and the jobs and events that change it over time. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { type Effect, type Phase, Refusal, type SimJob, type SimServer } from '../../../simulator/cloud/model.ts';
import type { Call } from '../../../simulator/cloud/wire.ts';
import type { Collection, SimWorld } from '../../simulation.ts';
import { type LinodeType, TIMES, TYPES } from './data.ts';
import { no, stamp } from './wire.ts';

export interface SimDisk {
  id: number;
  label: string;
  /** MB. */
  size: number;
  filesystem: string;
  status: string;
  created: string;
  updated: string;
}

export type Extra = {
  updatedMs: number;
  group: string;
  watchdog: boolean;
  alerts: Record<string, number>;
  privateIpv4: string[];
  hostUuid: string;
  encrypted: boolean;
  swapSize: number;
  disks: SimDisk[];
  configId: number;
  /** What was set of the configuration since. */
  config: { set: Record<string, unknown>; updatedMs: number } | null;
  /** Counts the orders of the backup service, so that the schedule of a cancelled one ends. */
  backupOrders: number;
  /** When the newest backup was finished. */
  lastBackupMs: number | null;
  /** The rescue system runs in place of its own; the API does not show it. */
  rescue: boolean;
  /** "Linode busy." until then, a moment beyond the end of a job. */
  busyUntilMs: number;
};
export type Linode = Omit<SimServer, 'extra'> & { extra: Extra };

/** What a job's end needs to know; `fails` is why it will fail. */
export type Work = { [What in 'boot' | 'rescue' | 'autoResize']?: boolean } & {
  [What in 'type' | 'region' | 'image' | 'backup' | 'fails']?: string;
};

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
  work?: Work;
}

/** What else happens when a job of one kind ends. */
type Ending = (linode: Linode, work: Work, failed: boolean) => void;

/** Linode goes on answering "Linode busy." for a moment after a boot. */
const BUSY_TAIL_MS = 4_000;
const NO_TAIL = ['linode_shutdown', 'disk_imagize'];

/** How the API shows a server meanwhile; without a status it stays as it is. */
const JOBS: Readonly<Record<string, { ms: number; status?: string; phase?: Phase }>> = {
  linode_create: { ms: TIMES.create, status: 'provisioning', phase: 'creating' },
  linode_boot: { ms: TIMES.start, status: 'booting', phase: 'starting' },
  linode_shutdown: { ms: TIMES.stop, status: 'shutting_down', phase: 'stopping' },
  linode_reboot: { ms: TIMES.reboot, status: 'rebooting', phase: 'starting' },
  linode_resize: { ms: TIMES.resize, status: 'resizing', phase: 'resizing' },
  linode_rebuild: { ms: TIMES.rebuild, status: 'rebuilding', phase: 'rebuilding' },
  linode_migrate_datacenter: { ms: TIMES.migrate, status: 'migrating', phase: 'resizing' },
  linode_delete: { ms: TIMES.remove, status: 'deleting', phase: 'deleting' },
  disk_imagize: { ms: TIMES.snapshot },
  backups_restore: { ms: TIMES.restore, status: 'restoring', phase: 'rebuilding' },
};

export class Linodes {
  readonly cloud: Cloud;
  readonly world: SimWorld;
  readonly all: Collection<Linode>;
  readonly events: Collection<SimEvent>;
  readonly #endings = new Map<string, Ending>();

  constructor(cloud: Cloud) {
    this.cloud = cloud;
    this.world = cloud.world;
    this.all = cloud.world.collection<Linode>('instances');
    this.events = cloud.world.collection<SimEvent>('events');
  }
  /** Follows the world's jobs; once per world. */
  start(): void {
    this.cloud.jobs.whenEnded((job) => this.#ended(job));
  }
  atEndOf(action: string, ending: Ending): void {
    this.#endings.set(action, ending);
  }

  one(call: Call): Linode {
    return this.own(call.account.id, call.param('id'));
  }
  own(account: string, id: string): Linode {
    return this.cloud.server(account, id) as Linode;
  }
  of({ account }: Call): Linode[] {
    return this.all.filter((linode) => linode.account === account.id);
  }
  /** @throws Refusal while a job runs, and a moment longer. */
  refuseBusy({ lockedBy, extra }: Linode): void {
    if (lockedBy !== null || this.world.now() < extra.busyUntilMs) throw new Refusal('locked', 'Linode busy.');
  }
  /** The job that runs on this server, or null. */
  running({ lockedBy }: SimServer): string | null {
    return lockedBy === null ? null : (this.cloud.jobs.get(lockedBy)?.command ?? null);
  }
  statusOf(server: SimServer): string {
    return JOBS[this.running(server) ?? '']?.status ?? (server.power === 'on' ? 'running' : 'offline');
  }

  save(linode: Linode, extra: Partial<Extra> = {}, changes: Partial<Omit<Linode, 'extra'>> = {}): Linode {
    const now = this.all.get(linode.id) ?? linode;
    return this.cloud.change(now, { ...changes, extra: { ...now.extra, ...extra, updatedMs: this.world.now() } }) as Linode;
  }

  note(linode: Linode, action: string, status: string, secondary: SimEvent['secondary'] = null): SimEvent {
    return this.events.put({
      id: String(this.world.nextInt('event', 900_000_001)),
      account: linode.account,
      action,
      status,
      createdMs: this.world.now(),
      durationMs: 0,
      entity: { id: Number(linode.id), label: linode.name, type: 'linode', url: `/v4/linode/instances/${linode.id}` },
      secondary,
      seen: false,
      read: false,
      message: null,
    });
  }
  begin(linode: Linode, action: string, work: Work = {}, secondary: SimEvent['secondary'] = null): void {
    this.run(this.save(linode), this.note(linode, action, 'started', secondary), work);
  }
  /** Starts the job that an event tells of. */
  run(linode: Linode, event: SimEvent, work: Work): void {
    this.events.put({ ...event, work });
    const { ms, phase } = JOBS[event.action]!;
    this.cloud.jobs.start(linode, {
      command: event.action,
      ms,
      during: phase === undefined ? {} : { phase, power: 'off' },
      ending: phase === undefined ? {} : this.#effect(event.action, work),
      about: [{ type: 'event', id: event.id }],
    });
  }

  #effect(action: string, { type, region }: Work): Effect {
    const ready = { phase: 'ready', power: 'off' } as const;
    switch (action) {
      case 'linode_delete':
        return { erase: true };
      case 'linode_boot':
      case 'linode_reboot':
        return { server: { ...ready, power: 'on' } };
      case 'linode_resize':
        return { server: { ...ready, plan: String(type), diskGb: typeOf(String(type)).disk / 1024 } };
      case 'linode_migrate_datacenter': {
        const [ipv4, ipv6] = [this.world.allocateIpv4(), this.world.allocateIpv6()];
        return { server: { ...ready, region: String(region), ipv4, ipv6, reverse: {} } };
      }
      default:
        return { server: ready };
    }
  }

  #ended(job: SimJob): void {
    const event = this.events.get(job.resources.find(({ type }) => type === 'event')?.id ?? '');
    const linode = this.all.get(job.serverId);
    if (!event || (!linode && job.command !== 'linode_delete')) return;
    const { work = {}, action, createdMs } = event;
    const message = job.status === 'error' ? 'The job failed on the host.' : (work.fails ?? null);
    const failed = message !== null;
    this.events.put({ ...event, status: failed ? 'failed' : 'finished', message, durationMs: this.world.now() - createdMs });
    if (!linode) return;
    const ended = this.save(linode, failed ? {} : this.#left(linode, action, work));
    this.#endings.get(action)?.(ended, work, failed);
    if (work.boot === true && !failed) this.begin(ended, 'linode_boot');
  }
  /** What a job that ended well leaves behind. */
  #left({ plan, extra }: Linode, action: string, work: Work): Partial<Extra> {
    const tail = NO_TAIL.includes(action) ? {} : { busyUntilMs: this.world.now() + this.world.scale(BUSY_TAIL_MS) };
    if (action === 'linode_boot' || action === 'linode_reboot') return { ...tail, rescue: work.rescue === true };
    if (action === 'linode_create' || action === 'linode_rebuild')
      return { ...tail, disks: extra.disks.map((disk) => ({ ...disk, status: 'ready' })) };
    if (action !== 'linode_resize' || work.autoResize !== true) return tail;
    const main = extra.disks.find(({ filesystem }) => filesystem !== 'swap');
    const size = typeOf(plan).disk - extra.swapSize;
    return { ...tail, disks: extra.disks.map((disk) => (disk === main ? { ...disk, size } : disk)) };
  }

  /** The disks an image deployment makes: one for the system, one for swap. */
  makeDisks(type: LinodeType, label: string, swapSize: number): SimDisk[] {
    const now = stamp(this.world.now());
    const disk = (name: string, filesystem: string, size: number): SimDisk => {
      const id = this.world.nextInt('disk', 80_000_001);
      return { id, label: name, filesystem, size, status: 'not ready', created: now, updated: now };
    };
    const system = disk(`${label} Disk`, 'ext4', type.disk - swapSize);
    return swapSize > 0 ? [system, disk(`${swapSize} MB Swap Image`, 'swap', swapSize)] : [system];
  }
  nextConfig(): number {
    return this.world.nextInt('config', 60_000_001);
  }
}

export function typeOf(id: string): LinodeType {
  const type = TYPES.find((each) => each.id === id);
  if (!type) throw no('A valid plan type by that ID was not found', 'type');
  return type;
}
