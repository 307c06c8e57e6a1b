/** Amazon Route 53. Sets carry neither comment nor tag: a TXT set beside says whose they are. Facts stand in README.md. */
import { z } from 'zod';
import { keyFields, keys, simulatedKeys, temporaryField } from '../kit/amazon/credential.ts';
import { plainName, type Wanted } from '../kit/dns.ts';
import { orGone, part, type Query } from '../kit/rest.ts';
import type { Call } from '../kit/server-sheet.ts';
import { contentObjection } from '../kit/zone-file.ts';
import { quoted, setId, zoneProvider } from '../kit/zones.ts';
import type { Page, Zone } from '../provider.ts';
import { dialect, ID } from './wire.ts';

const ZoneInfo = z.object({
  Id: z.string(),
  Name: z.string(),
  Config: z.object({ PrivateZone: z.enum(['true', 'false']) }).optional(),
});
type ZoneInfo = z.infer<typeof ZoneInfo>;
const RrSet = z.object({
  Name: z.string(),
  Type: z.string(),
  /** Several sets of one name and type, each for some of the callers. */
  SetIdentifier: z.string().optional(),
  TTL: z.coerce.number().optional(),
  ResourceRecords: z.array(z.object({ Value: z.string() })).default([]),
  AliasTarget: z.object({ DNSName: z.string() }).optional(),
});
type RrSet = z.infer<typeof RrSet>;
const ChangeInfo = z.object({ ChangeInfo: z.object({ Id: z.string(), Status: z.string() }) });
/** An alias has the seconds of what it leads to. */
const ALIAS_TTL = 60;

const isPublic = ({ Config }: ZoneInfo): boolean => Config?.PrivateZone !== 'true';
const toZone = ({ Id, Name }: ZoneInfo): Zone => ({ id: Id.replace('/hostedzone/', ''), name: nameOf(Name), status: 'active' });
/** `\052.example.com.` is how it tells `*.example.com`: what is no letter, digit, `-`, `_` or `.` stands in octal. */
function nameOf(told: string): string {
  return plainName(told.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))));
}
const setsPath = ({ id }: Zone): string => `/hostedzone/${part(id)}/rrset`;
const idOf = ({ Name, Type, SetIdentifier }: RrSet): string =>
  SetIdentifier === undefined ? setId(nameOf(Name), Type) : `${setId(nameOf(Name), Type)}/${SetIdentifier}`;
/** What makes it a zone is nobody's record. */
const isOfZone = ({ Name, Type }: RrSet, zone: Zone): boolean => nameOf(Name) === zone.name && (Type === 'NS' || Type === 'SOA');

async function page({ client, signal }: Call, zone: Zone, cursor: Query | null): Promise<Part<RrSet>> {
  const { items, next } = await client.page({ path: setsPath(zone), signal }, 'ResourceRecordSets', RrSet, cursor);
  return { items: items.filter((set) => !isOfZone(set, zone)), next };
}

interface Part<T> {
  readonly items: readonly T[];
  readonly next: Query | null;
}

/** The name that is asked for is where a list begins, not all that is in it: who asks compares. `key`: what a list calls it. */
async function beginningAt<T>(key: 'name' | 'dnsname', name: string, pageFrom: (cursor: Query) => Promise<Part<T>>): Promise<T[]> {
  const found: T[] = [];
  for (let cursor: Query | null = { [key]: `${name}.` }; cursor !== null;) {
    const { items, next }: Part<T> = await pageFrom(cursor);
    found.push(...items);
    cursor = nameOf(String(next?.[key] ?? '')) === name ? next : null;
  }
  return found;
}
const named = (call: Call, zone: Zone, name: string): Promise<RrSet[]> => beginningAt('name', name, (cursor) => page(call, zone, cursor));

async function get(call: Call, zone: Zone, id: string): Promise<RrSet | null> {
  const found = await orGone(named(call, zone, id.split('/', 1)[0]!));
  return found?.find((set) => idOf(set) === id) ?? null;
}

/** All of one batch or nothing. */
async function change({ client, signal }: Call, zone: Zone, action: 'CREATE' | 'UPSERT' | 'DELETE', set: RrSet): Promise<RrSet> {
  const { Name, Type, TTL, ResourceRecords } = set;
  const told = { Name, Type, TTL, ResourceRecords: { ResourceRecord: ResourceRecords } };
  const body = { ChangeBatch: { Changes: { Change: { Action: action, ResourceRecordSet: told } } } };
  const ask = { method: 'POST', path: `${setsPath(zone)}/`, body, repeatable: action !== 'CREATE', signal } as const;
  await client.call(ask, ChangeInfo);
  return set;
}
const setOf = ({ name, type, ttl, content }: Wanted): RrSet => ({
  Name: `${name}.`,
  Type: type,
  TTL: ttl,
  ResourceRecords: [{ Value: quoted(type, content) }],
});

export const provider = zoneProvider<RrSet>({
  id: ID,
  name: dialect.name,
  apiBaseUrl: 'https://route53.amazonaws.com',
  docsUrl: 'https://docs.aws.amazon.com/Route53/latest/APIReference/Welcome.html',
  credential: keys,
  credentialFields: [...keyFields, temporaryField],
  simulatedCredential: simulatedKeys,
  // Of an AWS account, whoever calls.
  rate: { requests: 5, perMs: 1_000 },
  ttl: { min: 1, max: 2_147_483_647 },
  dialect,
  objection: contentObjection,
  carrier: 'beside',
  // A key knows its zones, but not what its account is called.
  async account(client, o) {
    const { items, next } = await client.page({ path: '/hostedzone', signal: o?.signal }, 'HostedZones', ZoneInfo);
    return { name: `account with ${items.length}${next ? ' or more' : ''} zones`, status: 'active' };
  },
  /** Private zones have the names of public ones, and are seen by nobody outside. A list by name has more, as that of sets. */
  async zones({ client, signal }, name) {
    if (name === undefined)
      return (await client.all({ path: '/hostedzone', signal }, 'HostedZones', ZoneInfo)).filter(isPublic).map(toZone);
    const found = await beginningAt('dnsname', name, (cursor) =>
      client.page({ path: '/hostedzonesbyname', signal }, 'HostedZones', ZoneInfo, cursor),
    );
    return found.filter(isPublic).map(toZone);
  },
  zone: async ({ client, signal }, id) => toZone(await client.one({ path: `/hostedzone/${part(id)}`, signal }, 'HostedZone', ZoneInfo)),
  named,
  async page(call, zone, cursor): Promise<Page<RrSet>> {
    const { items, next } = await page(call, zone, cursor === null ? null : (JSON.parse(cursor) as Query));
    return { items, next: next === null ? null : JSON.stringify(next) };
  },
  get,
  add: (call, zone, wanted) => change(call, zone, 'CREATE', setOf(wanted)),
  set: (call, zone, _id, wanted) => change(call, zone, 'UPSERT', setOf(wanted)),
  /** A set is deleted by telling all of it. */
  async remove(call, zone, id) {
    const set = await get(call, zone, id);
    if (!set) return;
    if (set.SetIdentifier !== undefined || set.AliasTarget)
      throw call.client.error('invalid', `${id} is an alias or one of several by a routing policy. Delete it in the AWS console.`);
    await orGone(change(call, zone, 'DELETE', set));
  },
  view: (set) => ({
    id: idOf(set),
    name: nameOf(set.Name),
    type: set.Type,
    content: set.ResourceRecords[0]?.Value ?? set.AliasTarget?.DNSName ?? '',
    mark: null,
    ttl: set.TTL ?? ALIAS_TTL,
  }),
});
