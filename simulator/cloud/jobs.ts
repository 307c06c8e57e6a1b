/**
 * What a provider does in its own time. A job may lock its server; its effect is data, applied when it ends, so a simulator that was
 * killed in the middle goes on where it was. Jobs that wait for another start at that one's end.
 */
import type { Collection, SimWorld } from '../../providers/simulation.ts';
import type { Effect, SimImage, SimJob, SimServer } from './model.ts';

const STUCK_RECHECK_MS = 5_000;

export interface JobRequest {
  readonly command: string;
  /** Realistic milliseconds. */
  readonly ms: number;
  /** How the server looks meanwhile. */
  readonly during?: Partial<SimServer>;
  readonly ending?: Effect;
  /** Nothing else is done to the server meanwhile; true unless told. */
  readonly locks?: boolean;
  /** Further resources it is about. */
  readonly about?: readonly { readonly type: string; readonly id: string }[];
  /** Starts when that one has ended well. */
  readonly after?: SimJob;
}

/** What jobs work on: the cloud whose they are. */
export interface Workplace {
  readonly world: SimWorld;
  readonly servers: Collection<SimServer>;
  readonly images: Collection<SimImage>;
  nextId(of?: string): string;
  erase(id: string): boolean;
  keepBackups(id: string, kept: number): void;
}

type StoredJob = SimJob & { after: string | null; during: Partial<SimServer>; locks: boolean };

export class Jobs {
  readonly #cloud: Workplace;
  readonly #jobs: Collection<StoredJob>;
  #ended: (job: SimJob) => void = () => undefined;
  constructor(cloud: Workplace) {
    this.#cloud = cloud;
    this.#jobs = cloud.world.collection('jobs');
  }

  get(id: string): SimJob | undefined {
    return this.#jobs.get(id);
  }
  of(account: string, predicate: (job: SimJob) => boolean = () => true): SimJob[] {
    return this.#jobs.filter((job) => job.account === account && predicate(job));
  }

  /** Starts work on a server. */
  start(server: SimServer, asked: JobRequest): SimJob {
    const waiting = asked.after !== undefined;
    const job = this.#jobs.put({
      id: this.#cloud.nextId('job'),
      account: server.account,
      command: asked.command,
      serverId: server.id,
      resources: [...(server.id === '' ? [] : [{ type: 'server', id: server.id }]), ...(asked.about ?? [])],
      status: waiting ? 'waiting' : 'running',
      startedMs: this.#cloud.world.now(),
      finishedMs: null,
      error: null,
      effect: asked.ending ?? {},
      realisticMs: asked.ms,
      after: asked.after?.id ?? null,
      during: asked.during ?? {},
      locks: asked.locks ?? true,
    });
    if (!waiting) this.#begin(job.id);
    return job;
  }
  /** Work on something that is no server. */
  startOn(account: string, about: { type: string; id: string }[], command: string, ms: number): SimJob {
    return this.start({ id: '', account } as SimServer, { command, ms, about, locks: false });
  }

  /** Takes over a job of a former release; one that was under way ends soon. */
  adopt(job: SimJob): void {
    this.#jobs.put({ ...job, after: null, during: {}, locks: true });
    if (job.status === 'running') this.#cloud.world.schedule('job-end', { id: job.id }, 0);
  }
  /** What the wire keeps of its own changes with the end of a job, good or bad; `run` comes after its effect. */
  whenEnded(run: (job: SimJob) => void): void {
    this.#ended = run;
  }

  handleTimers(): void {
    this.#cloud.world.onTimer('job-end', (payload) => this.#end(String(payload['id'])));
  }

  #begin(id: string): void {
    const job = this.#jobs.get(id)!;
    this.#jobs.put({ ...job, status: 'running', startedMs: this.#cloud.world.now() });
    const server = this.#cloud.servers.get(job.serverId);
    if (server) this.#cloud.servers.put({ ...server, ...job.during, ...(job.locks ? { lockedBy: job.id } : {}) });
    this.#cloud.world.schedule('job-end', { id: job.id }, job.realisticMs);
  }

  #end(id: string): void {
    const job = this.#jobs.get(id);
    if (!job || job.status !== 'running') return;
    const { world } = this.#cloud;
    if (world.hasFlag('action-stuck', job.serverId)) return world.schedule('job-end', { id }, STUCK_RECHECK_MS);
    const isOvertaken = this.#isOvertaken(job);
    const fails = isOvertaken || world.hasFlag('action-fails', job.serverId);
    const error = fails ? { code: 'action_failed', message: 'Action failed' } : null;
    this.#jobs.put({ ...job, status: fails ? 'error' : 'success', finishedMs: world.now(), error });
    if (fails) this.#fail(job, isOvertaken);
    else this.#apply(job);
    this.#ended(this.#jobs.get(id)!);
    const next = this.#jobs.find((each) => each.after === id && each.status === 'waiting');
    if (next && !fails) this.#begin(next.id);
    else if (next) this.#jobs.put({ ...next, status: 'error', finishedMs: world.now(), error });
  }

  /** Its server is being deleted meanwhile: nothing that it would change is there any more. */
  #isOvertaken({ id, serverId, locks }: StoredJob): boolean {
    const holder = this.#jobs.get(this.#cloud.servers.get(serverId)?.lockedBy ?? '');
    return locks && holder !== undefined && holder.id !== id && holder.effect.erase === true;
  }

  #apply({ id, serverId, effect }: SimJob): void {
    const { servers, images } = this.#cloud;
    const server = servers.get(serverId);
    const extra = { ...server?.extra, ...effect.server?.extra };
    if (server) servers.put({ ...server, ...effect.server, extra, lockedBy: server.lockedBy === id ? null : server.lockedBy });
    const image = effect.image === undefined ? undefined : images.get(effect.image.id);
    if (image) images.put({ ...image, ...effect.image!.changes });
    if (effect.keptBackups !== undefined) this.#cloud.keepBackups(serverId, effect.keptBackups);
    if (effect.erase) this.#cloud.erase(serverId);
  }
  #fail({ id, serverId, effect }: SimJob, isOvertaken: boolean): void {
    const { servers, images } = this.#cloud;
    const server = servers.get(serverId);
    if (server && !isOvertaken) servers.put({ ...server, phase: 'ready', lockedBy: server.lockedBy === id ? null : server.lockedBy });
    const image = effect.image === undefined ? undefined : images.get(effect.image.id);
    if (image) images.put({ ...image, state: 'failed' });
  }
}
