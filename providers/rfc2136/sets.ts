/** Sets of records in a zone: seen as they stand there, and changed only as they were seen. */
import { z } from 'zod';
import { isProviderError } from '../errors.ts';
import { claimName, type Wanted } from '../kit/dns.ts';
import type { Call } from '../kit/server-sheet.ts';
import { setId } from '../kit/zones.ts';
import type { Zone } from '../provider.ts';
import type { Asked, Told } from './carrier.ts';
import { objection, showContent, writeContent } from './content.ts';

const Record = z.object({ name: z.string(), type: z.string(), ttl: z.number(), data: z.string() });
const Answered = z.object({ parts: z.array(z.object({ name: z.string(), code: z.string(), records: z.array(Record) })) });
type Part = z.infer<typeof Answered>['parts'][number];

/** All records of one name and type. */
export interface RrSet {
  readonly name: string;
  readonly type: string;
  /** Seconds. */
  readonly ttl: number;
  /** As they go over the wire, in base64; in one order, whatever the server's. */
  readonly data: readonly string[];
}

/** What is asked for where a name may have anything: servers need not answer a question for all types (RFC 8482). */
const ASKED = ['A', 'AAAA', 'CNAME', 'NS', 'MX', 'TXT', 'SRV', 'CAA', 'PTR'];
/** What signs a zone is its server's own. */
const SIGNING = new Set(['SOA', 'RRSIG', 'NSEC', 'NSEC3', 'NSEC3PARAM', 'DNSKEY', 'CDS', 'CDNSKEY']);
/** Looks and updates of one change, where somebody else changes the same name. */
const ROUNDS = 3;

export const idOf = ({ name, type }: Pick<RrSet, 'name' | 'type'>): string => setId(name, type);
/** What makes it a zone is nobody's record. */
const isOfZone = ({ name, type }: Pick<RrSet, 'name' | 'type'>, zone: string): boolean =>
  SIGNING.has(type) || (type === 'NS' && name === zone);

async function ask({ client, signal }: Call, asked: Asked, name?: string): Promise<Part[]> {
  const zone = asked.kind === 'zones' ? '' : asked.zone;
  const path = `/${zone}${name === undefined || name === zone ? '' : `/${name}`}`;
  return (await client.call({ path, body: asked, signal }, Answered)).parts;
}

/** The account's zones, with the server's code for each: NOERROR where it has it. */
export async function zonesOf(call: Call): Promise<{ readonly name: string; readonly code: string }[]> {
  return (await ask(call, { kind: 'zones' })).map(({ name, code, records }) => {
    const isThere = records.some((record) => record.type === 'SOA' && record.name === name);
    return { name, code: code === 'NOERROR' && !isThere ? 'NOTAUTH' : code };
  });
}

function setsIn(records: Part['records']): RrSet[] {
  const sets = new Map<string, Omit<RrSet, 'data'> & { data: string[] }>();
  for (const { name, type, ttl, data } of records) {
    const id = idOf({ name, type });
    const set = sets.get(id) ?? { name, type, ttl, data: [] };
    sets.set(id, set);
    // A CNAME answers every question about its name.
    if (!set.data.includes(data)) set.data.push(data);
  }
  return [...sets.values()].map((set) => ({ ...set, data: set.data.toSorted() }));
}

/** Everything of a zone but what makes it one, by a transfer. */
export async function everySet(call: Call, zone: Zone): Promise<RrSet[]> {
  try {
    const parts = await ask(call, { kind: 'transfer', zone: zone.name });
    return setsIn(parts.flatMap(({ records }) => records)).filter((set) => !isOfZone(set, zone.name));
  } catch (error) {
    if (!(await isDenied(call, error))) throw error;
    const remedy = 'Allow the key to transfer it (Knot: action transfer; BIND: allow-transfer). All else goes without.';
    throw call.client.error('forbidden', `The name server lists the records of ${zone.name} only to whom it transfers the zone. ${remedy}`);
  }
}

/** Denied although the key is known: servers say so in several ways, Knot as if it did not know the key. */
async function isDenied(call: Call, error: unknown): Promise<boolean> {
  if (isProviderError(error, 'credentials')) await zonesOf(call);
  return isProviderError(error, 'credentials', 'forbidden', 'not_found');
}

interface Found {
  readonly sets: readonly RrSet[];
  /** The name that was handed on to other servers, where these stand there or below it. */
  readonly handedOn: string | undefined;
}

/** The sets of these names and types that stand in the zone. */
async function setsAt(call: Call, zone: string, asked: readonly Pick<RrSet, 'name' | 'type'>[]): Promise<Found> {
  const names = [...new Set(asked.map(({ name }) => name))];
  const wildcards = [...new Set(names.flatMap((name) => wildcardsAbove(name, zone)))];
  const questions = [...asked, ...wildcards.map((name) => ({ name, type: 'TXT' }))];
  const parts = await ask(call, { kind: 'query', zone, questions }, names[0]);
  const told = parts.slice(0, asked.length).flatMap(({ name, records }) => records.filter((record) => record.name === name));
  const handedOn = parts.slice(0, asked.length).flatMap(({ records }) => records.filter(({ type }) => type === 'NS')).find((record) => record.name !== zone)?.name; // prettier-ignore
  const found = setsIn(told).filter((set) => asked.some((each) => idOf(each) === idOf(set)));
  const isCovered = parts.slice(asked.length).some(({ code }) => code !== 'NXDOMAIN');
  return { sets: isCovered ? await standing(call, zone, found) : found, handedOn };
}

/** `*.example.com` answers for names that are not there; those nearer to the name first. */
function wildcardsAbove(name: string, zone: string): string[] {
  if (name === zone) return [];
  const labels = name.slice(0, -zone.length - 1).split('.');
  return labels.map((_, place) => ['*', ...labels.slice(place + 1), zone].join('.')).filter((wildcard) => wildcard !== name);
}

/** Those that stand there themselves, and are not a wildcard's answer: an update that changes nothing is made where they do. */
async function standing(call: Call, zone: string, sets: readonly RrSet[]): Promise<RrSet[]> {
  if (sets.length === 0) return [];
  try {
    await ask(call, { kind: 'change', zone, prerequisites: sets.flatMap(asSeen), updates: [] }, sets[0]!.name);
    return [...sets];
  } catch (error) {
    if (!isProviderError(error, 'conflict')) throw error;
    if (sets.length === 1) return [];
    return (await Promise.all(sets.map((set) => standing(call, zone, [set])))).flat();
  }
}

/** Every set of a name of the types that Plinth knows. */
export async function setsOf(call: Call, zone: Zone, name: string): Promise<RrSet[]> {
  const asked = ASKED.map((type) => ({ name, type }));
  return (await setsAt(call, zone.name, asked)).sets.filter((set) => !isOfZone(set, zone.name));
}

export async function setBy(call: Call, zone: Zone, id: string): Promise<RrSet | null> {
  const [name = '', type = ''] = id.split('/');
  return (await setsAt(call, zone.name, [{ name, type }])).sets[0] ?? null;
}

export const contentOf = ({ type, data }: RrSet): string => data.map((each) => showContent(type, Buffer.from(each, 'base64'))).join(', ');

/** RFC 2136, section 2.4: the set is exactly this, or there is none, or the name has none. */
const asSeen = ({ name, type, data }: RrSet): Told[] => data.map((each) => ({ name, type, ttl: 0, data: each }));
const isAbsent = (name: string, type: string): Told => ({ name, type, class: 'NONE', ttl: 0, data: '' });
/** Section 2.5: all of a set is deleted, and what shall be there is added. */
const none = (name: string, type: string): Told => ({ name, type, class: 'ANY', ttl: 0, data: '' });

interface Place {
  readonly name: string;
  readonly type: string;
  readonly claim: string;
}
interface Seen {
  readonly set: RrSet | undefined;
  readonly claim: RrSet | undefined;
  /** What the text beside says; undefined where there is none. */
  readonly mark: string | undefined;
  readonly prerequisites: readonly Told[];
}

const placeOf = ({ name, type }: Pick<Wanted, 'name' | 'type'>): Place => ({ name, type, claim: claimName({ name, type }) });

async function look(call: Call, zone: Zone, { name, type, claim }: Place): Promise<Seen> {
  const { sets, handedOn } = await setsAt(call, zone.name, [
    { name, type },
    { name: claim, type: 'TXT' },
  ]);
  if (handedOn !== undefined && type !== 'NS') {
    const message = `${name} is not of the zone ${zone.name} alone: ${handedOn} was handed on to other name servers. Choose another name.`;
    throw call.client.error('invalid', message, { field: 'name' });
  }
  const [set, text] = [sets.find((each) => each.name === name), sets.find((each) => each.name === claim)];
  // An alias stands alone: adding it, or adding to it, would be passed over in silence (section 3.4.2.2).
  const alone = type === 'CNAME' ? isAbsent(name, 'ANY') : isAbsent(name, 'CNAME');
  return {
    set,
    claim: text,
    mark: text && contentOf(text),
    prerequisites: [
      ...(set ? asSeen(set) : [...(type === 'CNAME' ? [] : [isAbsent(name, type)]), alone]),
      ...(text ? asSeen(text) : [isAbsent(claim, 'TXT')]),
    ],
  };
}

async function change({ client, signal }: Call, zone: Zone, place: Place, seen: Seen, updates: readonly Told[]): Promise<void> {
  const body: Asked = { kind: 'change', zone: zone.name, prerequisites: seen.prerequisites, updates };
  await client.call({ method: 'POST', path: `/${zone.name}/${place.name}`, body, signal }, Answered);
}

function told({ client }: Call, { name, type, content, ttl, mark }: Wanted): { set: RrSet; claim: RrSet } {
  const why = objection(type, content);
  if (why !== undefined) throw client.error('invalid', why, { field: 'content' });
  const [data, text] = [writeContent(type, content), writeContent('TXT', mark)].map((each) => [each.toString('base64')]) as [
    string[],
    string[],
  ];
  return { set: { name, type, ttl, data }, claim: { name: claimName({ name, type }), type: 'TXT', ttl, data: text } };
}
const added = ({ name, type, ttl, data }: RrSet): Told[] => data.map((each) => ({ name, type, ttl, data: each }));

function taken({ client }: Call, { name, type }: Pick<Wanted, 'name' | 'type'>) {
  return client.error('conflict', `Somebody else’s set ${type} of ${name}, or text that says whose it is, stands there.`);
}

/** Makes a set and the text beside it, or neither. Rejects with `conflict` where one is there that is not ours. */
export async function addSet(call: Call, zone: Zone, wanted: Wanted): Promise<RrSet> {
  const place = placeOf(wanted);
  const { set, claim } = told(call, wanted);
  const seen = await look(call, zone, place);
  if (seen.set || (seen.mark !== undefined && seen.mark !== wanted.mark)) throw taken(call, wanted);
  await change(call, zone, place, seen, [...added(set), ...(seen.claim ? [] : added(claim))]);
  return set;
}

/** Makes a set what it should be, and the text beside it. Whoever else marked it keeps it. @param before its mark until now */
export async function replaceSet(call: Call, zone: Zone, wanted: Wanted, before = wanted.mark): Promise<RrSet> {
  const place = placeOf(wanted);
  const { set, claim } = told(call, wanted);
  await settle(call, zone, place, ({ set: there, mark }) => {
    if (mark !== undefined && mark !== wanted.mark && mark !== before) throw taken(call, wanted);
    const isSo = there?.ttl === set.ttl && there.data.join() === set.data.join();
    const changes = isSo ? [] : [none(set.name, set.type), ...added(set)];
    return mark === wanted.mark ? changes : [...changes, none(claim.name, 'TXT'), ...added(claim)];
  });
  return set;
}

/** Deletes a set and the text beside it. One that somebody else marked is not the one that was meant: that one is gone. */
export async function removeSet(call: Call, zone: Zone, id: string, own?: string): Promise<void> {
  const [name = '', type = ''] = id.split('/');
  const place = placeOf({ name, type });
  await settle(call, zone, place, ({ set, claim, mark }) => {
    if (mark !== undefined && mark !== own) return [];
    return [...(set ? [none(name, type)] : []), ...(claim ? [none(place.claim, 'TXT')] : [])];
  });
}

/** Looks, and changes what was seen; looks again where it changed meanwhile, or nobody knows whether the update was made. */
async function settle(call: Call, zone: Zone, place: Place, updates: (seen: Seen) => readonly Told[]): Promise<void> {
  for (let round = 1; ; round++) {
    const seen = await look(call, zone, place);
    const wanted = updates(seen);
    if (wanted.length === 0) return;
    try {
      return await change(call, zone, place, seen, wanted);
    } catch (error) {
      if (round >= ROUNDS || !isProviderError(error, 'conflict', 'unknown_outcome')) throw error;
    }
  }
}

/**
 * Whether the key may change a zone, by an update that changes nothing: it deletes what is not there, and only where the name is not
 * in use. Deleting is what an access list looks at; an empty update names nothing that could be denied, and one
 * whose prerequisite fails may be answered before anybody looks. What a policy grants below other names it does not tell.
 * @throws ProviderError `forbidden` where it may not
 */
export async function mustBeAllowed(call: Call, zone: string): Promise<void> {
  const name = `_plinth-check.${zone}`;
  try {
    await ask(call, { kind: 'change', zone, prerequisites: [isAbsent(name, 'ANY')], updates: [none(name, 'TXT')] }, name);
  } catch (error) {
    // The name is in use: the prerequisite was looked at, and nothing was done.
    if (isProviderError(error, 'conflict')) return;
    if (!(await isDenied(call, error))) throw error;
    const remedy = 'Allow it (Knot: an acl with action update; BIND: update-policy or allow-update).';
    throw call.client.error('forbidden', `The key may not change the zone ${zone} at the name server. ${remedy}`, { field: 'zones' });
  }
}
