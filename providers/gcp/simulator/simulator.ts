/** Compute Engine, and what of Google's tokens, price list and measurements belongs to it, on loopback. Flags are those of `simulator/cloud/`. */
import express, { type Request } from 'express';
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { Refusal, type RefusalKind, type Sheet, numbersFrom } from '../../../simulator/cloud/model.ts';
import { type CloudWire, simulateCloud } from '../../../simulator/cloud/simulation.ts';
import type { Answer, Call, Wire, Words } from '../../../simulator/cloud/wire.ts';
import { IMAGES, SKUS, TYPES, ZONES } from './data.ts';
import { mountServers } from './servers.ts';
import { type Address, link, numberOf, showAddress, showFirewall, showOperation, showSnapshot, showType, typeNamed } from './shapes.ts';
import { filterOf, pageOf } from './wire.ts';

const sheet: Sheet = {
  id: 'gcp',
  plans: TYPES,
  regions: ZONES,
  ids: numbersFrom(),
  times: { create: 20_000, start: 12_000, stop: 30_000, reboot: 8_000, resize: 4_000, rebuild: 40_000, remove: 40_000, snapshot: 60_000, small: 1_500, listLag: 500, itemLag: 0 }, // prettier-ignore
};

const REFUSALS: Readonly<Record<RefusalKind, readonly [status: number, reason: string]>> = {
  credentials: [401, 'authError'],
  forbidden: [403, 'forbidden'],
  read_only: [403, 'forbidden'],
  rate_limited: [403, 'rateLimitExceeded'],
  not_found: [404, 'notFound'],
  invalid: [400, 'invalid'],
  conflict: [400, 'resourceNotReady'],
  taken: [409, 'alreadyExists'],
  in_use: [400, 'resourceInUseByAnotherResource'],
  locked: [400, 'resourceNotReady'],
  not_stopped: [400, 'resourceNotReady'],
  protected: [400, 'invalid'],
  sold_out: [503, 'resourcePoolExhausted'],
  quota: [403, 'quotaExceeded'],
  unpaid: [403, 'billingNotEnabled'],
  gone: [404, 'notFound'],
  broken: [500, 'backendError'],
};
const problem = (code: number, reason: string, message: string): object => ({
  error: { code, message, errors: [{ message, domain: 'global', reason }] },
});

const words: Words = {
  refuse(kind, message, reason): Answer {
    const [status, usual] = REFUSALS[kind];
    const stale = reason === 'conditionNotMet';
    return { status: stale ? 412 : status, body: problem(stale ? 412 : status, stale ? reason : usual, message) };
  },
  open: ({ path }) => path === '/token',
};

/** By how much a statement may come from the future. */
const CLOCK_SKEW_S = 60;

/** What a service account's statement says, if it is one that Google would look at. */
function issuerOf(request: Request): string | undefined {
  const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
  const [head, claims, signature] = (form.get('assertion') ?? '').split('.');
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer' || !head || !claims || !signature) return undefined;
  const read = (part: string): Record<string, unknown> => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  const { iss, aud, exp, iat, scope } = read(claims);
  const now = Date.now() / 1000;
  const fits = read(head)['alg'] === 'RS256' && aud === 'https://oauth2.googleapis.com/token' && typeof scope === 'string';
  const inTime = Number(iat) <= now + CLOCK_SKEW_S && Number(exp) > now && Number(exp) - Number(iat) <= 3_600;
  return fits && inTime ? String(iss) : undefined;
}

function mountCatalogue(wire: Wire, cloud: Cloud): void {
  wire.on('post /token', ({ request, response }) => {
    const issuer = issuerOf(request);
    // The simulator's accounts are named by their keys.
    if (issuer !== undefined && cloud.world.account(issuer)) return { access_token: issuer, expires_in: 3_599, token_type: 'Bearer' };
    response.status(400);
    return { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' };
  });
  const project = (call: Call): string => call.param('project');
  wire.on('get /compute/v1/projects/:project', (call) => ({
    kind: 'compute#project',
    id: numberOf(project(call)),
    name: project(call),
    quotas: [],
  }));
  wire.on('get /compute/v1/projects/:project/zones', (call) => {
    const zones = ZONES.map(({ id, region }) => ({
      kind: 'compute#zone',
      id: numberOf(id),
      name: id,
      status: 'UP',
      region: link(`projects/${project(call)}/regions/${region}`),
    }));
    return { kind: 'compute#zoneList', ...pageOf(call, zones) };
  });
  wire.on('get /compute/v1/projects/:project/zones/:zone/machineTypes/:type', (call) => {
    const found = typeNamed(call.param('type'));
    if (!found || !found.regions.includes(call.param('zone')))
      throw new Refusal('not_found', `The machine type '${call.param('type')}' was not found`);
    return showType(`projects/${project(call)}/zones/${call.param('zone')}`, found);
  });
  wire.on('get /compute/v1/projects/:project/aggregated/machineTypes', (call) => {
    const all = ZONES.flatMap((zone) =>
      TYPES.filter((type) => cloud.inStock(type, zone.id)).map((type) => ({ zone: zone.id, type, id: type.id })),
    );
    const { items, ...next } = pageOf(call, all.filter(filterOf(call)));
    const byZone = Map.groupBy(items, ({ zone }) => `zones/${zone}`);
    const shown = [...byZone].map(([zone, types]) => [
      zone,
      { machineTypes: types.map(({ type }) => showType(`projects/${project(call)}/${zone}`, type)) },
    ]);
    return { kind: 'compute#machineTypeAggregatedList', items: Object.fromEntries(shown) as object, ...next };
  });
  wire.on('get /compute/v1/projects/:owner/global/images/family/:family', (call) => {
    const found = IMAGES.find(({ family }) => family === call.param('family'));
    if (!found || call.param('owner') !== 'ubuntu-os-cloud') throw new Refusal('not_found', 'The image was not found');
    return { kind: 'compute#image', id: numberOf(found.name), status: 'READY', architecture: 'X86_64', ...found };
  });
  wire.on('get /v1/services/:service/skus', (call) => {
    const size = Number(call.query('pageSize') ?? 5_000);
    const from = Number(call.query('pageToken') ?? 0);
    return { skus: SKUS.slice(from, from + size), nextPageToken: from + size < SKUS.length ? String(from + size) : '' };
  });
}

function mountObjects(wire: Wire, cloud: Cloud): void {
  const addresses = cloud.world.collection<Address>('addresses');
  const began = (call: Call, id: string, command: string): object =>
    showOperation(cloud.jobs.startOn(call.account.id, [{ type: 'thing', id }], command, cloud.sheet.times.small));
  const at = (call: Call, name = call.param('name')): string =>
    `projects/${call.param('project')}/regions/${call.param('region')}/addresses/${name}`;
  const one = '/compute/v1/projects/:project/regions/:region/addresses';
  wire.on('get /compute/v1/projects/:project/aggregated/addresses', (call) => {
    const own = addresses.filter(({ account }) => account === call.account.id).filter(filterOf(call));
    const byRegion = Map.groupBy(own, ({ id }) => id.split('/').slice(2, 4).join('/'));
    return {
      kind: 'compute#addressAggregatedList',
      items: Object.fromEntries([...byRegion].map(([region, all]) => [region, { addresses: all.map((each) => showAddress(cloud, each)) }])),
    };
  });
  wire.on(`get ${one}/:name`, (call) => showAddress(cloud, cloud.own(addresses, call.account.id, at(call), 'address')));
  wire.on(`post ${one}`, (call) => {
    const name = call.required('name');
    if (addresses.get(at(call, name))) throw new Refusal('taken', `The resource '${at(call, name)}' already exists`);
    const { id } = addresses.put({
      id: at(call, name),
      account: call.account.id,
      name,
      ip: cloud.world.allocateIpv4(),
      createdMs: cloud.world.now(),
    });
    return began(call, id, 'insert');
  });
  wire.on(`delete ${one}/:name`, (call) => {
    const { id, ip } = cloud.own(addresses, call.account.id, at(call), 'address');
    if (cloud.servers.find(({ ipv4 }) => ipv4 === ip)) throw new Refusal('in_use', `The address resource '${id}' is already being used`);
    addresses.delete(id);
    return began(call, id, 'delete');
  });
  mountGlobal(wire, cloud, began);
}

function mountGlobal(wire: Wire, cloud: Cloud, began: (call: Call, id: string, command: string) => object): void {
  const base = '/compute/v1/projects/:project/global';
  const path = (call: Call, what: string, name: string): string => `projects/${call.param('project')}/global/${what}/${name}`;
  const wall = (call: Call, name = call.param('name')) =>
    cloud.firewalls.find((each) => each.account === call.account.id && each.name === name);
  const mustWall = (call: Call) => {
    const found = wall(call);
    if (!found) throw new Refusal('not_found', `The resource '${path(call, 'firewalls', call.param('name'))}' was not found`);
    return found;
  };
  const rulesIn = ({ body }: Call): object => {
    const { network, priority, sourceRanges, targetTags, allowed, denied } = body as Record<string, unknown>;
    const ranges = (sourceRanges ?? []) as string[];
    if (ranges.some((each) => each.includes(':')) && ranges.some((each) => !each.includes(':')))
      throw new Refusal('invalid', 'IPv4 and IPv6 ranges may not be mixed.');
    if ((allowed === undefined) === (denied === undefined)) throw new Refusal('invalid', 'Exactly one of allowed and denied is needed.');
    return { network, priority, sourceRanges, targetTags, allowed, denied };
  };
  wire.on(`get ${base}/firewalls`, (call) => {
    const own = cloud.firewalls.filter(({ account }) => account === call.account.id).filter(filterOf(call));
    const { items, ...next } = pageOf(call, own);
    return { kind: 'compute#firewallList', items: items.map((each) => showFirewall(call.param('project'), each)), ...next };
  });
  wire.on(`get ${base}/firewalls/:name`, (call) => showFirewall(call.param('project'), mustWall(call)));
  wire.on(`post ${base}/firewalls`, (call) => {
    const name = call.required('name');
    if (wall(call, name)) throw new Refusal('taken', `The resource '${path(call, 'firewalls', name)}' already exists`);
    cloud.addFirewall(call.account.id, { name, rules: [rulesIn(call)] });
    return began(call, path(call, 'firewalls', name), 'insert');
  });
  wire.on(`patch ${base}/firewalls/:name`, (call) => {
    const found = mustWall(call);
    cloud.firewalls.put({ ...found, rules: [{ ...(found.rules[0] as object), ...call.body }] });
    return began(call, path(call, 'firewalls', found.name), 'patch');
  });
  wire.on(`delete ${base}/firewalls/:name`, (call) => {
    const found = mustWall(call);
    cloud.firewalls.delete(found.id);
    return began(call, path(call, 'firewalls', found.name), 'delete');
  });
  const shot = (call: Call) => {
    const found = cloud.images.find((each) => each.account === call.account.id && each.name === call.param('name'));
    if (!found) throw new Refusal('not_found', `The resource '${path(call, 'snapshots', call.param('name'))}' was not found`);
    return found;
  };
  wire.on(`get ${base}/snapshots`, (call) => {
    const { items, ...next } = pageOf(
      call,
      cloud.images.filter(({ account }) => account === call.account.id),
    );
    return { kind: 'compute#snapshotList', items: items.map((each) => showSnapshot(call.param('project'), each)), ...next };
  });
  wire.on(`get ${base}/snapshots/:name`, (call) => showSnapshot(call.param('project'), shot(call)));
  wire.on(`delete ${base}/snapshots/:name`, (call) => {
    const found = shot(call);
    cloud.images.delete(found.id);
    return began(call, path(call, 'snapshots', found.name), 'delete');
  });
}

const gcp: CloudWire = {
  sheet,
  words,
  reads: express.text({ type: 'application/x-www-form-urlencoded' }),
  accountDefaults: { rateLimit: { requests: 6_000, perMs: 60_000 } },
  mount(wire, cloud) {
    mountCatalogue(wire, cloud);
    mountServers(wire, cloud);
    mountObjects(wire, cloud);
  },
  leftovers: (world) =>
    world
      .collection<Address>('addresses')
      .all()
      .map(({ id, name }) => ({ kind: 'other', id, name })),
  looks: {
    isItem: (url, id) => url.pathname.endsWith(`/${id}`),
    without(text, id) {
      const body = JSON.parse(text) as { items?: unknown };
      const keep = (each: unknown): boolean => (each as { selfLink?: string }).selfLink !== link(id);
      const cut = (value: unknown): unknown =>
        Array.isArray(value)
          ? value.filter(keep)
          : typeof value === 'object' && value !== null
            ? Object.fromEntries(
                Object.entries(value).map(([key, each]) => [key, Array.isArray(each) || key.startsWith('zones/') ? cut(each) : each]),
              )
            : value;
      return JSON.stringify({ ...body, ...(body.items === undefined ? {} : { items: cut(body.items) }) });
    },
  },
  errorAnswer(status) {
    const reason = Object.values(REFUSALS).find(([each]) => each === status)?.[1] ?? (status >= 500 ? 'backendError' : 'invalid');
    return { body: problem(status, reason, reason) };
  },
};

export const simulation = simulateCloud(gcp);
