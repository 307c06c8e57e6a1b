/**
 * One simulated cloud: servers and what belongs to them, with jobs that take realistic time, stock that runs out,
 * listings that lag and paid periods that end. A provider's wire tells of it in the provider's own words.
 *
 * Flags (`POST /_simulator/faults {kind: "flag"}`), with a server's id as `objectId` or for all:
 * `action-stuck` no job ends · `action-fails` jobs end in an error · `keep-on-delete` a delete is accepted and does nothing ·
 * `list-lag` lists miss it · `unpaid` purchases are refused for payment · `no-capacity` creates fail although the catalogue offers.
 */
import { createHash } from 'node:crypto';
import type { Collection, SimAccount, SimWorld } from '../../providers/simulation.ts';
import { type ConsoleFace, consoleToken } from './console/console.ts';
import { type JobRequest, Jobs } from './jobs.ts';
import {
  Refusal,
  type Schedule,
  type Sheet,
  type SimFirewall,
  type SimImage,
  type SimJob,
  type SimKey,
  type SimPlan,
  type SimScript,
  type SimServer,
} from './model.ts';

const DAY_MS = 86_400_000;
/** The first backup of a server comes soon after they were ordered, the next every day; the provider keeps the last few. */
const DAILY: Schedule = { firstMs: 600_000, everyMs: DAY_MS, kept: 7, name: (day) => `Backup ${day}` };

export interface NewServer {
  /** Where the provider's id is no number of its own. */
  readonly id?: string;
  readonly name: string;
  readonly region: string;
  readonly plan: string;
  readonly image?: string;
  readonly labels?: Record<string, string>;
  readonly userData?: string;
  readonly password?: string;
  readonly keyIds?: string[];
  /** The address, where the caller chose it. */
  readonly ipv4?: boolean | string;
  readonly ipv6?: boolean;
  readonly backups?: boolean;
  readonly power?: 'on' | 'off';
  readonly phase?: SimServer['phase'];
  readonly paidUntilMs?: number;
  readonly extra?: Record<string, unknown>;
}

export class Cloud {
  readonly world: SimWorld;
  readonly sheet: Sheet;
  readonly jobs: Jobs;
  readonly servers: Collection<SimServer>;
  readonly images: Collection<SimImage>;
  readonly keys: Collection<SimKey>;
  readonly firewalls: Collection<SimFirewall>;
  readonly scripts: Collection<SimScript>;

  constructor(world: SimWorld, sheet: Sheet) {
    this.world = world;
    this.sheet = sheet;
    this.servers = world.collection<SimServer>('instances');
    this.images = world.collection<SimImage>('images');
    this.keys = world.collection<SimKey>('keys');
    this.firewalls = world.collection<SimFirewall>('firewalls');
    this.scripts = world.collection<SimScript>('scripts');
    this.jobs = new Jobs(this);
  }
  /** Registers the world's timers; once per world. */
  start(): void {
    this.jobs.handleTimers();
    this.world.onTimer('period-end', (payload) => this.#endPeriod(String(payload['id'])));
    this.world.onTimer('backup', (payload) => this.#backUp(String(payload['id']), payload['atMs']));
    this.world.onTimer('taken', (payload) => this.erase(String(payload['id'])));
  }

  /** A new id, as this provider numbers its things. */
  nextId(of = 'any'): string {
    const numbers = this.sheet.ids[of] ?? this.sheet.ids['any'];
    return numbers ? String(this.world.nextInt(...numbers)) : this.world.uuid();
  }
  planOf(id: string): SimPlan | undefined {
    return this.sheet.plans.find((plan) => plan.id === id);
  }
  inStock(plan: SimPlan, region: string): boolean {
    return plan.regions.includes(region) && this.world.collection('sold-out').get(`${plan.id}/${region}`) === undefined;
  }
  setStock(plan: string, region: string, available: boolean): boolean {
    if (this.planOf(plan) === undefined || !this.sheet.regions.some(({ id }) => id === region)) return false;
    const soldOut = this.world.collection('sold-out');
    if (available) soldOut.delete(`${plan}/${region}`);
    else soldOut.put({ id: `${plan}/${region}` });
    return true;
  }

  /** The servers of an account that its lists show now. */
  listed(account: string): SimServer[] {
    return this.servers.filter((server) => server.account === account && this.#visible(server, this.sheet.times.listLag, 'list-lag'));
  }
  /** @throws Refusal `not_found` for one that is not there, not this account's, or not to be seen yet. */
  server(account: string, id: string): SimServer {
    const server = this.servers.get(id);
    if (!server || server.account !== account || !this.#visible(server, this.sheet.times.itemLag, 'item-lag'))
      throw new Refusal('not_found', 'server not found');
    return server;
  }
  /** One with no job on it. @throws Refusal `locked` */
  free(account: string, id: string): SimServer {
    const server = this.server(account, id);
    if (server.lockedBy !== null) throw new Refusal('locked', 'server is locked');
    return server;
  }
  change(server: SimServer, changes: Partial<SimServer>): SimServer {
    const now = this.servers.get(server.id);
    return now ? this.servers.put({ ...now, ...changes }) : { ...server, ...changes };
  }

  /**
   * Makes a server of checked words; the job that makes it is the wire's to start.
   * @throws Refusal `invalid`, `sold_out`, `quota`, `unpaid`
   */
  make(account: SimAccount, asked: NewServer): SimServer {
    const plan = this.planOf(asked.plan);
    if (!plan) throw new Refusal('invalid', 'unknown plan', 'plan');
    if (!this.sheet.regions.some(({ id }) => id === asked.region)) throw new Refusal('invalid', 'unknown region', 'region');
    if (!plan.regions.includes(asked.region)) throw new Refusal('invalid', 'unsupported location for server type', 'plan');
    if (this.servers.filter((server) => server.account === account.id).length >= account.instanceLimit)
      throw new Refusal('quota', 'server limit reached');
    if (this.world.hasFlag('unpaid', account.id)) throw new Refusal('unpaid', 'payment was refused');
    if (!this.inStock(plan, asked.region) || this.world.hasFlag('no-capacity', asked.plan))
      throw new Refusal('sold_out', 'no capacity for this plan in this region');
    const server = this.servers.put({
      id: asked.id ?? this.nextId('server'),
      account: account.id,
      createdMs: this.world.now(),
      name: asked.name,
      region: asked.region,
      plan: plan.id,
      image: asked.image ?? '',
      diskGb: plan.diskGb,
      labels: asked.labels ?? {},
      userData: asked.userData ?? '',
      password: asked.password ?? this.password(),
      keyIds: asked.keyIds ?? [],
      ipv4: typeof asked.ipv4 === 'string' ? asked.ipv4 : asked.ipv4 === false ? '' : this.world.allocateIpv4(),
      ipv6: asked.ipv6 === false ? '' : this.world.allocateIpv6(),
      reverse: {},
      phase: asked.phase ?? 'creating',
      power: asked.power ?? 'off',
      backups: asked.backups ?? false,
      rescue: null,
      lockedBy: null,
      protection: {},
      paidUntilMs: asked.paidUntilMs ?? null,
      renews: asked.paidUntilMs !== undefined,
      extra: asked.extra ?? {},
    });
    if (server.paidUntilMs !== null) this.world.scheduleAt('period-end', { id: server.id }, server.paidUntilMs);
    return server.backups ? this.scheduleBackups(server) : server;
  }
  /** Orders the provider's own backups, or ends them; those that are there go with the order. */
  setBackups(server: SimServer, backups: boolean): SimServer {
    if (!backups) this.keepBackups(server.id, 0);
    const changed = this.change(server, { backups, ...(backups ? {} : { nextBackupMs: null }) });
    return backups && !server.backups ? this.scheduleBackups(changed) : changed;
  }
  /** Begins a server's schedule, or begins it anew. */
  scheduleBackups(server: SimServer): SimServer {
    return this.#nextBackup(server, this.#scheduleOf(server).firstMs);
  }
  /** Drops all but the newest. */
  keepBackups(id: string, kept: number): void {
    const backups = this.images.filter((each) => each.kind === 'backup' && each.serverId === id);
    for (const old of backups.slice(0, Math.max(0, backups.length - kept))) this.images.delete(old.id);
  }
  /** Pays a server for a further period. */
  extend(server: SimServer): SimServer {
    const paidUntilMs = monthsAfter(server.paidUntilMs ?? this.world.now(), Number(server.extra['periodMonths'] ?? 1));
    this.world.scheduleAt('period-end', { id: server.id }, paidUntilMs);
    return this.change(server, { paidUntilMs });
  }
  /** What opens a server's console for a minute. */
  openConsole(server: SimServer, face: ConsoleFace): { token: string; password: string } {
    return consoleToken(this.world, server, face);
  }

  /** Gone without trace, with its backups and its place in firewalls; snapshots stay. */
  erase(id: string): boolean {
    for (const image of this.images.filter((each) => each.serverId === id && (each.kind === 'backup' || this.sheet.snapshotsDie === true)))
      this.images.delete(image.id);
    for (const firewall of this.firewalls.filter((each) => each.servers.includes(id)))
      this.firewalls.put({ ...firewall, servers: firewall.servers.filter((server) => server !== id) });
    return this.servers.delete(id);
  }

  /** A snapshot or backup that a job of `command` fills. */
  snapshot(
    server: SimServer,
    asked: { name: string; kind: SimImage['kind']; labels?: Record<string, string> },
    command: string,
    locks = true,
    more: Partial<JobRequest> = {},
  ): { image: SimImage; job: SimJob } {
    const image = this.images.put({
      id: this.nextId('image'),
      account: server.account,
      createdMs: this.world.now(),
      kind: asked.kind,
      name: asked.name,
      labels: asked.labels ?? {},
      serverId: server.id,
      serverName: server.name,
      region: server.region,
      base: server.image,
      diskGb: server.diskGb,
      sizeGb: null,
      state: 'creating',
      password: server.password,
    });
    const done = { state: 'available' as const, sizeGb: Math.max(0.3, Math.round(server.diskGb * 0.6) / 10) };
    const job = this.jobs.start(server, {
      command,
      ms: this.sheet.times.snapshot,
      locks,
      ...more,
      ending: { ...more.ending, image: { id: image.id, changes: done } },
      about: [{ type: 'image', id: image.id }, ...(more.about ?? [])],
    });
    return { image, job };
  }

  /** @throws Refusal `invalid` for what is no OpenSSH public key, `taken` for a name or key that the account has, where `unique`. */
  addKey(account: string, asked: { name: string; publicKey: string; labels?: Record<string, string> }, unique: boolean): SimKey {
    const blob = /^(?:ssh|ecdsa|sk)-\S+ ([A-Za-z0-9+/]+=*)(?: |$)/.exec(asked.publicKey.trim())?.[1];
    if (blob === undefined) throw new Refusal('invalid', 'invalid public key', 'public_key');
    const digest = createHash('md5').update(Buffer.from(blob, 'base64')).digest('hex');
    const fingerprint = digest.match(/../g)!.join(':');
    const rival = this.keys.find((key) => key.account === account && (key.fingerprint === fingerprint || key.name === asked.name));
    if (unique && rival)
      throw new Refusal('taken', rival.fingerprint === fingerprint ? 'SSH key not unique' : 'name is already used', 'public_key');
    const { name, publicKey } = asked;
    const key = { id: this.nextId('key'), account, createdMs: this.world.now(), name, publicKey, fingerprint, labels: asked.labels ?? {} };
    return this.keys.put(key);
  }

  addFirewall(account: string, asked: { name: string; rules: unknown[]; labels?: Record<string, string> }): SimFirewall {
    const { name, rules } = asked;
    const bare = { id: this.nextId('firewall'), account, createdMs: this.world.now(), name, rules, labels: asked.labels ?? {} };
    return this.firewalls.put({ ...bare, servers: [], stale: [] });
  }

  /** Of an account's things, the one with this id. @throws Refusal `not_found` */
  own<T extends { id: string; account: string }>(collection: Collection<T>, account: string, id: string, what: string): T {
    const found = collection.get(id);
    if (!found || found.account !== account) throw new Refusal('not_found', `${what} not found`);
    return found;
  }

  /** 20 characters that no rule of a provider refuses. */
  password(): string {
    const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';
    const bytes = Buffer.from(this.world.hex(32), 'hex');
    return `a5B${[...bytes].map((byte) => alphabet[byte % alphabet.length]).join('')}c`;
  }

  #scheduleOf(server: SimServer): Schedule {
    return this.sheet.backups?.(server) ?? DAILY;
  }
  #nextBackup(server: SimServer, inMs: number): SimServer {
    const atMs = this.world.now() + this.world.scale(inMs);
    this.world.scheduleAt('backup', { id: server.id, atMs }, atMs);
    return this.change(server, { nextBackupMs: atMs });
  }
  #backUp(id: string, atMs: unknown): void {
    const server = this.servers.get(id);
    // A timer of a schedule that was begun anew is void.
    if (!server?.backups || server.phase === 'deleting' || (server.nextBackupMs ?? undefined) !== atMs) return;
    const { everyMs, kept, name } = this.#scheduleOf(server);
    const asked = { name: name(new Date(this.world.now()).toISOString().slice(0, 10)), kind: 'backup' as const };
    this.snapshot(server, asked, '', false, { ending: { keptBackups: kept } });
    this.#nextBackup(server, everyMs);
  }
  /** The end of what is paid, in calendar time: a period more, or taken. */
  #endPeriod(id: string): void {
    const server = this.servers.get(id);
    // An older timer of one that was renewed since.
    if (!server || server.paidUntilMs === null || server.paidUntilMs > this.world.now()) return;
    if (server.renews) return void this.extend(server);
    this.servers.put({ ...server, phase: 'deleting', power: 'off' });
    this.world.schedule('taken', { id }, this.sheet.times.remove);
  }
  #visible(server: SimServer, lagMs: number, flag: string): boolean {
    return this.world.now() - server.createdMs >= this.world.scale(lagMs) && !this.world.hasFlag(flag, server.id);
  }
}

/** The same day of a later month, or that month's last one. */
export function monthsAfter(ms: number, months: number): number {
  const date = new Date(ms);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
}
