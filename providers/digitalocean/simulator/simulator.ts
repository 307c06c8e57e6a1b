/** DigitalOcean's API v2 on loopback: its sheet, its words, its catalogue and account. Fault flags: see the provider's README. */
import { createHash, randomUUID } from 'node:crypto';
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import type { RefusalKind, Sheet, SimImage, SimServer } from '../../../simulator/cloud/model.ts';
import { type CloudWire, simulateCloud } from '../../../simulator/cloud/simulation.ts';
import type { Wire, Words } from '../../../simulator/cloud/wire.ts';
import type { SimInstanceView, SimWorld, Simulation } from '../../simulation.ts';
import { mountActions } from './actions.ts';
import { adopt } from './adopt.ts';
import { findSize, REGIONS, SIZES } from './catalog.ts';
import { mountDroplets } from './droplets.ts';
import { mountImages } from './images.ts';
import { mountMetrics } from './metrics.ts';
import { mountObjects } from './objects.ts';
import { dropletOf, isoOf, showPage, showRegion, showSize, statusOf } from './shapes.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** 250 a minute where 5,000 an hour are allowed; an account with another limit gets the same share. */
const BURST_SHARE = 20;

const sheet: Sheet = {
  id: 'digitalocean',
  plans: SIZES,
  regions: REGIONS,
  // Firewalls have UUIDs.
  ids: { server: ['droplet', 456_100_001], job: ['action', 2_145_000_001], image: ['snapshot', 190_000_001], key: ['key', 44_000_001] },
  // A snapshot's is that of backups, which are told of when they are there; one that is ordered takes an action's time.
  times: { create: 35_000, start: 10_000, stop: 6_000, reboot: 12_000, resize: 60_000, rebuild: 45_000, remove: 8_000, snapshot: 0, small: 2_000, listLag: 0, itemLag: 0 }, // prettier-ignore
  // The first comes somewhere in the window after they are switched on. Daily ones are kept for seven days, weekly ones for four weeks.
  backups: (server) => {
    const isWeekly = dropletOf(server).backupPolicy?.plan === 'weekly';
    const name = (day: string): string => `${server.name} ${day}`;
    return { firstMs: 30 * MINUTE_MS, everyMs: isWeekly ? 7 * DAY_MS : DAY_MS, kept: isWeekly ? 4 : 7, name };
  },
};

const CODES: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ['bad_request', 'The request could not be understood.'],
  401: ['Unauthorized', 'Unable to authenticate you'],
  403: ['forbidden', 'You are not authorized to perform this operation'],
  404: ['not_found', 'The resource you were accessing could not be found.'],
  422: ['unprocessable_entity', 'The request was refused.'],
  429: ['too_many_requests', 'API Rate limit exceeded.'],
  503: ['service_unavailable', 'Service unavailable.'],
};
function bodyOf(status: number, said?: string): { id: string; message: string } {
  const [id, message] = CODES[status] ?? ['server_error', 'Unexpected server-side error'];
  return { id, message: said ?? message };
}

/** What always has the same words; all else is 422 with a sentence of its own. */
const STATUS: Partial<Record<RefusalKind, number>> = { credentials: 401, forbidden: 403, read_only: 403, not_found: 404, rate_limited: 429, broken: 500 }; // prettier-ignore
const SENTENCES: Partial<Record<RefusalKind, string>> = {
  locked: 'Droplet already has a pending event.',
  sold_out: 'Size is not available in this region.',
  quota: 'creating this/these droplet(s) will exceed your droplet limit',
  unpaid: 'Your account has a past-due balance.',
};
/** Codes that a refusal brings as its field. */
const BY_CODE: Readonly<Record<string, number>> = { invalid_request: 400, bad_request: 400, conflict: 409 };

type Burst = { readonly endsAt: number; used: number };
const bursts = new WeakMap<SimWorld, Map<string, Burst>>();

const words: Words = {
  refuse(kind, message, field = '') {
    const coded = BY_CODE[field];
    if (coded !== undefined) return { status: coded, body: { id: field, message } };
    const status = STATUS[kind] ?? 422;
    return { status, body: status === 422 ? bodyOf(422, SENTENCES[kind] ?? message) : bodyOf(status) };
  },
  take(_request, account, world) {
    const budget = world.takeRate(account, 'all');
    const now = world.now();
    const all = bursts.get(world) ?? new Map<string, Burst>();
    const running = all.get(account.id);
    const burst = running && running.endsAt > now ? running : { endsAt: now + world.scale(MINUTE_MS), used: 0 };
    bursts.set(world, all.set(account.id, burst));
    burst.used += 1;
    const limited = budget.limited || burst.used > Math.max(1, account.rateLimit.requests / BURST_SHARE);
    return { ...budget, limited, retryMs: (budget.limited ? budget.resetAtMs : burst.endsAt) - now };
  },
  rateHeaders: ({ limit, remaining, resetAtMs, limited, retryMs = 0 }) => ({
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(Math.ceil(resetAtMs / 1000)),
    ...(limited ? { 'retry-after': String(Math.max(0.05, retryMs / 1000)) } : {}),
  }),
};

function mountAccount(wire: Wire, cloud: Cloud): void {
  wire.on('get /v2/account', ({ account: { id, instanceLimit } }) => {
    const digest = createHash('sha256').update(id).digest('hex');
    const person = { email: `${digest.slice(0, 8)}@simulator.example`, name: 'Simulated account', uuid: digest.slice(0, 32) };
    const state = { email_verified: true, status: 'active', status_message: '' };
    const team = { uuid: digest.slice(32, 64), name: 'Simulated team' };
    return { account: { droplet_limit: instanceLimit, floating_ip_limit: 3, ...person, ...state, team } };
  });
  wire.on('get /v2/customers/my/balance', ({ account }) => {
    const own = cloud.servers.filter((server) => server.account === account.id);
    const usage = own.reduce((sum, { plan }) => sum + findSize(plan)!.monthly / 30, 0);
    return {
      month_to_date_balance: (account.balance + usage).toFixed(2),
      account_balance: account.balance.toFixed(2),
      month_to_date_usage: usage.toFixed(2),
      generated_at: isoOf(cloud.world.now()),
    };
  });
  // Nothing was ever billed here.
  wire.on('get /v2/customers/my/billing_history', (call) => showPage(call, 'billing_history', []));
  wire.on('get /v2/regions', (call) => showPage(call, 'regions', REGIONS, (region) => showRegion(cloud, region)));
  wire.on('get /v2/sizes', (call) => showPage(call, 'sizes', SIZES, (size) => showSize(cloud, size)));
}

const digitalocean: CloudWire = {
  sheet,
  words,
  accountDefaults: { rateLimit: { requests: 5_000, perMs: 3_600_000 }, instanceLimit: 500 },
  reads(_request, response, next) {
    response.setHeader('x-request-id', randomUUID());
    next();
  },
  adopt,
  leftovers(world) {
    const backups = world.collection<SimImage>('images').filter(({ kind }) => kind === 'backup');
    return backups.map(({ id, name }) => ({ kind: 'other', id, name }));
  },
  mount(wire, cloud) {
    for (const mounts of [mountActions, mountDroplets, mountImages, mountObjects, mountMetrics, mountAccount]) mounts(wire, cloud);
  },
  errorAnswer: (status) => ({ body: bodyOf(status) }),
};

const simulated = simulateCloud(digitalocean);

export const simulation: Simulation = {
  ...simulated,
  /** In the API's words. Tags keep their order, and the password is in the user data. */
  instances(world) {
    const servers = world.collection<SimServer>('instances');
    return simulated.instances!(world).map(({ password: _none, ...view }): SimInstanceView => {
      const server = servers.get(view.id)!;
      const { tags, restored } = dropletOf(server);
      const status = server.phase === 'deleting' ? 'destroying' : statusOf(server);
      return { ...view, status, tags, createdAt: isoOf(server.createdMs), ...(restored ? { copyOf: restored.name } : {}) };
    });
  },
  changeBehindBack(world, id, change) {
    const size = findSize(change.plan);
    if ((change.plan !== undefined && !size) || !simulated.changeBehindBack!(world, id, change)) return false;
    const servers = world.collection<SimServer>('instances');
    const server = servers.get(id)!;
    const built = change.power === undefined ? {} : { built: true };
    servers.put({ ...server, diskGb: Math.max(server.diskGb, size?.diskGb ?? 0), extra: { ...server.extra, ...built } });
    return true;
  },
};
