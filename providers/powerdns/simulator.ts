/** PowerDNS's API on loopback: zones, and sets of records that one call replaces. */
import { type RefusalKind, Refusal } from '../../simulator/cloud/model.ts';
import type { Call, Wire, Words } from '../../simulator/cloud/wire.ts';
import { type SimName, simulateZones, type SimZone, type Zones } from '../../simulator/cloud/zones.ts';

const BASE = '/api/v1/servers/localhost';
const SERVER = { id: 'localhost', type: 'Server', daemon_type: 'authoritative', version: '4.7.3', url: BASE };
const STATUS: Partial<Record<RefusalKind, readonly [number, string]>> = {
  credentials: [401, 'Unauthorized'],
  read_only: [401, 'Unauthorized'],
  not_found: [404, 'Not Found'],
  taken: [409, 'Conflict'],
};

/** Plain texts but for what was sent wrongly, as the real one answers. */
const words: Words = {
  refuse: (kind, message) => {
    const [status, text] = STATUS[kind] ?? [422, ''];
    return { status, body: status === 422 ? { error: message } : text };
  },
  credential: (request) => request.get('x-api-key'),
};

export const simulation = simulateZones({
  id: 'powerdns',
  sets: true,
  accountDefaults: { rateLimit: { requests: 100_000, perMs: 60_000 } },
  seeds: () => [{ name: 'powerdns.test' }],
  words,
  mount,
  errorAnswer: (status) => ({ body: { error: `status ${status}` } }),
});

function mount(wire: Wire, zones: Zones): void {
  const zoneOf = (call: Call): SimZone => zones.zone(call.account.id, call.param('zone'));
  wire.on(`get ${BASE}`, () => SERVER);
  wire.on(`get ${BASE}/zones`, (call) => {
    const wanted = call.query('zone');
    return zones
      .zones(call.account.id)
      .filter(({ name }) => wanted === undefined || wanted === `${name}.`)
      .map(showZone);
  });
  wire.on(`get ${BASE}/zones/:zone`, (call) => {
    const zone = zoneOf(call);
    if (call.query('rrsets') === 'false') return showZone(zone);
    const [name, type] = [call.query('rrset_name'), call.query('rrset_type')];
    const shown = zones
      .of(zone)
      .filter((each) => (name === undefined || `${each.name}.` === name) && (type === undefined || each.type === type));
    return { ...showZone(zone), rrsets: showSets(shown) };
  });
  wire.on(
    `patch ${BASE}/zones/:zone`,
    (call) => {
      const zone = zoneOf(call);
      for (const set of call.list('rrsets') as RrSet[]) replace(zones, zone, set);
    },
    204,
  );
}

interface RrSet {
  name: string;
  type: string;
  ttl?: number;
  changetype: string;
  records?: { content: string }[];
  comments?: { content: string }[];
}

/** Absent sets are deleted without complaint. */
function replace(zones: Zones, zone: SimZone, set: RrSet): void {
  if (!set.name.endsWith('.')) throw new Refusal('invalid', `DNS Name '${set.name}' is not canonical`);
  const name = set.name.slice(0, -1).toLowerCase();
  const held = zones.of(zone).filter((each) => each.name === name && each.type === set.type);
  for (const { id } of held) zones.names.delete(id);
  if (set.changetype === 'DELETE') return;
  const [comment] = set.comments ?? [];
  try {
    for (const { content } of set.records ?? [])
      zones.put(zone, { name, type: set.type, content, ttl: set.ttl ?? 3_600, comment: comment?.content ?? '' });
  } catch (error) {
    for (const old of held) zones.names.put(old);
    throw error;
  }
}

function showZone({ name }: SimZone): object {
  return {
    id: `${name}.`,
    name: `${name}.`,
    type: 'Zone',
    url: `${BASE}/zones/${name}.`,
    kind: 'Native',
    dnssec: false,
    account: '',
    serial: 1,
  };
}

function showSets(held: readonly SimName[]): object[] {
  const keys = [...new Set(held.map(({ name, type }) => `${name} ${type}`))];
  return keys.map((key) => {
    const set = held.filter(({ name, type }) => `${name} ${type}` === key);
    const [{ name, type, ttl, comment, createdMs }] = set as [SimName];
    const comments = comment === '' ? [] : [{ content: comment, account: 'plinth', modified_at: Math.floor(createdMs / 1000) }];
    return { name: `${name}.`, type, ttl, records: set.map(({ content }) => ({ content, disabled: false })), comments };
  });
}
