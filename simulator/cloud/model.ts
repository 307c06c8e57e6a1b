/** What is in the simulated world, whoever's words it is told in. Every document is JSON: it survives the process. */

/** What the world must know of a plan; prices and words are the wire's. */
export interface SimPlan {
  readonly id: string;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
  /** Region ids that sell it. */
  readonly regions: readonly string[];
  /** Images of another architecture do not run on it. */
  readonly architecture?: string;
}

export interface SimRegion {
  readonly id: string;
}

/** Realistic milliseconds of what a provider does; the world scales them. */
export interface Times {
  readonly create: number;
  readonly start: number;
  readonly stop: number;
  readonly reboot: number;
  readonly resize: number;
  readonly rebuild: number;
  readonly remove: number;
  readonly snapshot: number;
  /** Firewalls, keys, reverse names, flags. */
  readonly small: number;
  /** A new server is not in lists, and its own page answers "not found", for this long. */
  readonly listLag: number;
  readonly itemLag: number;
}

/**
 * What has numbers (server, image, key, firewall, job; `any` for all that is not named): its counter, and the first of them. The rest
 * has UUIDs.
 */
export type Ids = Readonly<Record<string, readonly [counter: string, first: number]>>;
export const UUIDS: Ids = {};
/** Jobs are counted apart. */
export function numbersFrom(first = 1_000): Ids {
  return { job: ['job', first], any: ['id', first] };
}

/** How one provider's world differs from another's. */
export interface Sheet {
  readonly id: string;
  readonly plans: readonly SimPlan[];
  readonly regions: readonly SimRegion[];
  readonly times: Times;
  readonly ids: Ids;
  /** When the provider makes backups of a server; daily unless told. */
  readonly backups?: (server: SimServer) => Schedule;
  /** A server's snapshots are gone with it. */
  readonly snapshotsDie?: boolean;
}

export interface Schedule {
  /** Realistic milliseconds from the order to the first, and from each to the next. */
  readonly firstMs: number;
  readonly everyMs: number;
  readonly kept: number;
  /** Of one that is made on this day, for example 2027-01-31. */
  readonly name: (day: string) => string;
}

export type Phase = 'creating' | 'setup' | 'starting' | 'stopping' | 'resizing' | 'rebuilding' | 'deleting' | 'rescue' | 'ready';

export interface SimServer {
  id: string;
  account: string;
  createdMs: number;
  name: string;
  region: string;
  plan: string;
  /** Image id; empty = none yet. */
  image: string;
  /** What its disk holds in GB; a resize may leave it as it was. */
  diskGb: number;
  labels: Record<string, string>;
  userData: string;
  password: string;
  keyIds: string[];
  ipv4: string;
  ipv6: string;
  /** Reverse names by address. */
  reverse: Record<string, string>;
  phase: Phase;
  power: 'on' | 'off';
  backups: boolean;
  /** When the next backup comes; null or absent: none is to come. */
  nextBackupMs?: number | null;
  /** The password of the rescue system that the next boot starts. */
  rescue: string | null;
  /** Job that has it locked. */
  lockedBy: string | null;
  protection: Record<string, boolean>;
  paidUntilMs: number | null;
  renews: boolean;
  /** What only this provider's wire knows. */
  extra: Record<string, unknown>;
}

export interface SimImage {
  id: string;
  account: string;
  createdMs: number;
  kind: 'snapshot' | 'backup';
  name: string;
  labels: Record<string, string>;
  serverId: string;
  serverName: string;
  region: string;
  /** The image the server was made from. */
  base: string;
  diskGb: number;
  sizeGb: number | null;
  state: 'creating' | 'available' | 'failed';
  /** Of the disk that it is a copy of. */
  password?: string;
  /** What only this provider's wire knows. */
  extra?: Record<string, unknown>;
}

export interface SimKey {
  id: string;
  account: string;
  createdMs: number;
  name: string;
  publicKey: string;
  fingerprint: string;
  labels: Record<string, string>;
}

export interface SimFirewall {
  id: string;
  account: string;
  createdMs: number;
  name: string;
  labels: Record<string, string>;
  /** In the provider's own words. */
  rules: unknown[];
  servers: string[];
  /** Servers that have not got the last change of its rules. */
  stale: string[];
}

export interface SimScript {
  id: string;
  account: string;
  createdMs: number;
  name: string;
  content: string;
}

/** What a job changes at its end; computed when it starts, so that it survives a restart. */
export interface Effect {
  /** Its `extra` is laid over what is there then. */
  readonly server?: Partial<SimServer>;
  readonly image?: { readonly id: string; readonly changes: Partial<SimImage> };
  /** So many backups of the server stay, the newest. */
  readonly keptBackups?: number;
  /** The server is gone, with what goes with it. */
  readonly erase?: boolean;
}

export interface SimJob {
  id: string;
  account: string;
  command: string;
  /** The server it works on; empty = none. */
  serverId: string;
  resources: { type: string; id: string }[];
  status: 'waiting' | 'running' | 'success' | 'error';
  startedMs: number;
  finishedMs: number | null;
  error: { code: string; message: string } | null;
  effect: Effect;
  realisticMs: number;
}

export type RefusalKind =
  | 'credentials'
  | 'forbidden'
  | 'read_only'
  | 'rate_limited'
  | 'not_found'
  | 'invalid'
  | 'conflict'
  | 'taken'
  | 'in_use'
  | 'locked'
  | 'not_stopped'
  | 'protected'
  | 'sold_out'
  | 'quota'
  | 'unpaid'
  | 'gone'
  | 'broken';

/** What the world refuses; the wire says it in the provider's words. */
export class Refusal extends Error {
  readonly kind: RefusalKind;
  readonly field: string | undefined;
  constructor(kind: RefusalKind, message: string, field?: string) {
    super(message);
    this.kind = kind;
    this.field = field;
  }
}
