/** What the simulated DigitalOcean keeps, and the errors and pages of its API. */
import type { Request, RequestHandler, Response } from 'express';
import type { Collection, SimAccount, SimWorld } from '../../simulation.ts';
import { IMAGES, REGIONS, SIZES, soldIn, type SimImage, type SimRegion, type SimSize } from './catalog.ts';

export interface SimDroplet {
  /** The droplet's number, as text. */
  readonly id: string;
  readonly account: string;
  name: string;
  status: 'new' | 'active' | 'off' | 'archive';
  locked: boolean;
  destroying: boolean;
  readonly region: string;
  size: string;
  /** GB; grows with a resize only when asked. */
  disk: number;
  image: number;
  backups: boolean;
  backupPolicy: { plan: string; weekday?: string; hour?: number } | null;
  ipv6: boolean;
  readonly monitoring: boolean;
  readonly publicNetworking: boolean;
  readonly vpcUuid: string;
  tags: string[];
  readonly sshKeys: string[];
  readonly userData: string | null;
  readonly ipv4: string;
  readonly privateIpv4: string;
  ipv6Address: string;
  readonly createdAt: string;
  /** ms; before it, listings by tag do not know the droplet yet. */
  readonly taggedFrom: number;
  /** The snapshot or backup on the disk, kept here because the droplet still tells of one that was deleted. */
  restoredFrom?: SimSnapshot | null;
  /** Counts the times backups were scheduled; timers of former rounds are void. */
  backupRound?: number;
  /** ms. */
  nextBackupAt?: number;
}
export interface SimAction {
  readonly id: string;
  readonly account: string;
  readonly type: string;
  status: 'in-progress' | 'completed' | 'errored';
  readonly startedAt: string;
  completedAt: string | null;
  readonly dropletId: string;
  readonly region: string;
  readonly args: Record<string, unknown>;
}
export interface SimKey {
  readonly id: string;
  readonly account: string;
  name: string;
  readonly publicKey: string;
  readonly fingerprint: string;
}
export interface SimFirewall {
  readonly id: string;
  readonly account: string;
  name: string;
  readonly createdAt: string;
  inboundRules: Record<string, unknown>[];
  outboundRules: Record<string, unknown>[];
  dropletIds: number[];
  tags: string[];
}
export interface SimSnapshot {
  readonly id: string;
  readonly account: string;
  readonly kind?: 'snapshot' | 'backup';
  readonly name: string;
  readonly dropletId: string;
  readonly region: string;
  readonly minDisk: number;
  readonly sizeGb?: number;
  /** The catalogue's image that the disk began with. */
  readonly image?: number;
  readonly createdAt: string;
  /** ms; before it, listings do not know it yet. */
  readonly listedFrom?: number;
}

/** An answer of the API that is not a success. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
export const unprocessable = (message: string): ApiFailure => new ApiFailure(422, 'unprocessable_entity', message);
export const notFound = (): ApiFailure => new ApiFailure(404, 'not_found', 'The resource you were accessing could not be found.');
export const pendingEvent = (): ApiFailure => unprocessable('Droplet already has a pending event.');

export interface Cloud {
  readonly world: SimWorld;
  readonly droplets: Collection<SimDroplet>;
  readonly actions: Collection<SimAction>;
  readonly keys: Collection<SimKey>;
  readonly firewalls: Collection<SimFirewall>;
  readonly snapshots: Collection<SimSnapshot>;
  readonly tags: Collection<{ id: string; account: string; name: string }>;
  readonly soldOut: Collection<{ id: string }>;
}

export function openCloud(world: SimWorld): Cloud {
  return {
    world,
    droplets: world.collection('instances'),
    actions: world.collection('actions'),
    keys: world.collection('keys'),
    firewalls: world.collection('firewalls'),
    snapshots: world.collection('snapshots'),
    tags: world.collection('tags'),
    soldOut: world.collection('sold-out'),
  };
}

export const accountOf = (response: Response): SimAccount => response.locals['account'] as SimAccount;
export const isoNow = (world: SimWorld): string => new Date(world.now()).toISOString().replace(/\.\d+Z$/, 'Z');

export const findSize = (slug: unknown): SimSize | undefined => SIZES.find((size) => size.slug === slug);
export const findRegion = (slug: unknown): SimRegion | undefined => REGIONS.find((region) => region.slug === slug);
export const findImage = (slugOrId: unknown): SimImage | undefined =>
  IMAGES.find((image) => image.slug === slugOrId || String(image.id) === String(slugOrId));

export function isSold(cloud: Cloud, size: SimSize, region: SimRegion): boolean {
  return soldIn(size, region) && !cloud.soldOut.get(`${size.slug}/${region.slug}`);
}

export function addTag(cloud: Cloud, account: string, name: string): void {
  if (!/^[a-zA-Z0-9_\-:]{1,255}$/.test(name)) throw unprocessable(`Tag name ${name} is invalid.`);
  cloud.tags.put({ id: `${account}/${name}`, account, name });
}

/** Sends one page of `items` under `key` with DigitalOcean's `links` and `meta`. */
export function sendPage(request: Request, response: Response, key: string, items: unknown[]): void {
  const whole = (value: unknown, fallback: number, max: number): number =>
    Math.min(max, Math.max(1, Math.trunc(Number(value)) || fallback));
  const perPage = whole(request.query['per_page'], 20, 200);
  const page = whole(request.query['page'], 1, 1_000_000);
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const link = (n: number): string => {
    const url = new URL(request.originalUrl, `${request.protocol}://${request.get('host') ?? 'localhost'}`);
    url.searchParams.set('page', String(n));
    return url.href;
  };
  const pages: Record<string, string> = {};
  if (page > 1) Object.assign(pages, { first: link(1), prev: link(page - 1) });
  if (page < last) Object.assign(pages, { next: link(page + 1), last: link(last) });
  response.json({
    [key]: items.slice((page - 1) * perPage, page * perPage),
    links: Object.keys(pages).length > 0 ? { pages } : {},
    meta: { total: items.length },
  });
}

/** 250 a minute where 5,000 an hour are allowed; an account with another limit gets the same share. */
const BURST_SHARE = 20;

/** Bearer token, read-only rights, 5,000 requests an hour and 250 a minute, with the API's headers. */
export function gate(world: SimWorld): RequestHandler {
  const bursts = new Map<string, { endsAt: number; used: number }>();
  return (request, response, next) => {
    response.setHeader('x-request-id', world.uuid());
    const token = /^Bearer (\S+)$/.exec(request.get('authorization') ?? '')?.[1];
    const account = token === undefined ? undefined : world.account(token);
    if (!account) throw new ApiFailure(401, 'Unauthorized', 'Unable to authenticate you');
    response.locals['account'] = account;
    const rate = world.takeRate(account, 'all');
    response.setHeader('ratelimit-limit', String(rate.limit));
    response.setHeader('ratelimit-remaining', String(rate.remaining));
    response.setHeader('ratelimit-reset', String(Math.ceil(rate.resetAtMs / 1000)));
    const now = world.now();
    let burst = bursts.get(account.id);
    if (!burst || burst.endsAt <= now) bursts.set(account.id, (burst = { endsAt: now + world.scale(60_000), used: 0 }));
    burst.used += 1;
    if (rate.limited || burst.used > Math.max(1, account.rateLimit.requests / BURST_SHARE)) {
      const until = rate.limited ? rate.resetAtMs : burst.endsAt;
      response.setHeader('retry-after', String(Math.max(0.05, (until - now) / 1000)));
      throw new ApiFailure(429, 'too_many_requests', 'API Rate limit exceeded.');
    }
    if (account.readOnly && request.method !== 'GET')
      throw new ApiFailure(403, 'forbidden', 'You are not authorized to perform this operation');
    next();
  };
}
