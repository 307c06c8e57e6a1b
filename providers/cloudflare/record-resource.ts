/**
 * `cloudflare:index/dnsRecord:DnsRecord`, with the property names and replace rules of the vendor's plugin.
 *
 * Whose a record is stands in its comment. A create first looks for its own comment and adopts what it
 * finds; a record of someone else is named in the refusal and never touched.
 */
import { isIPv4 } from 'node:net';
import { ProviderError, isProviderError } from '../errors.ts';
import { identityOf, visibleTags } from '../identity.ts';
import type { CheckFailure, Json, Properties, PropertySpec, ResourceContext, ResourceDefinition } from '../resource.ts';
import { waitFor } from '../wait.ts';
import type { CloudflareClient, RecordBody } from './client.ts';
import { PROVIDER_ID } from './descriptor.ts';
import { camelKeys, canonicalContent, compressIpv6, fqdn, snakeKeys } from './names.ts';
import type { ApiRecord } from './types.ts';

type Context = ResourceContext<CloudflareClient>;

/** A comment that only one record of a name and type carries, because we made it. */
const OWN_COMMENT = /^plinth(-urn-[a-z0-9]{24}| vps-[a-z0-9]+)$/;
const PROXIABLE = new Set(['A', 'AAAA', 'CNAME']);
const CREATE_ATTEMPTS = 3;

const text = (value: Json | undefined): string => String(value ?? '');
const sameName = (a: Json | undefined, b: Json | undefined): boolean => nameForm(a) === nameForm(b);
const nameForm = (value: Json | undefined): string => text(value).toLowerCase().replace(/\.$/, '');
const sameContent = (a: Json | undefined, b: Json | undefined): boolean => {
  const [left, right] = [compressIpv6(text(a)), compressIpv6(text(b))];
  return left === undefined ? text(a) === text(b) : left === right;
};

const inputs: Readonly<Record<string, PropertySpec>> = {
  zoneId: { type: 'string', required: true, replace: true },
  name: { type: 'string', required: true, same: sameName },
  type: { type: 'string', required: true, replace: true },
  ttl: { type: 'number', required: true },
  content: { type: 'string', computed: true, same: sameContent },
  data: { type: 'object', additional: { type: 'any' } },
  proxied: { type: 'boolean', default: false },
  priority: { type: 'number' },
  comment: { type: 'string' },
  tags: { type: 'array', items: { type: 'string' }, unordered: true, computed: true },
  settings: { type: 'object', additional: { type: 'boolean' }, computed: true },
  privateRouting: { type: 'boolean' },
};

export const recordResource: ResourceDefinition<CloudflareClient> = {
  token: 'cloudflare:index/dnsRecord:DnsRecord',
  inputs,
  outputs: {
    createdOn: { type: 'string' },
    modifiedOn: { type: 'string' },
    commentModifiedOn: { type: 'string' },
    tagsModifiedOn: { type: 'string' },
    meta: { type: 'string' },
    proxiable: { type: 'boolean' },
    includeShadowMetadata: { type: 'boolean' },
  },
  stableOutputs: ['createdOn', 'includeShadowMetadata'],
  // Old and new of one name would have one identity: the new would adopt the old, and its delete remove both.
  deleteBeforeReplace: true,
  timeoutsMs: { create: 300_000, update: 300_000, delete: 300_000 },
  check,
  create,
  async read(ctx, id, state) {
    const { zoneId, recordId } = identify(id, state?.inputs ?? {});
    const record = await ctx.client.record(zoneId, recordId, ctx.signal);
    if (!record) {
      await assertUnlisted(ctx, zoneId, recordId, state?.outputs);
      return null;
    }
    const zone = await ctx.client.zoneName(zoneId, ctx.signal);
    return {
      id: recordId,
      inputs: readInputs(record, zoneId, zone, state?.inputs),
      outputs: outputsOf(record, zoneId, state?.inputs.name),
    };
  },
  async update(ctx, id, args) {
    const zoneId = text(args.inputs.zoneId);
    const record = await ctx.client.putRecord(zoneId, id, await bodyOf(ctx, args.inputs), ctx.signal);
    return outputsOf(record, zoneId, args.inputs.name);
  },
  delete: (ctx, id, outputs) => ctx.client.deleteRecord(text(outputs.zoneId), id, ctx.signal),
};

async function create(ctx: Context, wanted: Properties): Promise<{ id: string; outputs: Properties }> {
  const zoneId = text(wanted.zoneId);
  const body = await bodyOf(ctx, wanted);
  const made = (record: ApiRecord): { id: string; outputs: Properties } => ({
    id: record.id,
    outputs: outputsOf(record, zoneId, wanted.name),
  });
  for (let attempt = 1; ; attempt++) {
    const own = await findOwn(ctx, zoneId, body);
    if (own) return made(await adopt(ctx, zoneId, own, body));
    try {
      return made(await ctx.client.createRecord(zoneId, body, ctx.signal));
    } catch (error) {
      if (isProviderError(error, 'conflict')) {
        // Perhaps the record is ours after all: an earlier call whose answer was lost.
        const late = await findOwn(ctx, zoneId, body);
        if (late) return made(await adopt(ctx, zoneId, late, body));
        throw await conflict(ctx, zoneId, body, error);
      }
      if (!isProviderError(error, 'unknown_outcome')) throw error;
      const late = await appears(ctx, zoneId, body);
      if (late) return made(await adopt(ctx, zoneId, late, body));
      if (attempt >= CREATE_ATTEMPTS) throw error;
    }
  }
}

/** Our record, if there is one. Throws `conflict` when someone else's stands where only ours may. */
async function findOwn(ctx: Context, zoneId: string, body: RecordBody): Promise<ApiRecord | undefined> {
  const sameType = (await ctx.client.recordsNamed(zoneId, body.name, body.type, ctx.signal)).toSorted((a, b) =>
    a.created_on.localeCompare(b.created_on),
  );
  const unique = OWN_COMMENT.test(body.comment);
  const own = sameType.filter(
    (record) => record.comment === body.comment && (unique || canonicalContent(record.type, record.content ?? '') === body.content),
  );
  if (own.length > 1) {
    const others = own.slice(1).map((record) => record.id);
    ctx.log('warning', `${body.type} ${body.name}: more than one record has the comment "${body.comment}"; also ${others.join(', ')}.`);
  }
  // Programs of others may want several records of one name; a VPS's name leads to that VPS alone.
  if (own.length === 0 && body.comment.startsWith('plinth vps-') && sameType.length > 0) throw taken(body, sameType[0]!);
  return own[0];
}

async function adopt(ctx: Context, zoneId: string, record: ApiRecord, body: RecordBody): Promise<ApiRecord> {
  ctx.progress(`found own record ${record.id}`);
  return ctx.client.putRecord(zoneId, record.id, body, ctx.signal);
}

async function appears(ctx: Context, zoneId: string, body: RecordBody): Promise<ApiRecord | undefined> {
  try {
    return await waitFor({
      provider: PROVIDER_ID,
      what: `${body.type} ${body.name} to appear`,
      key: `${PROVIDER_ID}/appear`,
      signal: ctx.signal,
      deadlineMs: ctx.client.consistencyWindowMs,
      probe: () => findOwn(ctx, zoneId, body),
    });
  } catch (error) {
    if (isProviderError(error, 'timeout')) return undefined;
    throw error;
  }
}

/** Cloudflare's refusal, with the record that is in the way when it can be found. */
async function conflict(ctx: Context, zoneId: string, body: RecordBody, cause: ProviderError): Promise<ProviderError> {
  const inTheWay = (await ctx.client.recordsNamed(zoneId, body.name, undefined, ctx.signal))[0];
  return inTheWay ? taken(body, inTheWay, cause) : cause;
}

function taken(body: RecordBody, record: ApiRecord, cause?: ProviderError): ProviderError {
  const whose = record.comment ? `with the comment "${record.comment}"` : 'without a comment';
  return new ProviderError(
    {
      provider: PROVIDER_ID,
      kind: 'conflict',
      message:
        `The name ${body.name} is taken: record ${record.id} (${record.type} ${record.content ?? ''}, ${whose}) is not this VPS's, ` +
        'and it was left as it is. Delete or rename that record at Cloudflare, or choose another name.',
      ...(cause?.detail.providerCode === undefined ? {} : { providerCode: cause.detail.providerCode }),
    },
    { cause },
  );
}

/** A single answer is not enough to forget a record: the list must not have it either. */
async function assertUnlisted(ctx: Context, zoneId: string, recordId: string, outputs: Properties | undefined): Promise<void> {
  const name = outputs?.name === undefined ? undefined : fqdn(text(outputs.name), await ctx.client.zoneName(zoneId, ctx.signal));
  const listed =
    name === undefined ? await ctx.client.records(zoneId, ctx.signal) : await ctx.client.recordsNamed(zoneId, name, undefined, ctx.signal);
  if (!listed.some((record) => record.id === recordId)) return;
  throw new ProviderError({
    provider: PROVIDER_ID,
    kind: 'malformed',
    message: `Cloudflare says that record ${recordId} does not exist, and lists it. Try again later.`,
  });
}

/** An import's id is `<zone id>/<record id>`, as the vendor's plugin has it. */
function identify(id: string, stateInputs: Properties): { zoneId: string; recordId: string } {
  const [first, second] = id.split('/');
  if (second !== undefined) return { zoneId: first!, recordId: second };
  if (typeof stateInputs.zoneId === 'string') return { zoneId: stateInputs.zoneId, recordId: id };
  throw new ProviderError({
    provider: PROVIDER_ID,
    kind: 'invalid',
    message: `To import a DNS record, give "<zone id>/<record id>" instead of "${id}".`,
  });
}

async function bodyOf(ctx: Context, wanted: Properties): Promise<RecordBody> {
  const type = text(wanted.type);
  const optional = {
    content: wanted.content === undefined ? undefined : canonicalContent(type, text(wanted.content)),
    data: wanted.data === undefined ? undefined : snakeKeys(wanted.data),
    settings: wanted.settings === undefined ? undefined : snakeKeys(wanted.settings),
    priority: wanted.priority,
    tags: wanted.tags,
    private_routing: wanted.privateRouting,
  };
  return {
    name: fqdn(text(wanted.name), await ctx.client.zoneName(text(wanted.zoneId), ctx.signal)),
    type,
    ttl: Number(wanted.ttl),
    proxied: wanted.proxied === true,
    comment: typeof wanted.comment === 'string' ? wanted.comment : identityOf(ctx.urn, []).tag,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  };
}

function readInputs(record: ApiRecord, zoneId: string, zone: string, before: Properties | undefined): Properties {
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
    commentModifiedOn: record.comment_modified_on ?? '',
    tagsModifiedOn: record.tags_modified_on ?? '',
    includeShadowMetadata: false,
    ...(comment === undefined ? {} : { comment }),
    ...(record.data == null ? {} : { data: camelKeys(record.data as Json) }),
    ...(record.priority == null ? {} : { priority: record.priority }),
    ...(record.private_routing == null ? {} : { privateRouting: record.private_routing }),
  };
}

/** The program's comment: one we derived from the URN is hidden again. */
function visibleComment(comment: string | null | undefined): string | undefined {
  return comment == null || comment === '' || visibleTags([comment]).length === 0 ? undefined : comment;
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
  if (type === 'A' && typeof content === 'string' && !isIPv4(content.trim())) fail('content', `"${content}" is not an IPv4 address`);
  if (type === 'AAAA' && typeof content === 'string' && compressIpv6(content.trim()) === undefined)
    fail('content', `"${content}" is not an IPv6 address`);
  return failures;
}
