/**
 * `cloudflare:index/dnsRecord:DnsRecord`, with the property names and replace rules of the vendor's plugin. Whose a record is
 * stands in its comment.
 */
import { isProviderError } from '../errors.ts';
import { canonicalContent, fqdn, Records, sameContent, sameName, visibleComment, type Wanted, wrongAddress } from '../kit/dns.ts';
import { set, text } from '../kit/object.ts';
import { orGone, part, Rest, type Ask } from '../kit/rest.ts';
import type { Call } from '../kit/server-sheet.ts';
import type { AccountConnection, AccountInfo, DnsClient, Zone } from '../provider.ts';
import type { CheckFailure, Json, Properties } from '../resource.ts';
import { camelKeys, snakeKeys } from './names.ts';
import { dialect } from './rest.ts';
import { ApiRecord, ApiToken, ApiZone } from './types.ts';

const ZONES_PER_PAGE = 50;
/** Cloudflare takes far more; larger pages only make slower answers. */
const RECORDS_PER_PAGE = 500;
const PROXIABLE = new Set(['A', 'AAAA', 'CNAME']);

/** Zones by Cloudflare's own filters. */
export function zones({ client, signal }: Call, query: Ask['query'] = {}): Promise<ApiZone[]> {
  return client.all({ path: '/zones', query: { ...query, per_page: ZONES_PER_PAGE }, signal }, 'result', ApiZone);
}
export function zone({ client, signal }: Call, id: string): Promise<ApiZone> {
  return client.one({ path: `/zones/${part(id)}`, signal }, 'result', ApiZone);
}

const toZone = ({ id, name, status }: ApiZone): Zone => ({ id, name, status });
const recordsPath = ({ id }: Zone): string => `/zones/${part(id)}/dns_records`;
const recordPath = (of: Zone, id: string): string => `${recordsPath(of)}/${part(id)}`;
const listing = (of: Zone, signal: AbortSignal, query: Ask['query'] = {}) => ({
  path: recordsPath(of),
  query: { ...query, per_page: RECORDS_PER_PAGE },
  signal,
});

export const records = new Records<ApiRecord>({
  token: 'cloudflare:index/dnsRecord:DnsRecord',
  inputs: {
    zoneId: { ...text, required: true, replace: true },
    name: { ...text, required: true, same: sameName },
    type: { ...text, required: true, replace: true },
    ttl: { type: 'number', required: true },
    content: { ...text, computed: true, same: sameContent },
    data: { type: 'object', additional: { type: 'any' } },
    proxied: { type: 'boolean', default: false },
    priority: { type: 'number' },
    comment: text,
    tags: { ...set(text), computed: true },
    settings: { type: 'object', additional: { type: 'boolean' }, computed: true },
    privateRouting: { type: 'boolean' },
  },
  outputs: {
    createdOn: text,
    modifiedOn: text,
    commentModifiedOn: text,
    tagsModifiedOn: text,
    meta: text,
    proxiable: { type: 'boolean' },
    includeShadowMetadata: { type: 'boolean' },
  },
  stableOutputs: ['createdOn', 'includeShadowMetadata'],
  check,
  zoneInput: 'zoneId',
  carrier: 'record',
  asked: ({ name, type, content, ttl, comment }) => ({
    name: String(name ?? ''),
    type: String(type ?? ''),
    content: String(content ?? ''),
    ttl: Number(ttl),
    comment,
  }),
  zones: async (call, name) => (await zones(call, name === undefined ? {} : { name })).map(toZone),
  zone: async (call, id) => toZone(await zone(call, id)),
  named: ({ client, signal }, of, name) => client.all(listing(of, signal, { name }), 'result', ApiRecord),
  page: ({ client, signal }, of, cursor) => client.textPage(listing(of, signal), 'result', ApiRecord, cursor),
  get: ({ client, signal }, of, id) => client.find(recordPath(of, id), 'result', ApiRecord, signal),
  add: ({ client, signal }, of, wanted) =>
    client.one({ method: 'POST', path: recordsPath(of), body: bodyOf(wanted), signal }, 'result', ApiRecord),
  set: ({ client, signal }, of, id, wanted) => {
    const ask = { method: 'PUT', path: recordPath(of, id), body: bodyOf(wanted), repeatable: true, signal } as const;
    return client.one(ask, 'result', ApiRecord);
  },
  remove: ({ client, signal }, of, id) => orGone(client.send({ method: 'DELETE', path: recordPath(of, id), repeatable: true, signal })),
  view: ({ id, name, type, content, comment, proxied, created_on: age }) => ({
    id,
    name: name.toLowerCase(),
    type,
    content: content ?? '',
    mark: comment ?? null,
    proxied: proxied ?? null,
    age,
  }),
  present: (record, of, known) => {
    const isImport = Object.keys(known).length === 0;
    return { inputs: inputsOf(record, of, isImport ? undefined : known), outputs: outputsOf(record, of.id, known['name']) };
  },
});

export function dns(connection: AccountConnection): DnsClient {
  const client = new Rest(dialect, connection);
  return records.client(client, (o) => account(client, o?.signal));
}

/** Proves that the token works and can read zones. */
async function account(client: Rest, signal?: AbortSignal): Promise<AccountInfo> {
  // Tokens that an account owns are refused here and valid all the same: the zones decide then.
  const token = await client.one({ path: '/user/tokens/verify', signal }, 'result', ApiToken).catch((error: unknown) => {
    if (isProviderError(error, 'credentials')) return undefined;
    throw error;
  });
  const { items } = await client.page({ path: '/zones', query: { per_page: ZONES_PER_PAGE }, signal }, 'result', ApiZone);
  const name = items[0]?.account?.name ?? (token ? `token ${token.id}` : 'token');
  return { name, status: token === undefined || token.status === 'active' ? 'active' : 'locked' };
}

function bodyOf({ name, type, ttl, mark, inputs: wanted }: Wanted): Record<string, unknown> {
  const optional = {
    content: wanted.content === undefined ? undefined : canonicalContent(type, String(wanted.content)),
    data: wanted.data === undefined ? undefined : snakeKeys(wanted.data),
    settings: wanted.settings === undefined ? undefined : snakeKeys(wanted.settings),
    priority: wanted.priority,
    tags: wanted.tags,
    private_routing: wanted.privateRouting,
  };
  const told = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return { name, type, ttl, proxied: wanted.proxied === true, comment: mark, ...told };
}

function inputsOf(record: ApiRecord, { id: zoneId, name: zone }: Zone, before: Properties | undefined): Properties {
  const written = before?.name;
  const unchangedName = typeof written === 'string' && fqdn(written, zone) === record.name.toLowerCase();
  // Cloudflare derives `content` of structured types from `data`.
  const structured = record.data != null && (before === undefined || before.data !== undefined);
  const comment = visibleComment(record.comment);
  return {
    zoneId,
    name: unchangedName ? written : record.name,
    type: record.type,
    ttl: record.ttl,
    proxied: record.proxied ?? false,
    ...(structured ? { data: camelKeys(record.data as Json) } : { content: record.content ?? '' }),
    ...(record.priority == null ? {} : { priority: record.priority }),
    ...(comment === undefined ? {} : { comment }),
    ...(record.tags?.length ? { tags: record.tags } : {}),
    ...(Object.keys(record.settings ?? {}).length > 0 ? { settings: camelKeys(record.settings as Json) } : {}),
    ...(record.private_routing == null ? {} : { privateRouting: record.private_routing }),
  };
}

/** `name` stays as the program wrote it, as in the vendor's plugin, so that a refresh shows no change. */
function outputsOf(record: ApiRecord, zoneId: string, name: Json | undefined): Properties {
  const comment = visibleComment(record.comment);
  return {
    zoneId,
    name: name ?? record.name,
    type: record.type,
    ttl: record.ttl,
    content: record.content ?? '',
    proxied: record.proxied ?? false,
    proxiable: record.proxiable ?? false,
    tags: record.tags ?? [],
    settings: camelKeys((record.settings ?? {}) as Json),
    meta: JSON.stringify(record.meta ?? {}),
    createdOn: record.created_on,
    modifiedOn: record.modified_on,
    // Absent until there was a comment or a tag: the vendor's plugin reads both as times, and an empty text is none.
    ...(record.comment_modified_on ? { commentModifiedOn: record.comment_modified_on } : {}),
    ...(record.tags_modified_on ? { tagsModifiedOn: record.tags_modified_on } : {}),
    includeShadowMetadata: false,
    ...(comment === undefined ? {} : { comment }),
    ...(record.data == null ? {} : { data: camelKeys(record.data as Json) }),
    ...(record.priority == null ? {} : { priority: record.priority }),
    ...(record.private_routing == null ? {} : { privateRouting: record.private_routing }),
  };
}

function check(values: Properties): CheckFailure[] {
  const { type, content, ttl, proxied, data } = values;
  const failures: CheckFailure[] = [];
  const fail = (property: string, reason: string): void => void failures.push({ property, reason });
  if (typeof ttl === 'number' && ttl !== 1 && (ttl < 30 || ttl > 86_400)) fail('ttl', 'must be 1 (automatic) or 30 to 86400 seconds');
  if (proxied === true && typeof ttl === 'number' && ttl !== 1) fail('ttl', 'must be 1 (automatic) when the record is proxied');
  if (proxied === true && typeof type === 'string' && !PROXIABLE.has(type))
    fail('proxied', `a ${type} record cannot be proxied; only A, AAAA and CNAME can`);
  if (content !== undefined && data !== undefined) fail('data', 'give either "content" or "data"');
  const wanted = wrongAddress(type, content);
  if (wanted) fail('content', `"${String(content)}" is not an ${wanted} address`);
  return failures;
}
