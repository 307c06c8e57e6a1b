/** What a stack recorded against what its provider lists: pure, no clock, no network. */
import { shortIpv6 } from '../../lib/addresses.ts';
import type { DnsRecordSummary, InstanceSummary } from '../../providers/provider.ts';
import type { Difference } from '../vps/difference.ts';

export interface RecordedRecord {
  readonly id: string;
  readonly zoneId: string;
  readonly name: string;
  readonly type: string;
  readonly content: string;
  readonly proxied: boolean | null;
}

/** What a DNS account lists. */
export interface ListedRecords {
  record(zoneId: string, recordId: string): DnsRecordSummary | null;
  /** All of one name, in any spelling. */
  named(zoneId: string, name: string): readonly DnsRecordSummary[];
}

export const NOTHING_LISTED: ListedRecords = { record: () => null, named: () => [] };

/** null = the record does not tell, and nothing is compared. */
export interface Recorded {
  readonly instanceId: string;
  /** Only the VPS's own row knows it still; the stack records no server. */
  readonly forgotten?: boolean;
  readonly identityTag: string | null;
  readonly label: string | null;
  readonly region: string | null;
  readonly plan: string | null;
  readonly ipv4: string | null;
  readonly ipv6: string | null;
  readonly power: 'running' | 'stopped' | null;
  readonly records: readonly RecordedRecord[];
}

export type { Difference };

/** `existence` is the field of what is gone altogether. */
export const EXISTENCE = 'existence';
/** What the engine does not keep, so that it can neither confirm nor accept it. */
const BEYOND_THE_ENGINE: readonly string[] = ['power', 'another'];
/** A record of these kinds at the name leads somewhere else, or away from it. */
const LEADS: ReadonlySet<string> = new Set(['A', 'AAAA', 'CNAME', 'NS']);

/** In a fixed order, so that the same drift reads the same at every sweep. */
export function compare(recorded: Recorded, instance: InstanceSummary | null, listed: ListedRecords): Difference[] {
  const { records } = recorded;
  const own = new Set(records.map(({ id }) => id));
  return [
    ...compareInstance(recorded, instance),
    ...records.flatMap((record) => compareRecord(record, listed)),
    ...strangers(records, own, listed),
  ];
}

/** The same of which only the server's existence is compared. */
export function existenceOf({ instanceId, forgotten = false }: Pick<Recorded, 'instanceId' | 'forgotten'>): Recorded {
  const untold = { identityTag: null, label: null, region: null, plan: null, ipv4: null, ipv6: null, power: null };
  return { instanceId, forgotten, ...untold, records: [] };
}

/** True when the server itself is gone. */
export function isVanished(differences: readonly Difference[]): boolean {
  return differences.some(({ object, field }) => object === 'instance' && field === EXISTENCE);
}

/** True when the server is gone, and the stack has forgotten it: the engine has nothing to say of it. */
export function isForgotten(differences: readonly Difference[]): boolean {
  return differences.some(({ object, field, recorded }) => object === 'instance' && field === EXISTENCE && recorded === null);
}

/** True when there is nothing the engine could confirm. */
export function beyondEngine(differences: readonly Difference[]): boolean {
  return differences.every(({ field }) => BEYOND_THE_ENGINE.includes(field));
}

/** One line for a person: `plan: s-1vcpu-1gb → s-2vcpu-2gb`. */
export function readable({ object, name, field, recorded, actual }: Difference): string {
  const what = object === 'record' ? `record ${name} ` : '';
  if (field === 'another') return `record ${name} of somebody else: ${actual ?? 'none'}`;
  if (field === EXISTENCE)
    return object === 'instance' ? `server ${name} is gone at the provider` : `record ${name} is gone at the provider`;
  return `${what}${field}: ${recorded ?? 'none'} → ${actual ?? 'none'}`;
}

function compareInstance(recorded: Recorded, instance: InstanceSummary | null): Difference[] {
  const name = recorded.instanceId;
  if (!instance) return [{ object: 'instance', name, field: EXISTENCE, recorded: recorded.forgotten ? null : name, actual: null }];
  const found: Difference[] = [];
  const field = (key: string, before: string | null, now: string | null): void => {
    if (before !== null && before !== now) found.push({ object: 'instance', name, field: key, recorded: before, actual: now });
  };
  if (recorded.identityTag !== null && !instance.tags.includes(recorded.identityTag)) field('identity', recorded.identityTag, null);
  field('label', recorded.label, instance.label);
  field('region', recorded.region, instance.region);
  field('plan', recorded.plan, instance.plan);
  field('ipv4', recorded.ipv4, instance.ipv4);
  field(
    'ipv6',
    recorded.ipv6 === null ? null : canonicalAddress(recorded.ipv6),
    instance.ipv6 === null ? null : canonicalAddress(instance.ipv6),
  );
  // Any other status is a passing one, and says nothing about what was wanted.
  if (instance.status === 'running' || instance.status === 'stopped') field('power', recorded.power, instance.status);
  return found;
}

/** Records beside a VPS's own that take a share of its name's visitors, each once. */
function strangers(records: readonly RecordedRecord[], own: ReadonlySet<string>, listed: ListedRecords): Difference[] {
  const places = new Map(records.map(({ zoneId, name }) => [`${zoneId} ${canonicalName(name)}`, { zoneId, name }]));
  return [...places.values()].flatMap(({ zoneId, name }) =>
    listed
      .named(zoneId, canonicalName(name))
      .filter(({ id, type }) => LEADS.has(type) && !own.has(id))
      .map(
        ({ type, content }) => ({ object: 'record', name: `${name} ${type}`, field: 'another', recorded: null, actual: content }) as const,
      ),
  );
}

function compareRecord(record: RecordedRecord, listed: ListedRecords): Difference[] {
  const name = `${record.name} ${record.type}`;
  const now = listed.record(record.zoneId, record.id);
  if (!now) return [{ object: 'record', name, field: EXISTENCE, recorded: record.content, actual: null }];
  const found: Difference[] = [];
  const field = (key: string, before: string, actual: string): void => {
    if (before !== actual) found.push({ object: 'record', name, field: key, recorded: before, actual });
  };
  field('name', canonicalName(record.name), canonicalName(now.name));
  field('type', record.type, now.type);
  field('content', canonicalAddress(record.content), canonicalAddress(now.content));
  if (record.proxied !== null && now.proxied !== null) field('proxied', onOff(record.proxied), onOff(now.proxied));
  return found;
}

function onOff(proxied: boolean): string {
  return proxied ? 'on' : 'off';
}

export function canonicalName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/** Without prefix length; IPv6 in its one short form (RFC 5952), everything else as it is. */
function canonicalAddress(text: string): string {
  const bare = text.replace(/\/\d+$/, '');
  return shortIpv6(bare) ?? (bare.includes(':') ? bare.toLowerCase() : bare);
}
