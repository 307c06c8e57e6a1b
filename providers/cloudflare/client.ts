/**
 * Cloudflare's API v4 over the shared HTTP floor: the envelope, pages, and the one place where
 * Cloudflare's codes become kinds.
 */
import { z } from 'zod';
import { ProviderError, isProviderError, type ProviderErrorDetail } from '../errors.ts';
import { ApiClient, type ApiRequest } from '../http.ts';
import type { AccountConnection } from '../provider.ts';
import { PROVIDER_ID } from './descriptor.ts';
import { ApiDeleted, ApiRecord, ApiToken, ApiZone, Failure, ResultInfo } from './types.ts';

const API = '/client/v4';
const ZONES_PER_PAGE = 50;
/** Cloudflare takes far more; larger pages only make slower answers. */
const RECORDS_PER_PAGE = 500;
const MAX_PAGES = 10_000;

const GONE_CODES = new Set([81044]);
const CONFLICT_CODES = new Set([81053, 81054, 81055, 81056, 81057, 81058]);
const CREDENTIAL_CODES = new Set([1000, 1001, 6003, 6103, 6111, 9103, 9106, 9107, 9109, 10000, 10001]);
/** "Could not route": an identifier in the path is wrong, which says nothing about the record. */
const ROUTE_CODES = new Set([7000, 7001, 7003]);

export interface RecordBody {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly proxied: boolean;
  readonly comment: string;
  readonly [field: string]: unknown;
}

export interface ListPage<T> {
  readonly items: T[];
  readonly next: string | null;
}

export class CloudflareClient {
  readonly #api: ApiClient;
  readonly #zoneNames = new Map<string, string>();
  /** How long a record just made may be missing from lists, in ms; a lost create is looked for this long. */
  readonly consistencyWindowMs: number;

  constructor(connection: AccountConnection) {
    this.consistencyWindowMs = connection.endpoint.kind === 'simulator' ? 500 : 5_000;
    this.#api = new ApiClient({
      provider: PROVIDER_ID,
      endpoint: connection.endpoint,
      headers: { authorization: `Bearer ${connection.credential.token ?? ''}` },
      budget: connection.budget,
      translate,
    });
  }

  verifyToken(signal?: AbortSignal): Promise<z.infer<typeof ApiToken>> {
    return this.#result('GET', '/user/tokens/verify', ApiToken, { signal });
  }

  /** One page of zones; `query` as Cloudflare names its filters. */
  zonePage(query: ApiRequest['query'], cursor: string | null | undefined, signal?: AbortSignal): Promise<ListPage<ApiZone>> {
    return this.#page('/zones', ApiZone, { ...query, per_page: ZONES_PER_PAGE }, cursor, signal);
  }

  async zones(query: ApiRequest['query'] = {}, signal?: AbortSignal): Promise<ApiZone[]> {
    return everyPage((cursor) => this.zonePage(query, cursor, signal));
  }

  zone(zoneId: string, signal?: AbortSignal): Promise<ApiZone> {
    return this.#result('GET', `/zones/${id(zoneId)}`, ApiZone, { signal });
  }

  /** A zone's name never changes, so it is asked for once. */
  async zoneName(zoneId: string, signal?: AbortSignal): Promise<string> {
    const known = this.#zoneNames.get(zoneId);
    if (known !== undefined) return known;
    const { name } = await this.zone(zoneId, signal);
    this.#zoneNames.set(zoneId, name.toLowerCase());
    return name.toLowerCase();
  }

  recordPage(zoneId: string, query: ApiRequest['query'], cursor?: string | null, signal?: AbortSignal): Promise<ListPage<ApiRecord>> {
    return this.#page(`/zones/${id(zoneId)}/dns_records`, ApiRecord, { ...query, per_page: RECORDS_PER_PAGE }, cursor, signal);
  }

  /** Every record of that FQDN, of all types unless told. */
  async recordsNamed(zoneId: string, fqdn: string, type?: string, signal?: AbortSignal): Promise<ApiRecord[]> {
    const records = await everyPage((cursor) => this.recordPage(zoneId, { name: fqdn, type }, cursor, signal));
    // A filter that Cloudflare stopped knowing would be ignored, not refused.
    return records.filter((record) => record.name.toLowerCase() === fqdn.toLowerCase() && (type === undefined || record.type === type));
  }

  async records(zoneId: string, signal?: AbortSignal): Promise<ApiRecord[]> {
    return everyPage((cursor) => this.recordPage(zoneId, {}, cursor, signal));
  }

  /** null when Cloudflare itself says that the record does not exist; every doubt throws. */
  async record(zoneId: string, recordId: string, signal?: AbortSignal): Promise<ApiRecord | null> {
    try {
      return await this.#result('GET', recordPath(zoneId, recordId), ApiRecord, { signal });
    } catch (error) {
      if (isProviderError(error, 'not_found')) return null;
      throw error;
    }
  }

  /** `unknown_outcome` when the answer was lost: look before calling it again. */
  createRecord(zoneId: string, body: RecordBody, signal?: AbortSignal): Promise<ApiRecord> {
    return this.#result('POST', `/zones/${id(zoneId)}/dns_records`, ApiRecord, { body, signal });
  }

  /** Replaces the whole record, so it may be repeated. */
  putRecord(zoneId: string, recordId: string, body: RecordBody, signal?: AbortSignal): Promise<ApiRecord> {
    return this.#result('PUT', recordPath(zoneId, recordId), ApiRecord, { body, signal, repeatable: true });
  }

  /** Already gone is success. */
  async deleteRecord(zoneId: string, recordId: string, signal?: AbortSignal): Promise<void> {
    try {
      await this.#result('DELETE', recordPath(zoneId, recordId), ApiDeleted, { signal, repeatable: true });
    } catch (error) {
      if (!isProviderError(error, 'not_found')) throw error;
    }
  }

  async #page<T>(
    path: string,
    schema: z.ZodType<T>,
    query: ApiRequest['query'],
    cursor: string | null | undefined,
    signal?: AbortSignal,
  ): Promise<ListPage<T>> {
    const page = Number(cursor ?? 1);
    const envelope = z.looseObject({ success: z.literal(true), result: z.array(schema), result_info: ResultInfo });
    const { result, result_info: info } = await this.#call('GET', path, envelope, { query: { ...query, page }, signal });
    const more = info.total_pages === undefined ? result.length >= info.per_page : page < info.total_pages;
    return { items: result, next: more && result.length > 0 ? String(page + 1) : null };
  }

  async #result<T>(method: ApiRequest['method'], path: string, schema: z.ZodType<T>, call: Call): Promise<T> {
    // Cloudflare leaves `success` out of the answer to a delete.
    const envelope = z.looseObject({ success: z.literal(true).optional(), result: schema });
    return (await this.#call(method, path, envelope, call)).result as T;
  }

  async #call<T>(method: ApiRequest['method'], path: string, schema: z.ZodType<T>, { signal, ...call }: Call): Promise<T> {
    const response = await this.#api.request({ method, path: API + path, ...call, ...(signal ? { signal } : {}) });
    const parsed = schema.safeParse(response.body);
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues.map((issue) => issue.path.join('.') || '(answer)').join(', ');
    throw new ProviderError({
      provider: PROVIDER_ID,
      kind: method === 'GET' || call.repeatable ? 'malformed' : 'unknown_outcome',
      message: `${method} ${path}: Cloudflare's answer is not what its API promises (${where}).`,
      httpStatus: response.status,
    });
  }
}

interface Call {
  readonly query?: ApiRequest['query'];
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly repeatable?: boolean;
}

async function everyPage<T>(page: (cursor: string | null) => Promise<ListPage<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let count = 0; count < MAX_PAGES; count++) {
    const { items: found, next }: ListPage<T> = await page(cursor);
    items.push(...found);
    if (next === null) return items;
    cursor = next;
  }
  throw new ProviderError({ provider: PROVIDER_ID, kind: 'malformed', message: `A list did not end after ${MAX_PAGES} pages.` });
}

function recordPath(zoneId: string, recordId: string): string {
  return `/zones/${id(zoneId)}/dns_records/${id(recordId)}`;
}

function id(part: string): string {
  if (/^[A-Za-z0-9]{1,64}$/.test(part)) return part;
  throw new ProviderError({
    provider: PROVIDER_ID,
    kind: 'invalid',
    message: `"${part}" is not a Cloudflare identifier, which has 32 hexadecimal digits. Copy it from the zone's overview page.`,
  });
}

type Translated = Omit<ProviderErrorDetail, 'provider' | 'httpStatus' | 'retryAfterMs'>;

function translate(status: number, body: unknown, request: ApiRequest): Translated {
  const parsed = Failure.safeParse(body);
  const where = `${request.method} ${request.path}`;
  // A 404 of something in between is no proof that a record is gone.
  if (!parsed.success) return { kind: 'malformed', message: `${where}: answered ${status} without Cloudflare's error body.` };
  const first = parsed.data.errors[0]!;
  const codes = parsed.data.errors.flatMap((error) => [error.code, ...(error.error_chain ?? []).map((link) => link.code)]);
  const has = (set: ReadonlySet<number>): boolean => codes.some((code) => set.has(code));
  const said = parsed.data.errors
    .map((error) => [error.message, ...(error.error_chain ?? []).map((link) => link.message)].join(': '))
    .join('; ');
  const base = { providerCode: String(first.code) };
  if (has(GONE_CODES)) return { ...base, kind: 'not_found', message: `${where}: ${said}` };
  if (has(CONFLICT_CODES)) return { ...base, kind: 'conflict', message: `Cloudflare refused the record: ${said}` };
  if (/unauthorized to access/i.test(said) || (status === 403 && !has(CREDENTIAL_CODES))) {
    return { ...base, kind: 'forbidden', message: `Cloudflare refused: ${said} Give the token Zone:Read and DNS:Edit for this zone.` };
  }
  if (has(CREDENTIAL_CODES) || status === 401) {
    const remedy = 'Check that the token is complete, not revoked or expired, and has Zone:Read and DNS:Edit for this zone.';
    return { ...base, kind: 'credentials', message: `Cloudflare does not accept the API token: ${said}. ${remedy}` };
  }
  if (has(ROUTE_CODES))
    return { ...base, kind: 'invalid', message: `${where}: ${said} The zone's or record's id is wrong, or the zone has left the account.` };
  if (status === 409) return { ...base, kind: 'conflict', message: `Cloudflare is busy with this record: ${said}` };
  if (status === 400 || status === 404 || status === 422)
    return { ...base, kind: 'invalid', message: `Cloudflare refused the request: ${said}` };
  return { ...base, kind: 'unexpected', message: `${where}: answered ${status}: ${said}` };
}
