/** DigitalOcean’s domains on loopback: a name may have several records of a type. */
import type { RefusalKind } from '../../simulator/cloud/model.ts';
import { type Call, pageOf, type Wire, type Words } from '../../simulator/cloud/wire.ts';
import { type SimName, simulateZones, type SimZone, type Zones } from '../../simulator/cloud/zones.ts';

const BASE = '/v2/domains';
const RECORDS = `${BASE}/:zone/records`;
const STATUS: Partial<Record<RefusalKind, readonly [number, string]>> = {
  credentials: [401, 'Unauthorized'],
  read_only: [403, 'forbidden'],
  rate_limited: [429, 'too_many_requests'],
  not_found: [404, 'not_found'],
};
const words: Words = {
  refuse: (kind, message) => {
    const [status, id] = STATUS[kind] ?? [422, 'unprocessable_entity'];
    return { status, body: { id, message } };
  },
};

export const simulation = simulateZones({
  id: 'digitaloceandns',
  accountDefaults: { rateLimit: { requests: 5_000, perMs: 3_600_000 } },
  seeds: () => [{ name: 'digitaloceandns.test' }],
  words,
  mount,
  errorAnswer: (status) => ({ body: { id: status === 404 ? 'not_found' : 'server_error', message: `status ${status}` } }),
});

function mount(wire: Wire, zones: Zones): void {
  const zoneOf = (call: Call): SimZone => zones.zone(call.account.id, call.param('zone'));
  const write = (call: Call, zone: SimZone, id?: string): SimName => {
    const asked = call.required('name').toLowerCase();
    const name = asked === '@' ? zone.name : `${asked}.${zone.name}`;
    const content = call.required('data').replace(/\.$/, '');
    return zones.put(zone, { name, type: call.required('type'), content, ttl: Number(call.body['ttl'] ?? 1_800), ...(id ? { id } : {}) });
  };

  wire.on('get /v2/account', ({ account }) => ({
    account: {
      droplet_limit: 25,
      email: `${account.id}@example.com`,
      uuid: account.id,
      email_verified: true,
      status: 'active',
      status_message: '',
    },
  }));
  wire.on(`get ${BASE}`, (call) => showPage(call, 'domains', zones.zones(call.account.id), showDomain));
  wire.on(`get ${BASE}/:zone`, (call) => ({ domain: showDomain(zoneOf(call)) }));
  wire.on(`get ${RECORDS}`, (call) => {
    const [name, type, zone] = [call.query('name'), call.query('type'), zoneOf(call)];
    const fits = (each: SimName): boolean => (name === undefined || each.name === name) && (type === undefined || each.type === type);
    return showPage(call, 'domain_records', zones.of(zone).filter(fits), (each) => showRecord(zone, each));
  });
  wire.made(`post ${RECORDS}`, (call) => {
    const zone = zoneOf(call);
    return { domain_record: showRecord(zone, write(call, zone)) };
  });
  wire.on(`get ${RECORDS}/:id`, (call) => {
    const zone = zoneOf(call);
    return { domain_record: showRecord(zone, zones.record(zone, call.param('id'))) };
  });
  wire.on(`put ${RECORDS}/:id`, (call) => {
    const zone = zoneOf(call);
    return { domain_record: showRecord(zone, write(call, zone, zones.record(zone, call.param('id')).id)) };
  });
  wire.gone(`delete ${RECORDS}/:id`, (call) => {
    zones.names.delete(zones.record(zoneOf(call), call.param('id')).id);
  });
}

function showPage<T>(call: Call, key: string, items: readonly T[], show: (item: T) => object): object {
  const { items: shown, page, last, total } = pageOf(call, items, { size: 20, most: 200 });
  const next = page < last ? { pages: { next: `https://api.digitalocean.com${call.request.path}?page=${page + 1}` } } : {};
  return { [key]: shown.map(show), links: next, meta: { total } };
}

function showDomain({ name }: SimZone): object {
  return { name, ttl: 1_800, zone_file: `$ORIGIN ${name}.\n` };
}

function showRecord(zone: SimZone, { id, name, type, content, ttl }: SimName): object {
  const short = name === zone.name ? '@' : name.slice(0, -zone.name.length - 1);
  return { id: Number(id), type, name: short, data: content, priority: null, port: null, ttl, weight: null, flags: null, tag: null };
}
