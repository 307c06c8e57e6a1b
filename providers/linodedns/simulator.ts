/** Linode’s domains on loopback: a name may have several records of a type, and times to live are rounded. */
import { type RefusalKind, Refusal } from '../../simulator/cloud/model.ts';
import { type Call, pageOf, type Wire, type Words } from '../../simulator/cloud/wire.ts';
import { type SimName, simulateZones, type SimZone, type Zones } from '../../simulator/cloud/zones.ts';

const BASE = '/v4/domains';
const RECORDS = `${BASE}/:zone/records`;
const TTLS = [30, 120, 300, 3_600, 7_200, 14_400, 28_800, 57_600, 86_400, 172_800, 345_600, 604_800, 1_209_600, 2_419_200];
const STATUS: Partial<Record<RefusalKind, readonly [number, string]>> = {
  credentials: [401, 'Invalid Token'],
  read_only: [401, 'Your OAuth token is not authorized to use this endpoint.'],
  rate_limited: [429, 'Too many requests'],
  not_found: [404, 'Not found'],
};
const words: Words = {
  refuse: (kind, message, field) => {
    const [status, reason] = STATUS[kind] ?? [400, message];
    return { status, body: { errors: [{ reason, ...(field === undefined ? {} : { field }) }] } };
  },
};

export const simulation = simulateZones({
  id: 'linodedns',
  accountDefaults: { rateLimit: { requests: 400, perMs: 60_000 } },
  seeds: () => [{ name: 'linodedns.test' }],
  words,
  mount,
  errorAnswer: (status) => ({ body: { errors: [{ reason: status === 404 ? 'Not found' : `status ${status}` }] } }),
});

function mount(wire: Wire, zones: Zones): void {
  const zoneOf = (call: Call): SimZone => {
    const zone = zones.zone(call.account.id, call.param('zone'));
    // By number only, as Linode has it.
    if (zone.id !== call.param('zone')) throw new Refusal('not_found', 'Not found');
    return zone;
  };
  const write = (call: Call, zone: SimZone, id?: string): SimName => {
    const short = call.text('name').toLowerCase();
    const name = short === '' ? zone.name : `${short}.${zone.name}`;
    const asked = Number(call.body['ttl_sec'] ?? 0);
    const ttl = asked === 0 ? 0 : (TTLS.find((each) => each >= asked) ?? TTLS.at(-1)!);
    return zones.put(zone, { name, type: call.required('type'), content: call.required('target'), ttl, ...(id ? { id } : {}) });
  };

  wire.on('get /v4/account', ({ account }) => ({ email: `${account.id}@example.com`, company: '', balance: 0, balance_uninvoiced: 0 }));
  wire.on(`get ${BASE}`, (call) => {
    const { domain } = JSON.parse(call.request.get('x-filter') ?? '{}') as { domain?: string };
    return showPage(
      call,
      zones.zones(call.account.id).filter(({ name }) => domain === undefined || name === domain),
      showDomain,
    );
  });
  wire.on(`get ${BASE}/:zone`, (call) => showDomain(zoneOf(call)));
  wire.on(`get ${RECORDS}`, (call) => {
    const zone = zoneOf(call);
    return showPage(call, zones.of(zone), (each) => showRecord(zone, each));
  });
  wire.on(`post ${RECORDS}`, (call) => {
    const zone = zoneOf(call);
    return showRecord(zone, write(call, zone));
  });
  wire.on(`get ${RECORDS}/:id`, (call) => {
    const zone = zoneOf(call);
    return showRecord(zone, zones.record(zone, call.param('id')));
  });
  wire.on(`put ${RECORDS}/:id`, (call) => {
    const zone = zoneOf(call);
    return showRecord(zone, write(call, zone, zones.record(zone, call.param('id')).id));
  });
  wire.on(`delete ${RECORDS}/:id`, (call) => {
    zones.names.delete(zones.record(zoneOf(call), call.param('id')).id);
    return {};
  });
}

function showPage<T>(call: Call, items: readonly T[], show: (item: T) => object): object {
  const size = Number(call.query('page_size') ?? 100);
  const { items: shown, page, last, total } = pageOf(call, items, { size, most: 500 });
  return { data: shown.map(show), page, pages: last, results: total };
}

function showDomain({ id, name, createdMs }: SimZone): object {
  const at = new Date(createdMs).toISOString().slice(0, 19);
  const numbers = { retry_sec: 0, expire_sec: 0, refresh_sec: 0, ttl_sec: 0 };
  const lists = { master_ips: [], axfr_ips: [], tags: [] };
  const texts = { soa_email: `admin@${name}`, description: '', group: '', type: 'master', status: 'active' };
  return { id: Number(id), domain: name, ...texts, ...numbers, ...lists, created: at, updated: at };
}

function showRecord(zone: SimZone, { id, name, type, content, ttl, createdMs }: SimName): object {
  const short = name === zone.name ? '' : name.slice(0, -zone.name.length - 1);
  const at = new Date(createdMs).toISOString().slice(0, 19);
  const unused = { priority: 0, weight: 0, port: 0, service: null, protocol: null, tag: null };
  return { id: Number(id), type, name: short, target: content, ttl_sec: ttl, ...unused, created: at, updated: at };
}
