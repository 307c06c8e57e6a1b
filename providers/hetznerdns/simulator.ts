/** Hetzner’s zones on loopback. Changes are made at once; their actions tell that they are done. */
import { type RefusalKind, Refusal } from '../../simulator/cloud/model.ts';
import { type Call, labelSelector, rfc3339, type Wire, type Words } from '../../simulator/cloud/wire.ts';
import { type SimName, simulateZones, type SimZone, type Zones } from '../../simulator/cloud/zones.ts';
import { showPage } from '../hetzner/simulator/shapes.ts';

const BASE = '/v1/zones';
const SETS = `${BASE}/:zone/rrsets`;
const SET = `${SETS}/:name/:type`;
const STATUS: Partial<Record<RefusalKind, readonly [number, string]>> = {
  credentials: [401, 'unauthorized'],
  read_only: [403, 'token_readonly'],
  rate_limited: [429, 'rate_limit_exceeded'],
  not_found: [404, 'not_found'],
  taken: [409, 'uniqueness_error'],
};
const words: Words = {
  refuse: (kind, message, field) => {
    const [status, code] = STATUS[kind] ?? [422, 'invalid_input'];
    const details = field === undefined ? null : { fields: [{ name: field, messages: [message] }] };
    return { status, body: { error: { code, message, details } } };
  },
};

export const simulation = simulateZones({
  id: 'hetznerdns',
  sets: true,
  accountDefaults: { rateLimit: { requests: 3_600, perMs: 3_600_000 } },
  seeds: () => [{ name: 'hetznerdns.test' }],
  words,
  mount,
  errorAnswer: (status) => ({ body: { error: { code: status === 404 ? 'not_found' : 'service_error', message: `status ${status}` } } }),
});

function mountZones(wire: Wire, zones: Zones): void {
  wire.on('get /v1/actions/:id', (call) => ({ action: doneAction(zones, Number(call.param('id')), 'change', []) }));
  wire.on(`get ${BASE}`, (call) => {
    const wanted = call.query('name');
    const fits = labelSelector(call.query('label_selector'));
    // Nobody labels a zone here.
    const shown = zones.zones(call.account.id).filter(({ name }) => (wanted === undefined || name === wanted) && fits({}));
    return showPage(call, 'zones', shown, (zone) => showZone(zone, zones));
  });
  wire.on(`get ${BASE}/:zone`, (call) => ({ zone: showZone(zones.zone(call.account.id, call.param('zone')), zones) }));
}

function mount(wire: Wire, zones: Zones): void {
  const zoneOf = (call: Call): SimZone => zones.zone(call.account.id, call.param('zone'));
  const wholeOf = (zone: SimZone, name: string): string => (name === '@' ? zone.name : `${name.toLowerCase()}.${zone.name}`);
  const setOf = (zone: SimZone, name: string, type: string): SimName[] =>
    zones.of(zone).filter((each) => each.name === wholeOf(zone, name) && each.type === type);
  const held = (call: Call): { zone: SimZone; set: SimName[] } => {
    const zone = zoneOf(call);
    const set = setOf(zone, call.param('name'), call.param('type'));
    if (set.length === 0) throw new Refusal('not_found', 'rrset not found');
    return { zone, set };
  };
  const done = (zone: SimZone, command: string): object =>
    doneAction(zones, zones.world.nextInt('action', 1), command, [{ type: 'zone', id: Number(zone.id) }]);
  const write = (call: Call, zone: SimZone, name: string, type: string, ttl: number): void => {
    const before = setOf(zone, name, type);
    for (const { id } of before) zones.names.delete(id);
    try {
      for (const each of call.list('records') as { value: string; comment?: string }[])
        zones.put(zone, { name: wholeOf(zone, name), type, content: each.value, ttl, comment: each.comment ?? '' });
    } catch (error) {
      for (const old of before) zones.names.put(old);
      throw error;
    }
  };

  mountZones(wire, zones);
  wire.on(`get ${SETS}`, (call) => {
    const zone = zoneOf(call);
    const wanted = call.query('name');
    const types = call.queries('type');
    const named = zones
      .of(zone)
      .filter(({ name, type }) => (wanted === undefined || name === wholeOf(zone, wanted)) && (types.length === 0 || types.includes(type)));
    const keys = [...new Set(named.map(({ name, type }) => `${name} ${type}`))];
    const setNamed = (key: string): SimName[] => named.filter(({ name, type }) => `${name} ${type}` === key);
    return showPage(call, 'rrsets', keys, (key) => showSet(zone, setNamed(key)));
  });
  wire.made(`post ${SETS}`, (call) => {
    const [zone, name, type] = [zoneOf(call), call.required('name'), call.required('type')];
    if (setOf(zone, name, type).length > 0) throw new Refusal('taken', 'rrset is not unique', 'name');
    write(call, zone, name, type, Number(call.body['ttl'] ?? 3_600));
    return { rrset: showSet(zone, setOf(zone, name, type)), action: done(zone, 'create_rrset') };
  });
  wire.on(`get ${SET}`, (call) => {
    const { zone, set } = held(call);
    return { rrset: showSet(zone, set) };
  });
  wire.made(`delete ${SET}`, (call) => {
    const { zone, set } = held(call);
    for (const { id } of set) zones.names.delete(id);
    return { action: done(zone, 'delete_rrset') };
  });
  wire.made(`post ${SET}/actions/set_records`, (call) => {
    const { zone, set } = held(call);
    write(call, zone, call.param('name'), call.param('type'), set[0]!.ttl);
    return { action: done(zone, 'set_rrset_records') };
  });
  wire.made(`post ${SET}/actions/change_ttl`, (call) => {
    const { zone, set } = held(call);
    for (const each of set) zones.names.put({ ...each, ttl: Number(call.body['ttl']) });
    return { action: done(zone, 'change_rrset_ttl') };
  });
}

function doneAction(zones: Zones, id: number, command: string, resources: object[]): object {
  const now = rfc3339(zones.world.now());
  return { id, command, status: 'success', progress: 100, started: now, finished: now, resources, error: null };
}

function showZone(zone: SimZone, zones: Zones): object {
  const servers = ['hydrogen.ns.hetzner.com.', 'oxygen.ns.hetzner.com.', 'helium.ns.hetzner.de.'];
  return {
    id: Number(zone.id),
    name: zone.name,
    created: rfc3339(zone.createdMs),
    mode: 'primary',
    primary_nameservers: [],
    labels: {},
    protection: { delete: false },
    ttl: 3_600,
    status: 'ok',
    record_count: zones.of(zone).length,
    authoritative_nameservers: { assigned: servers, delegated: servers, delegation_last_check: null, delegation_status: 'valid' },
    registrar: 'other',
  };
}

function showSet(zone: SimZone, set: readonly SimName[]): object {
  const [{ name, type, ttl }] = set as [SimName];
  const short = name === zone.name ? '@' : name.slice(0, -zone.name.length - 1);
  const records = set.map(({ content, comment }) => ({ value: content, ...(comment === '' ? {} : { comment }) }));
  return { id: `${short}/${type}`, name: short, type, ttl, labels: {}, protection: { change: false }, records, zone: Number(zone.id) };
}
