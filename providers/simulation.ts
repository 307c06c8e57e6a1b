/**
 * What a provider folder's `simulator.ts` gives to the simulator: its HTTP API as an Express router
 * over a shared, persistent world. The world (time, faults, storage) is `simulator/world.ts`.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Request, Router } from 'express';

/** A persistent collection of JSON documents; every method is synchronous. Mutations are durable when they return. */
export interface Collection<T extends { id: string }> {
  get(id: string): T | undefined;
  put(doc: T): T;
  delete(id: string): boolean;
  /** In insertion order. */
  all(): T[];
  find(predicate: (doc: T) => boolean): T | undefined;
  filter(predicate: (doc: T) => boolean): T[];
}

/** One credential known to the simulated provider. Unknown credentials are refused; see `accounts()`. */
export interface SimAccount {
  /** The credential itself. Well-formed unknown tokens beginning `sim-` are accepted and make an account; others answer 401. */
  id: string;
  /** Another key of the account with this one, as after a rotation. */
  keyOf?: string;
  revoked: boolean;
  readOnly: boolean;
  instanceLimit: number;
  /** Requests per window; the router sends the provider's rate headers. */
  rateLimit: { requests: number; perMs: number };
  createLimit: { requests: number; perMs: number } | null;
  balance: number;
}

export interface SimWorld {
  /** Wall-clock ms and what the clock was advanced by; timestamps in answers come from here. */
  now(): number;
  /** Simulated milliseconds to real ones: `realisticMs / SIMULATOR_SPEED`. */
  scale(realisticMs: number): number;
  collection<T extends { id: string }>(name: string): Collection<T>;
  /** Persistent timer: `kind` handler runs once with `payload` after `realisticMs` scaled; survives a restart. */
  schedule(kind: string, payload: Record<string, unknown>, realisticMs: number): void;
  /** The same at a time of the world's clock, unscaled: what a calendar rules, such as the end of a paid month. */
  scheduleAt(kind: string, payload: Record<string, unknown>, atMs: number): void;
  onTimer(kind: string, handler: (payload: Record<string, unknown>) => void): void;
  nextInt(sequence: string, start: number): number;
  uuid(): string;
  hex(length: number): string;
  /** Public-looking addresses from documentation ranges, unique while in use. */
  allocateIpv4(): string;
  allocateIpv6(): string;
  /** True while a fault switch of this name holds for this object, for example `action-stuck`. */
  hasFlag(flag: string, objectId?: string): boolean;
  /** Creates or returns the account of a token; undefined = refuse with 401. */
  account(token: string): SimAccount | undefined;
  /** Takes one from the account's budget: rate headers' numbers, and whether to answer 429. */
  takeRate(account: SimAccount, bucket: 'all' | 'create'): { limit: number; remaining: number; resetAtMs: number; limited: boolean };
}

/** Normalised view for the simulator's own page, its fault switches and tests. */
export interface SimInstanceView {
  id: string;
  label: string;
  status: string;
  region: string;
  plan: string;
  image: string;
  ipv4: string;
  ipv6: string;
  tags: string[];
  createdAt: string;
  /** Name of the snapshot that is on its disk, as long as that is there. */
  copyOf?: string;
  password?: string;
  userData?: string;
}

export interface SimRecordView {
  id: string;
  zone: string;
  name: string;
  type: string;
  content: string;
  comment: string | null;
}

export interface MessageWords {
  /** Whether a connection that begins with this byte speaks so. */
  isOurs(first: number): boolean;
  /** The call that a message is: the router gets it as its body, or as `message` of the query in base64url where the method is GET. */
  callOf(message: Buffer): { readonly method: 'GET' | 'POST'; readonly path: string };
  /** The content type of an answer that is several messages, each with its length first. */
  readonly several?: string;
  /** The answer to a message whose call was answered with this error status. */
  refuse(message: Buffer, status: number): Buffer;
}

/** Something an account holds besides instances and records, which must be gone when its server is. */
export interface SimLeftover {
  kind: 'ssh-key' | 'firewall' | 'startup-script' | 'snapshot' | 'other';
  id: string;
  name: string;
}

export interface Simulation {
  /** The provider's id. */
  readonly id: string;
  /** Of its JSON answers, to the letter. Default `application/json; charset=utf-8`. */
  readonly contentType?: string;
  /** What a new account of this provider looks like where it differs from the simulator's own defaults. */
  readonly accountDefaults?: Partial<Omit<SimAccount, 'id' | 'revoked'>>;
  /** The collections that hold instances and DNS records, for the counters; `instances` and `records` unless told. */
  readonly instanceCollection?: string;
  readonly recordCollection?: string;
  /** The credential of a call, where that is no bearer token, basic authentication or key of a signature in `Authorization`. */
  credentialOf?(request: Request): string | undefined;
  /** `req.body` is parsed JSON already. Mounted under `descriptor.simulatorPath`. Routes are those of the real API, for example `/v2/droplets`. */
  router(world: SimWorld): Router;
  /** What comes to the same port and is not HTTP: messages that each say their length in two bytes first, as DNS over TCP. */
  readonly messages?: MessageWords;
  /** How answers tell of one instance, where that is no JSON with `id`s and no path that ends with it. */
  readonly looks?: {
    /** Whether this call asks for that one alone. */
    isItem(url: URL, id: string): boolean;
    /** A list's answer as it is when that one is not there. */
    without(text: string, id: string): string;
  };
  /** Body and headers of an error the fault switches make, in the provider's own shape; a text that has a content type is sent as it is. */
  errorAnswer(status: number): { body: unknown; headers?: Record<string, string> };
  /** Real behaviour behind the customer's back; undefined where the provider has no instances. */
  instances?(world: SimWorld): SimInstanceView[];
  records?(world: SimWorld): SimRecordView[];
  /** Keys, firewalls, scripts, snapshots and the like of all accounts, whoever made them. */
  leftovers?(world: SimWorld): SimLeftover[];
  /** Deletes without trace, as an operator in the vendor's console would. */
  removeBehindBack?(world: SimWorld, id: string): boolean;
  /** Changes label, plan or power behind our back. */
  changeBehindBack?(world: SimWorld, id: string, change: { label?: string; plan?: string; power?: 'on' | 'off' }): boolean;
  /** Takes a websocket at `<base>/_console/<token>`: a server's serial line or screen. */
  console?(world: SimWorld, token: string, request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Marks a plan as sold out (or back) in a region. */
  setStock?(world: SimWorld, plan: string, region: string, available: boolean): boolean;
}
