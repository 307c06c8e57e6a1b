/**
 * Route 53 on loopback: signed calls, XML, batches of changes, lists that begin at a name. Each public zone has a private twin.
 * The flag `prior-request` makes it refuse a change because another is under way.
 */
import { signer, textBodies } from '../../simulator/cloud/amazon-gate.ts';
import { type RefusalKind, Refusal } from '../../simulator/cloud/model.ts';
import { type Call, rfc3339, type Wire, type Words } from '../../simulator/cloud/wire.ts';
import { type SimName, simulateZones, type SimZone, type Zones } from '../../simulator/cloud/zones.ts';
import { read, xmlOf } from './wire.ts';

const BASE = '/2013-04-01';
const XML = 'text/xml';
const BATCH = 'InvalidChangeBatch';
const MOST = { zones: 100, sets: 300, changes: 1_000 } as const;
const STATUS: Partial<Record<RefusalKind, readonly [number, string]>> = {
  credentials: [403, 'MissingAuthenticationToken'],
  read_only: [403, 'AccessDenied'],
  rate_limited: [400, 'Throttling'],
  not_found: [404, 'NoSuchHostedZone'],
};

function errorXml(code: string, message: string): string {
  return xmlOf('ErrorResponse', { Error: { Type: 'Sender', Code: code, Message: message }, RequestId: 'sim' });
}

const words: Words = {
  refuse(kind, message, said) {
    const [status, usual] = STATUS[kind] ?? [400, 'InvalidInput'];
    // The world's own names of fields are no codes.
    const code = said !== undefined && /^[A-Z]/.test(said) ? said : usual;
    const body = code === BATCH ? xmlOf(BATCH, { Messages: { Message: message }, RequestId: 'sim' }) : errorXml(code, message);
    return { status, body, headers: { 'content-type': XML } };
  },
  credential: (request) => signer(request, Date.now()),
};

export const simulation = simulateZones({
  id: 'route53',
  sets: true,
  // The real one's five a second, as a mean.
  accountDefaults: { rateLimit: { requests: 300, perMs: 60_000 } },
  seeds: () => [{ name: 'route53.test' }],
  words,
  reads: textBodies,
  mount,
  errorAnswer(status) {
    const code = status === 429 ? 'Throttling' : status === 404 ? 'NoSuchHostedZone' : status >= 500 ? 'InternalError' : 'InvalidInput';
    return { body: errorXml(status === 401 ? 'InvalidClientTokenId' : code, `status ${status}`), headers: { 'content-type': XML } };
  },
});

interface ShownZone {
  Id: string;
  Name: string;
  CallerReference: string;
  Config: { PrivateZone: boolean };
}
interface ShownSet {
  Name: string;
  Type: string;
  TTL: number;
  ResourceRecords: { ResourceRecord: { Value: string }[] };
}
interface Change {
  Action: string;
  ResourceRecordSet: { Name: string; Type: string; TTL?: string; ResourceRecords?: { Value: string }[] };
}

/** Names by their labels from the right, as lists are sorted. */
const sortKey = (name: string): string => name.replace(/\.$/, '').split('.').toReversed().join('\u0000');
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const octal = (name: string): string => name.replaceAll('*', '\\052');
const whole = (name: string): string => `${name.toLowerCase().replaceAll('\\052', '*').replace(/\.$/, '')}.`;

function mount(wire: Wire, zones: Zones): void {
  const answer = (call: Call, root: string, body: object): undefined => {
    call.response.type(XML).send(xmlOf(root, body));
    return undefined;
  };
  const zoneOf = (call: Call): SimZone => {
    const id = call.param('zone').replace(/^Z/, '');
    const found = zones.zones(call.account.id).find((zone) => zone.id === id);
    if (!found) throw new Refusal('not_found', `No hosted zone found with ID: ${call.param('zone')}`);
    return found;
  };
  const shownZones = (call: Call): ShownZone[] =>
    zones.zones(call.account.id).flatMap((zone) => [showZone(zone, true), showZone(zone, false)]);

  wire.on(`get ${BASE}/hostedzone`, (call) => {
    const all = shownZones(call);
    const from = all.findIndex(({ Id }) => call.query('marker') === undefined || Id.endsWith(`/${call.query('marker')}`));
    const { shown, next, size } = cut(call, all.slice(Math.max(0, from)), MOST.zones);
    const more = next ? { NextMarker: next.Id.replace('/hostedzone/', '') } : {};
    return answer(call, 'ListHostedZonesResponse', { HostedZones: { HostedZone: shown }, IsTruncated: !!next, ...more, MaxItems: size });
  });
  wire.on(`get ${BASE}/hostedzonesbyname`, (call) => {
    const [name, id] = [call.query('dnsname'), call.query('hostedzoneid')];
    const at = (zone: ShownZone): number => (name === undefined ? 0 : order(sortKey(zone.Name), sortKey(whole(name))));
    const all = shownZones(call).toSorted((a, b) => order(sortKey(a.Name), sortKey(b.Name)) || order(a.Id, b.Id));
    const rest = all.filter((zone) => at(zone) > 0 || (at(zone) === 0 && (id === undefined || zone.Id >= `/hostedzone/${id}`)));
    const { shown, next, size } = cut(call, rest, MOST.zones);
    const more = next ? { NextDNSName: next.Name, NextHostedZoneId: next.Id.replace('/hostedzone/', '') } : {};
    return answer(call, 'ListHostedZonesByNameResponse', {
      HostedZones: { HostedZone: shown },
      IsTruncated: !!next,
      ...more,
      MaxItems: size,
    });
  });
  wire.on(`get ${BASE}/hostedzone/:zone`, (call) =>
    answer(call, 'GetHostedZoneResponse', {
      HostedZone: showZone(zoneOf(call), false),
      DelegationSet: { NameServers: { NameServer: ['ns-1.awsdns-01.test', 'ns-2.awsdns-02.test'] } },
    }),
  );
  wire.on(`get ${BASE}/hostedzone/:zone/rrset`, (call) => {
    const [name, type] = [call.query('name'), call.query('type')];
    if (type !== undefined && name === undefined) throw new Refusal('invalid', 'A type needs a name', 'InvalidInput');
    const at = (set: ShownSet): number => (name === undefined ? 0 : order(sortKey(whole(set.Name)), sortKey(whole(name))));
    const rest = showSets(zones, zoneOf(call)).filter((set) => at(set) > 0 || (at(set) === 0 && (type === undefined || set.Type >= type)));
    const { shown, next, size } = cut(call, rest, MOST.sets);
    const more = next ? { NextRecordName: next.Name, NextRecordType: next.Type } : {};
    return answer(call, 'ListResourceRecordSetsResponse', {
      ResourceRecordSets: { ResourceRecordSet: shown },
      IsTruncated: !!next,
      ...more,
      MaxItems: size,
    });
  });
  wire.on(`post ${BASE}/hostedzone/:zone/rrset`, (call) => {
    const zone = zoneOf(call);
    if (zones.world.hasFlag('prior-request', zone.id))
      throw new Refusal(
        'conflict',
        'The request was rejected because Route 53 was still processing a prior request.',
        'PriorRequestNotComplete',
      );
    changeAll(zones, zone, changesOf(call));
    const submitted = rfc3339(zones.world.now());
    return answer(call, 'ChangeResourceRecordSetsResponse', {
      ChangeInfo: { Id: `/change/C${zones.world.hex(12).toUpperCase()}`, Status: 'PENDING', SubmittedAt: submitted },
    });
  });
}

/** A page, and where the next one begins. */
function cut<T>(call: Call, items: readonly T[], most: number): { shown: T[]; next: T | undefined; size: number } {
  const asked = Number(call.query('maxitems') ?? most);
  if (!Number.isInteger(asked) || asked < 1) throw new Refusal('invalid', 'maxitems must be a positive number', 'InvalidInput');
  const size = Math.min(asked, most);
  return { shown: items.slice(0, size), next: items[size], size };
}

function changesOf(call: Call): Change[] {
  let body: { ChangeBatch?: { Changes?: Change[] } };
  try {
    body = read(String(call.request.body)) as typeof body;
  } catch {
    throw new Refusal('invalid', 'Invalid XML', 'InvalidInput');
  }
  const changes = body.ChangeBatch?.Changes ?? [];
  if (changes.length === 0 || changes.length > MOST.changes) throw new Refusal('invalid', 'The batch has no change or too many', BATCH);
  return changes;
}

/** All of them, or none. */
function changeAll(zones: Zones, zone: SimZone, changes: readonly Change[]): void {
  const before = zones.of(zone);
  try {
    for (const each of changes) changeOne(zones, zone, each);
  } catch (error) {
    for (const { id } of zones.of(zone)) zones.names.delete(id);
    for (const old of before) zones.names.put(old);
    if (error instanceof Refusal) throw new Refusal(error.kind, error.message, BATCH);
    throw error;
  }
}

function changeOne(zones: Zones, zone: SimZone, { Action, ResourceRecordSet: set }: Change): void {
  const [name, type, values] = [whole(set.Name).slice(0, -1), set.Type, (set.ResourceRecords ?? []).map(({ Value }) => Value)];
  const held = zones.of(zone).filter((each) => each.name === name && each.type === type);
  const what = `resource record set [name='${octal(name)}.', type='${type}']`;
  if (Action === 'CREATE' && held.length > 0) throw new Refusal('taken', `Tried to create ${what} but it already exists`);
  if (Action === 'DELETE') {
    if (held.length === 0) throw new Refusal('invalid', `Tried to delete ${what} but it was not found`);
    const same =
      held
        .map(({ content }) => content)
        .toSorted()
        .join() === values.toSorted().join();
    if (!same || held[0]!.ttl !== Number(set.TTL))
      throw new Refusal('invalid', `Tried to delete ${what} but the values provided do not match the current values`);
  }
  if (!['CREATE', 'UPSERT', 'DELETE'].includes(Action)) throw new Refusal('invalid', `Value '${Action}' is no action`);
  for (const { id } of held) zones.names.delete(id);
  if (Action === 'DELETE') return;
  if (values.length === 0 || set.TTL === undefined) throw new Refusal('invalid', `${what} has no values or no TTL`);
  if (type === 'TXT' && values.some((value) => !value.startsWith('"'))) throw new Refusal('invalid', `Unquoted text in ${what}`);
  for (const content of values) zones.put(zone, { name, type, content, ttl: Number(set.TTL) });
}

function showZone({ id, name }: SimZone, isPrivate: boolean): ShownZone {
  return { Id: `/hostedzone/Z${isPrivate ? 'P' : ''}${id}`, Name: `${name}.`, CallerReference: id, Config: { PrivateZone: isPrivate } };
}

/** With those that every zone has. */
function showSets(zones: Zones, zone: SimZone): ShownSet[] {
  const [soa, ns] = ['ns-1.awsdns-01.test. hostmaster.awsdns.test. 1 7200 900 1209600 86400', 'ns-1.awsdns-01.test.'];
  const own = Map.groupBy(zones.of(zone), ({ name, type }: SimName) => `${name} ${type}`);
  const shown = [...own.values()].map((held) => {
    const [{ name, type, ttl }] = held as [SimName];
    return { Name: `${name}.`, Type: type, TTL: ttl, values: held.map(({ content }) => content) };
  });
  const all = [
    { Name: `${zone.name}.`, Type: 'NS', TTL: 172_800, values: [ns] },
    { Name: `${zone.name}.`, Type: 'SOA', TTL: 900, values: [soa] },
    ...shown,
  ];
  return all
    .toSorted((a, b) => order(sortKey(a.Name), sortKey(b.Name)) || order(a.Type, b.Type))
    .map(({ Name, Type, TTL, values }) => ({
      Name: octal(Name),
      Type,
      TTL,
      ResourceRecords: { ResourceRecord: values.map((Value) => ({ Value })) },
    }));
}
