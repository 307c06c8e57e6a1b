/**
 * The world a simulated provider lives in: its objects, its clock and timers, its accounts with
 * their budgets, and its fault flags. Names are the provider's own: two providers never meet.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Collection, SimAccount, SimWorld, Simulation } from '../providers/simulation.ts';
import type { FaultSwitches } from './faults.ts';
import { isUnwritable, type Storage } from './storage.ts';

interface Timer {
  readonly id: string;
  readonly kind: string;
  readonly payload: Record<string, unknown>;
  readonly dueAt: number;
}

export interface WorldOptions {
  readonly simulation: Simulation;
  readonly storage: Storage;
  readonly faults: FaultSwitches;
  /** Realistic milliseconds per real one. */
  readonly speed: number;
  readonly log: (message: string) => void;
}

/** Milliseconds that the clock of every world was advanced by. */
export const CLOCK = 'clock-advanced';
/** Until a timer that could not be written is tried again. */
const UNWRITABLE_MS = 1_000;
const DEFAULT_ACCOUNT: Omit<SimAccount, 'id'> = {
  revoked: false,
  readOnly: false,
  instanceLimit: 500,
  rateLimit: { requests: 5_000, perMs: 3_600_000 },
  createLimit: null,
  balance: 0,
};
/** RFC 5737 documentation networks, then RFC 2544's benchmark network: addresses nobody's packets reach. */
const IPV4_BLOCKS = [
  { first: ipv4Number('203.0.113.1'), size: 254 },
  { first: ipv4Number('198.51.100.1'), size: 254 },
  { first: ipv4Number('192.0.2.1'), size: 254 },
  { first: ipv4Number('198.18.0.1'), size: 131_000 },
];
const IPV4_TOTAL = IPV4_BLOCKS.reduce((sum, block) => sum + block.size, 0);

export class World implements SimWorld {
  readonly simulation: Simulation;
  readonly #storage: Storage;
  readonly #faults: FaultSwitches;
  readonly #speed: number;
  readonly #log: (message: string) => void;
  readonly #handlers = new Map<string, (payload: Record<string, unknown>) => void>();
  readonly #running = new Map<string, NodeJS.Timeout>();
  readonly #budgets = new Map<string, { windowEndsAt: number; used: number }>();
  #started = false;

  constructor(options: WorldOptions) {
    this.simulation = options.simulation;
    this.#storage = options.storage;
    this.#faults = options.faults;
    this.#speed = options.speed;
    this.#log = options.log;
  }

  /** Wall-clock time and what somebody advanced it by. */
  now(): number {
    return Date.now() + this.#storage.counter(CLOCK);
  }
  scale(realisticMs: number): number {
    return realisticMs / this.#speed;
  }
  collection<T extends { id: string }>(name: string): Collection<T> {
    return this.#storage.collection<T>(`${this.simulation.id}/${name}`);
  }
  /** How many documents a collection ever got, lost and has. */
  tally(name: string): { created: number; deleted: number; live: number } {
    const full = `${this.simulation.id}/${name}`;
    return {
      created: this.#storage.counter(`created:${full}`),
      deleted: this.#storage.counter(`deleted:${full}`),
      live: this.collection(name).all().length,
    };
  }

  schedule(kind: string, payload: Record<string, unknown>, realisticMs: number): void {
    this.scheduleAt(kind, payload, this.now() + this.scale(realisticMs));
  }
  scheduleAt(kind: string, payload: Record<string, unknown>, atMs: number): void {
    const timer: Timer = { id: randomUUID(), kind, payload, dueAt: atMs };
    this.#timers().put(timer);
    if (this.#started) this.#arm(timer);
  }
  /** What falls due by a clock that was advanced happens soon. */
  rearm(): void {
    for (const timeout of this.#running.values()) clearTimeout(timeout);
    this.#running.clear();
    if (this.#started) for (const timer of this.#timers().all()) this.#arm(timer);
  }
  onTimer(kind: string, handler: (payload: Record<string, unknown>) => void): void {
    this.#handlers.set(kind, handler);
  }
  /** Starts the clock once every handler is registered; what fell due while the process was away happens now. */
  start(): void {
    this.#started = true;
    for (const timer of this.#timers().all()) this.#arm(timer);
  }
  stop(): void {
    this.#started = false;
    for (const timeout of this.#running.values()) clearTimeout(timeout);
    this.#running.clear();
    this.#budgets.clear();
  }

  nextInt(sequence: string, start: number): number {
    return this.#storage.count(`sequence:${this.simulation.id}/${sequence}`, 1, start);
  }
  uuid(): string {
    return randomUUID();
  }
  hex(length: number): string {
    return randomBytes(Math.ceil(length / 2))
      .toString('hex')
      .slice(0, length);
  }
  allocateIpv4(): string {
    const taken = this.#storage.counter('ipv4') > IPV4_TOTAL ? this.#addressesInUse() : new Set<string>();
    for (let tries = 0; tries < IPV4_TOTAL; tries++) {
      const address = ipv4At((this.#storage.count('ipv4') - 1) % IPV4_TOTAL);
      if (!taken.has(address)) return address;
    }
    throw new Error(`The simulator has no free IPv4 address: all ${IPV4_TOTAL} are in use. Delete some instances or reset it.`);
  }
  allocateIpv6(): string {
    const n = this.#storage.count('ipv6');
    return `2001:db8:${Math.floor(n / 65_536).toString(16)}:${(n % 65_536).toString(16)}::1`;
  }

  hasFlag(flag: string, objectId?: string): boolean {
    return this.#faults.hasFlag(this.simulation.id, flag, objectId);
  }

  accounts(): Collection<SimAccount> {
    return this.collection<SimAccount>('accounts');
  }
  account(token: string): SimAccount | undefined {
    const known = this.accounts().get(token);
    if (known?.revoked) return undefined;
    if (known?.keyOf !== undefined) return { ...this.ensureAccount(known.keyOf), revoked: false };
    if (known) return known;
    return token.startsWith('sim-') ? this.ensureAccount(token) : undefined;
  }
  /** The account of a token, made with the provider's defaults when it is new. */
  ensureAccount(token: string): SimAccount {
    return (
      this.accounts().get(token) ??
      this.accounts().put({ ...DEFAULT_ACCOUNT, ...this.simulation.accountDefaults, id: token, revoked: false })
    );
  }
  takeRate(account: SimAccount, bucket: 'all' | 'create'): { limit: number; remaining: number; resetAtMs: number; limited: boolean } {
    const rule = bucket === 'all' ? account.rateLimit : account.createLimit;
    const now = Date.now();
    if (!rule) return { limit: Number.MAX_SAFE_INTEGER, remaining: Number.MAX_SAFE_INTEGER, resetAtMs: now, limited: false };
    const key = `${bucket}/${account.id}`;
    let window = this.#budgets.get(key);
    if (!window || window.windowEndsAt <= now) {
      window = { windowEndsAt: now + this.scale(rule.perMs), used: 0 };
      this.#budgets.set(key, window);
    }
    const limited = window.used >= rule.requests;
    if (!limited) window.used += 1;
    return { limit: rule.requests, remaining: Math.max(0, rule.requests - window.used), resetAtMs: window.windowEndsAt, limited };
  }

  #timers(): Collection<Timer> {
    return this.collection<Timer>('timers');
  }
  #arm(timer: Timer): void {
    const wait = Math.max(0, Math.min(timer.dueAt - this.now(), 2 ** 31 - 1));
    this.#running.set(
      timer.id,
      setTimeout(() => this.#fire(timer), wait),
    );
  }
  /** The handler's changes and the end of the timer reach the file together: it runs once, also across a crash. */
  #fire(timer: Timer): void {
    this.#running.delete(timer.id);
    // Armed by a change that could not be written: it never was.
    if (!this.#timers().get(timer.id)) return;
    // Further away than one timeout reaches; a timeout may also come a moment early.
    if (timer.dueAt - this.now() > 2 ** 30) return this.#arm(timer);
    try {
      this.#storage.atomically(() => {
        try {
          const handler = this.#handlers.get(timer.kind);
          if (handler) handler(timer.payload);
          else this.#log(`${this.simulation.id}: nothing handles timers of kind ${timer.kind}.`);
        } catch (error) {
          if (isUnwritable(error)) throw error;
          this.#log(`${this.simulation.id}: timer ${timer.kind} failed: ${error instanceof Error ? error.stack : String(error)}`);
        }
        this.#timers().delete(timer.id);
      });
    } catch (error) {
      // A full disk stops the world's clock and nothing else: what is due happens when there is room.
      this.#log(`${this.simulation.id}: timer ${timer.kind} waits: ${error instanceof Error ? error.message : String(error)}`);
      if (this.#started)
        this.#running.set(
          timer.id,
          setTimeout(() => this.#fire(timer), UNWRITABLE_MS),
        );
    }
  }
  #addressesInUse(): Set<string> {
    return new Set((this.simulation.instances?.(this) ?? []).map((instance) => instance.ipv4));
  }
}

function ipv4Number(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
function ipv4At(index: number): string {
  let rest = index;
  for (const block of IPV4_BLOCKS) {
    if (rest < block.size) return [24, 16, 8, 0].map((shift) => ((block.first + rest) >>> shift) & 255).join('.');
    rest -= block.size;
  }
  throw new RangeError(`No IPv4 address at ${index}.`);
}
