/** Cloudflare's rules for DNS records, as data in and refusals out. */
import { isIPv4 } from 'node:net';
import { shortIpv6 } from '../../../lib/addresses.ts';
import type { SimName, SimZone } from '../../../simulator/cloud/zones.ts';
import { fqdn } from '../../kit/dns.ts';

/** A record with what only Cloudflare has of one. */
export interface CloudflareName extends SimName {
  proxied: boolean;
  settings: Record<string, unknown>;
  tags: string[];
  modifiedMs: number;
  commentedMs?: number;
  taggedMs?: number;
  priority?: number;
  data?: Record<string, unknown>;
}

export class Refusal extends Error {
  readonly status: number;
  readonly code: number;
  readonly chain: { code: number; message: string }[];
  constructor(status: number, code: number, message: string, chain: { code: number; message: string }[] = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.chain = chain;
  }
}

type Body = Record<string, unknown>;

const TYPES = new Set([
  'A',
  'AAAA',
  'CAA',
  'CERT',
  'CNAME',
  'DNSKEY',
  'DS',
  'HTTPS',
  'LOC',
  'MX',
  'NAPTR',
  'NS',
  'OPENPGPKEY',
  'PTR',
  'SMIMEA',
  'SRV',
  'SSHFP',
  'SVCB',
  'TLSA',
  'TXT',
  'URI',
]);
/** The types that say where a host is; only these can be proxied. */
const HOST_TYPES = new Set(['A', 'AAAA', 'CNAME']);
const HOST_NAME = /^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** On a free zone. */
const COMMENT_MAX = 100;

/** The record that a POST or PUT of `body` makes; `old` keeps its id and birthday. Throws Refusal. */
export function buildRecord(body: Body, zone: SimZone, now: number, id: string, old?: CloudflareName): CloudflareName {
  const type = String(body['type'] ?? '');
  if (!TYPES.has(type)) throw new Refusal(400, 9004, `DNS record type "${type}" is invalid.`);
  if (typeof body['name'] !== 'string' || body['name'] === '') throw new Refusal(400, 9000, 'DNS name is invalid.');
  const name = fqdn(body['name'], zone.name);
  if (name.length > 253 || !HOST_NAME.test(name)) throw new Refusal(400, 9000, 'DNS name is invalid.');
  const proxied = body['proxied'] === true;
  const comment = readComment(body['comment']);
  const tags = Array.isArray(body['tags']) ? body['tags'].map(String) : [];
  return {
    id,
    account: zone.account,
    zone: zone.name,
    name,
    type,
    content: readContent(type, body),
    proxied: readProxied(type, proxied),
    ttl: proxied ? 1 : readTtl(body['ttl']),
    settings: (body['settings'] as Record<string, unknown> | null | undefined) ?? {},
    comment,
    tags,
    createdMs: old?.createdMs ?? now,
    modifiedMs: now,
    ...(comment === '' ? {} : { commentedMs: comment === old?.comment ? (old.commentedMs ?? now) : now }),
    ...(tags.length === 0 ? {} : { taggedMs: now }),
    ...(typeof body['priority'] === 'number' ? { priority: body['priority'] } : {}),
    ...(typeof body['data'] === 'object' && body['data'] !== null ? { data: body['data'] as Record<string, unknown> } : {}),
  };
}

const iso = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');

/** As answers have it. */
export function showRecord(record: CloudflareName): Body {
  const { id, name, type, content, proxied, ttl, settings, comment, tags, createdMs, modifiedMs, commentedMs, taggedMs } = record;
  return {
    id,
    name,
    type,
    content,
    proxiable: HOST_TYPES.has(type),
    proxied,
    ttl,
    settings,
    meta: {},
    comment: comment || null,
    tags,
    created_on: iso(createdMs),
    modified_on: iso(modifiedMs),
    ...(commentedMs === undefined ? {} : { comment_modified_on: iso(commentedMs) }),
    ...(taggedMs === undefined ? {} : { tags_modified_on: iso(taggedMs) }),
    ...(record.priority === undefined ? {} : { priority: record.priority }),
    ...(record.data === undefined ? {} : { data: record.data }),
  };
}

/** What a former release kept of a record: what it answered, with the id of its zone. */
export interface FormerRecord {
  readonly id: string;
  readonly zoneId: string;
  readonly created_on: string;
  readonly modified_on: string;
}

export function adoptedRecord(former: FormerRecord, zone: SimZone): CloudflareName {
  const { created_on, modified_on } = former;
  return { ...buildRecord({ ...former }, zone, Date.parse(modified_on), former.id), createdMs: Date.parse(created_on) };
}

function readContent(type: string, body: Body): string {
  const { content, data } = body;
  if (typeof data === 'object' && data !== null && content === undefined) return Object.values(data).join(' ');
  const text = typeof content === 'string' ? content.trim() : '';
  if (type === 'A') {
    if (!isIPv4(text)) throw new Refusal(400, 9005, 'Content for A record must be a valid IPv4 address.');
    return text;
  }
  if (type === 'AAAA') {
    const address = shortIpv6(text);
    if (address === undefined) throw new Refusal(400, 9006, 'Content for AAAA record must be a valid IPv6 address.');
    return address;
  }
  if (text === '') throw new Refusal(400, 9002, `Content for ${type} record is missing.`);
  if (type === 'CNAME') {
    const target = text.toLowerCase().replace(/\.$/, '');
    if (!HOST_NAME.test(target)) throw new Refusal(400, 9007, 'Content for CNAME record is invalid.');
    return target;
  }
  if (type === 'MX' && typeof body['priority'] !== 'number') throw new Refusal(400, 9101, 'priority is a required field for MX records.');
  return text;
}

function readProxied(type: string, proxied: boolean): boolean {
  if (proxied && !HOST_TYPES.has(type)) throw new Refusal(400, 9004, 'This record type cannot be proxied.');
  return proxied;
}

function readTtl(ttl: unknown): number {
  if (ttl === undefined || ttl === null || ttl === 1) return 1;
  if (typeof ttl === 'number' && ttl >= 60 && ttl <= 86_400) return ttl;
  throw new Refusal(400, 9021, 'Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic.');
}

function readComment(comment: unknown): string {
  if (comment === undefined || comment === null || comment === '') return '';
  if (typeof comment !== 'string') throw new Refusal(400, 9000, 'DNS record comment is invalid.');
  if (comment.length > COMMENT_MAX) throw new Refusal(400, 9300, `DNS record comment exceeds the limit of ${COMMENT_MAX} characters.`);
  return comment;
}

/** Cloudflare's coexistence rules; `others` are the zone's records but the one itself. */
export function refuseConflicts(record: SimName, others: readonly SimName[]): void {
  for (const other of others) {
    if (other.name !== record.name) continue;
    if (other.type === record.type && other.content === record.content)
      throw new Refusal(400, 81058, 'An identical record already exists.');
    const cname = other.type === 'CNAME' || record.type === 'CNAME';
    if (cname && HOST_TYPES.has(other.type) && HOST_TYPES.has(record.type))
      throw new Refusal(400, 81053, 'An A, AAAA, or CNAME record with that host already exists.');
    if (cname && other.type !== record.type) throw new Refusal(400, 81054, 'A CNAME record with that host already exists.');
  }
}

type Test = (record: CloudflareName) => boolean;

const MODES: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  exact: (value, wanted) => value === wanted,
  contains: (value, wanted) => value.includes(wanted),
  startswith: (value, wanted) => value.startsWith(wanted),
  endswith: (value, wanted) => value.endsWith(wanted),
};

/** Filters `name`, `name.exact`, `comment.present`, `tag.exact` and so on, all of which must hold, or one with `match=any`. */
export function filterRecords(records: readonly CloudflareName[], query: Readonly<Record<string, unknown>>): CloudflareName[] {
  const tests: Test[] = [];
  for (const [key, raw] of Object.entries(query)) {
    const [field = '', mode = 'exact'] = key.split('.');
    const test = testOf(field, mode, String(raw).toLowerCase());
    if (test) tests.push(test);
  }
  if (tests.length === 0) return [...records];
  const any = query['match'] === 'any';
  return records.filter((record) => (any ? tests.some((test) => test(record)) : tests.every((test) => test(record))));
}

function testOf(field: string, mode: string, wanted: string): Test | undefined {
  if (field === 'proxied') return (record) => String(record.proxied) === wanted;
  if (field === 'type') return (record) => record.type.toLowerCase() === wanted;
  if (field === 'search') return (record) => JSON.stringify(showRecord(record)).toLowerCase().includes(wanted);
  if (!['name', 'content', 'comment', 'tag'].includes(field)) return undefined;
  const values = (record: CloudflareName): string[] => {
    if (field === 'tag')
      return record.tags.map((tag) => (mode === 'present' || mode === 'absent' ? tag.split(':')[0]! : tag).toLowerCase());
    const value = record[field as 'name' | 'content' | 'comment'];
    return value === '' ? [] : [value.toLowerCase()];
  };
  if (mode === 'present' || mode === 'absent') {
    const present: Test = (record) => (field === 'tag' ? values(record).includes(wanted) : values(record).length > 0);
    return mode === 'present' ? present : (record) => !present(record);
  }
  const compare = MODES[mode];
  return compare && ((record) => values(record).some((value) => compare(value, wanted)));
}
