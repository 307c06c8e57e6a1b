/** Hetzner's Cloud API v1 on loopback: its sheet, its words, its catalogue. Flags are those of `simulator/cloud/`. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { type RefusalKind, Refusal, type Sheet, numbersFrom } from '../../../simulator/cloud/model.ts';
import { type CloudWire, simulateCloud } from '../../../simulator/cloud/simulation.ts';
import { type Answer, type Call, labelSelector, type Wire, type Words } from '../../../simulator/cloud/wire.ts';
import { IMAGES, LOCATIONS, TYPES } from './data.ts';
import { mountObjects } from './objects.ts';
import { mountServers } from './servers.ts';
import { pricing, showAction, showLocation, showOwnImage, showPage, showSystem, showType } from './shapes.ts';

const sheet: Sheet = {
  id: 'hetzner',
  plans: TYPES,
  regions: LOCATIONS,
  ids: numbersFrom(47_000_000),
  times: {
    create: 15_000,
    start: 5_000,
    stop: 4_000,
    reboot: 8_000,
    resize: 45_000,
    rebuild: 20_000,
    remove: 2_000,
    snapshot: 30_000,
    small: 1_000,
    listLag: 300,
    itemLag: 0,
  },
};

/** HTTP status and code of each refusal, from the documentation's table and hcloud-go's error codes. */
const REFUSALS: Readonly<Record<RefusalKind, readonly [number, string]>> = {
  credentials: [401, 'unauthorized'],
  forbidden: [403, 'forbidden'],
  read_only: [403, 'token_readonly'],
  rate_limited: [429, 'rate_limit_exceeded'],
  not_found: [404, 'not_found'],
  invalid: [422, 'invalid_input'],
  conflict: [409, 'conflict'],
  taken: [409, 'uniqueness_error'],
  in_use: [422, 'resource_in_use'],
  locked: [423, 'locked'],
  not_stopped: [422, 'server_not_stopped'],
  protected: [403, 'protected'],
  sold_out: [412, 'resource_unavailable'],
  quota: [403, 'resource_limit_exceeded'],
  unpaid: [403, 'forbidden'],
  gone: [410, 'deprecated_api_endpoint'],
  broken: [500, 'server_error'],
};
const BY_STATUS: Readonly<Record<number, string>> = { 502: 'bad_gateway', 503: 'unavailable', 504: 'timeout' };

const words: Words = {
  refuse(kind, message, field): Answer {
    const [status, code] = REFUSALS[kind];
    const details = field === undefined ? null : { fields: [{ name: field, messages: [message] }] };
    return { status, body: { error: { code, message, details } } };
  },
  rateHeaders: ({ limit, remaining, resetAtMs }) => ({
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(Math.ceil(resetAtMs / 1000)),
  }),
};

function mountCatalogue(wire: Wire, cloud: Cloud): void {
  const named = <T extends { id: string }>(call: Call, items: readonly T[]): T[] =>
    items.filter(({ id }) => call.query('name') === undefined || id === call.query('name'));
  const one = <T extends { number: number }>(call: Call, items: readonly T[]): T => {
    const found = items.find(({ number }) => String(number) === call.param('id'));
    if (!found) throw new Refusal('not_found', `${call.param('id')} not found`);
    return found;
  };
  wire.on('get /v1/locations', (call) => showPage(call, 'locations', named(call, LOCATIONS), showLocation));
  wire.on('get /v1/locations/:id', (call) => ({ location: showLocation(one(call, LOCATIONS)) }));
  wire.on('get /v1/server_types', (call) => showPage(call, 'server_types', named(call, TYPES), (type) => showType(cloud, type)));
  wire.on('get /v1/server_types/:id', (call) => ({ server_type: showType(cloud, one(call, TYPES)) }));
  wire.on('get /v1/pricing', () => ({ pricing: pricing() }));
  wire.on('get /v1/isos', (call) => showPage(call, 'isos', []));
  wire.on('get /v1/primary_ips', (call) => showPage(call, 'primary_ips', []));
  for (const path of ['/v1/datacenters', '/v1/datacenters/:id'] as const)
    wire.on(`get ${path}`, () => {
      throw new Refusal('gone', 'This endpoint was removed; use locations.');
    });
  mountImages(wire, cloud);
}

function mountImages(wire: Wire, cloud: Cloud): void {
  const own = (call: Call) => cloud.own(cloud.images, call.account.id, call.param('id'), 'image');
  wire.on('get /v1/images', (call) => {
    const [types, states, architectures] = [call.queries('type'), call.queries('status'), call.queries('architecture')];
    const labelled = labelSelector(call.query('label_selector'));
    const systems = IMAGES.filter((image) => image.deprecated === null || call.query('include_deprecated') === 'true').map(showSystem);
    const owned = cloud.images.filter(({ account }) => account === call.account.id).map(showOwnImage);
    type Shown = Record<'type' | 'status' | 'architecture', string> & { name: string | null; bound_to: number | null };
    const fits = (shown: object): boolean => {
      const image = shown as Shown & { labels: Record<string, string> };
      return (
        (types.length === 0 || types.includes(image.type)) &&
        (states.length === 0 || states.includes(image.status)) &&
        (architectures.length === 0 || architectures.includes(image.architecture)) &&
        (call.query('name') === undefined || image.name === call.query('name')) &&
        (call.query('bound_to') === undefined || String(image.bound_to) === call.query('bound_to')) &&
        labelled(image.labels)
      );
    };
    return showPage(call, 'images', [...systems, ...owned].filter(fits));
  });
  wire.on('get /v1/images/:id', (call) => {
    const system = IMAGES.find(({ number }) => String(number) === call.param('id'));
    return { image: system ? showSystem(system) : showOwnImage(own(call)) };
  });
  wire.on('put /v1/images/:id', (call) => {
    const image = own(call);
    const name = call.text('description') || image.name;
    const kind = call.text('type') === 'snapshot' ? ('snapshot' as const) : image.kind;
    return { image: showOwnImage(cloud.images.put({ ...image, name, kind, labels: call.labels() ?? image.labels })) };
  });
  wire.gone('delete /v1/images/:id', (call) => {
    cloud.images.delete(own(call).id);
  });
}

function mountActions(wire: Wire, cloud: Cloud): void {
  wire.on('get /v1/actions', (call) => {
    const ids = call.queries('id');
    if (ids.length === 0) throw new Refusal('invalid', 'id is required', 'id');
    return { actions: cloud.jobs.of(call.account.id, ({ id }) => ids.includes(id)).map(showAction) };
  });
  for (const path of ['/v1/actions/:action', '/v1/servers/actions/:action', '/v1/firewalls/actions/:action'] as const)
    wire.on(`get ${path}`, (call) => {
      const job = cloud.jobs.get(call.param('action'));
      if (!job || job.account !== call.account.id) throw new Refusal('not_found', 'action not found');
      return { action: showAction(job) };
    });
}

const hetzner: CloudWire = {
  sheet,
  words,
  // "3600 requests per hour", of a project that an established reseller was given a higher server limit for.
  accountDefaults: { rateLimit: { requests: 3_600, perMs: 3_600_000 } },
  mount(wire, cloud) {
    mountCatalogue(wire, cloud);
    mountActions(wire, cloud);
    mountServers(wire, cloud);
    mountObjects(wire, cloud);
  },
  errorAnswer(status) {
    const known = Object.values(REFUSALS).find(([each]) => each === status)?.[1];
    const code = BY_STATUS[status] ?? known ?? (status >= 500 ? 'server_error' : 'invalid_input');
    return { body: { error: { code, message: code.replaceAll('_', ' '), details: null } } };
  },
};

export const simulation = simulateCloud(hetzner);
