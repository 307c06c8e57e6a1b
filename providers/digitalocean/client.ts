/** DigitalOcean's HTTP API: paths, shapes, pages and what its errors mean. */
import { z } from 'zod';
import { isProviderError, ProviderError, type ProviderErrorKind } from '../errors.ts';
import { ApiClient, type ApiRequest } from '../http.ts';
import type { AccountConnection } from '../provider.ts';
import { PROVIDER_ID } from './descriptor.ts';
import { actionSchema, dropletSchema, type Action, type Droplet } from './schemas.ts';

/** The API's largest page. */
export const PAGE_SIZE = 200;
/** A purchase is never given up early: its lost answer would cost a look-up through the whole window. */
const CREATE_TIMEOUT_MS = 60_000;

/** Listings by tag lag behind creates. Minutes were never seen at the real one; the simulator's lag is at most a second unless told otherwise. */
const CONSISTENCY_WINDOW_MS = { real: 15_000, simulator: 3_000 } as const;

export interface DropletsPage {
  readonly droplets: Droplet[];
  readonly nextPage: number | null;
}

export class DigitalOceanClient {
  /** ms for which a tag listing may miss a droplet that exists. */
  readonly consistencyWindowMs: number;
  readonly #api: ApiClient;

  constructor(connection: AccountConnection) {
    this.consistencyWindowMs = CONSISTENCY_WINDOW_MS[connection.endpoint.kind];
    this.#api = new ApiClient({
      provider: PROVIDER_ID,
      endpoint: connection.endpoint,
      headers: { authorization: `Bearer ${connection.credential['token'] ?? ''}` },
      budget: connection.budget,
      translate,
      readRate,
    });
  }

  /** One call; the answer parsed. Rejects with ProviderError. */
  async call<T extends z.ZodType>(request: ApiRequest, schema: T): Promise<z.infer<T>> {
    const { body, status } = await this.#api.request(request);
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new ProviderError({
      provider: PROVIDER_ID,
      kind: request.method === 'GET' || request.repeatable ? 'malformed' : 'unknown_outcome',
      message: `${request.method} ${request.path}: unexpected answer at "${issue?.path.join('.') ?? ''}": ${issue?.message ?? 'wrong shape'}.`,
      httpStatus: status,
    });
  }
  /** A call whose answer has no body of interest. */
  async run(request: ApiRequest): Promise<void> {
    await this.#api.request(request);
  }
  /** Like `call`, with null for a 404. */
  async find<T extends z.ZodType>(request: ApiRequest, schema: T): Promise<z.infer<T> | null> {
    try {
      return await this.call(request, schema);
    } catch (error) {
      if (isProviderError(error, 'not_found')) return null;
      throw error;
    }
  }

  /** Every item of a listing, pages followed. `key` is its name in the answer, `ssh_keys` for example. */
  async all<T extends z.ZodType>(
    path: string,
    key: string,
    item: T,
    query: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<z.infer<T>[]> {
    const items: z.infer<T>[] = [];
    for (let page: number | null = 1; page !== null;) {
      const { items: more, next }: { items: z.infer<T>[]; next: number | null } = await this.page(path, key, item, page, query, signal);
      items.push(...more);
      page = next;
    }
    return items;
  }
  async page<T extends z.ZodType>(
    path: string,
    key: string,
    item: T,
    page: number,
    query: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<{ items: z.infer<T>[]; next: number | null }> {
    const schema = z.object({ [key]: z.array(item), links: linksSchema.nullish() });
    const request: ApiRequest = { method: 'GET', path, query: { ...query, page, per_page: PAGE_SIZE }, ...(signal ? { signal } : {}) };
    const answer = (await this.call(request, schema)) as Record<string, unknown> & { links?: z.infer<typeof linksSchema> };
    return { items: answer[key] as z.infer<T>[], next: answer.links?.pages?.next === undefined ? null : page + 1 };
  }

  /** null on a 404 only. */
  async droplet(id: string, signal?: AbortSignal): Promise<Droplet | null> {
    const found = await this.find(
      { method: 'GET', path: dropletPath(id), ...(signal ? { signal } : {}) },
      z.object({ droplet: dropletSchema }),
    );
    return found?.droplet ?? null;
  }
  /** Oldest first. May miss a droplet made within the consistency window. */
  async dropletsByTag(tag: string, signal?: AbortSignal): Promise<Droplet[]> {
    const found = await this.all('/v2/droplets', 'droplets', dropletSchema, { tag_name: tag }, signal);
    return found.sort((a, b) => a.created_at.localeCompare(b.created_at) || a.id - b.id);
  }
  /** Never cancelled half-way and never repeated; `unknown_outcome` means: look before buying again. */
  async createDroplet(body: Record<string, unknown>): Promise<{ droplet: Droplet; createAction: number | undefined }> {
    const answer = await this.call(
      { method: 'POST', path: '/v2/droplets', body, timeoutMs: CREATE_TIMEOUT_MS },
      z.object({
        droplet: dropletSchema,
        links: z.object({ actions: z.array(z.object({ id: z.number(), rel: z.string() })).nullish() }).nullish(),
      }),
    );
    return { droplet: answer.droplet, createAction: answer.links?.actions?.find((link) => link.rel === 'create')?.id };
  }
  async action(id: number, signal?: AbortSignal): Promise<Action> {
    const answer = await this.call(
      { method: 'GET', path: `/v2/actions/${id}`, ...(signal ? { signal } : {}) },
      z.object({ action: actionSchema }),
    );
    return answer.action;
  }
  /** The latest actions of a droplet, newest first. */
  async dropletActions(id: string, signal?: AbortSignal): Promise<Action[]> {
    const { items } = await this.page(`${dropletPath(id)}/actions`, 'actions', actionSchema, 1, {}, signal);
    return items.sort((a, b) => b.id - a.id);
  }
  async startAction(id: string, body: Record<string, unknown>, signal?: AbortSignal): Promise<Action> {
    const answer = await this.call(
      { method: 'POST', path: `${dropletPath(id)}/actions`, body, ...(signal ? { signal } : {}) },
      z.object({ action: actionSchema }),
    );
    return answer.action;
  }
}

const linksSchema = z.object({ pages: z.object({ next: z.string().optional() }).nullish() });

export function dropletPath(id: string): string {
  return `/v2/droplets/${encodeURIComponent(id)}`;
}

const SENTENCES: readonly [pattern: RegExp, kind: ProviderErrorKind][] = [
  [/droplet limit/i, 'quota'],
  [/not available in this region|region is not available|currently unavailable|sold out/i, 'out_of_stock'],
  [/pending event|is locked|already in use on your account|duplicate name/i, 'conflict'],
];
const REMEDIES: Partial<Record<ProviderErrorKind, string>> = {
  credentials: 'Check the account’s personal access token.',
  forbidden: 'Give the token the missing scope.',
  quota: 'Ask DigitalOcean for a higher droplet limit, or use another account.',
  out_of_stock: 'Choose another size or region.',
};

/** The API has few error ids (`unprocessable_entity` for nearly everything), so its sentences decide. */
function translate(
  status: number,
  body: unknown,
  request: ApiRequest,
): { kind: ProviderErrorKind; message: string; providerCode?: string } {
  const parsed = z.object({ id: z.string().optional(), message: z.string().optional() }).safeParse(body);
  const said = parsed.success ? (parsed.data.message ?? '') : '';
  const kind = kindOf(status, said);
  const remedy = REMEDIES[kind];
  const message = `${request.method} ${request.path}: DigitalOcean answered ${status}${said ? ` "${said}"` : ''}.${remedy ? ` ${remedy}` : ''}`;
  return { kind, message, ...(parsed.success && parsed.data.id !== undefined ? { providerCode: parsed.data.id } : {}) };
}

function kindOf(status: number, said: string): ProviderErrorKind {
  if (status === 401) return 'credentials';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not_found';
  if (status === 429) return 'rate_limited';
  const known = SENTENCES.find(([pattern]) => pattern.test(said));
  if (known) return known[1];
  if (status === 409 || status === 423) return 'conflict';
  return status === 400 || status === 422 ? 'invalid' : 'unexpected';
}

function readRate(headers: Headers): { remaining: number; resetAtMs: number } | undefined {
  const remaining = headers.get('ratelimit-remaining');
  const reset = headers.get('ratelimit-reset');
  if (remaining === null || reset === null) return undefined;
  return { remaining: Number(remaining), resetAtMs: Number(reset) * 1000 };
}
