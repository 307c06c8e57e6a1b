/**
 * Vultr's API v2 for one account: typed calls over the shared HTTP floor. No waiting and no decisions
 * here; those are in the resources and in `compute.ts`. All calls reject with ProviderError.
 */
import { z } from 'zod';
import { ProviderError } from '../errors.ts';
import { ApiClient, type ApiRequest } from '../http.ts';
import type { AccountConnection, CallOptions, Page } from '../provider.ts';
import { VULTR, translate } from './errors.ts';
import * as shapes from './schemas.ts';

/** The API's largest page: "Default is 100 and Max is 500". */
export const PAGE_SIZE = 500;
const MAX_PAGES = 200;

/** How long things may stay invisible or busy. Vultr promises nothing; see README "Consistency". */
export interface Timing {
  /** A new instance may answer 404, or be missing in lists, for this long after its create was accepted. */
  readonly consistencyMs: number;
  /** Deadline of a power change or reinstall started through the compute client. */
  readonly actionMs: number;
  /** Deadline of a snapshot or restore: Vultr speaks of up to 30 and up to 60 minutes. */
  readonly imageMs: number;
}
/** The simulated Vultr hides a new instance for three seconds at most. */
const CONSISTENCY_MS = { real: 30_000, simulator: 5_000 } as const;
const ACTION_MS = 20 * 60_000;
const IMAGE_MS = 2 * 60 * 60_000;

export class VultrClient {
  readonly timing: Timing;
  readonly #api: ApiClient;
  #families: Promise<Map<number, string>> | undefined;

  constructor(connection: AccountConnection, timing: Partial<Timing> = {}) {
    this.timing = { consistencyMs: CONSISTENCY_MS[connection.endpoint.kind], actionMs: ACTION_MS, imageMs: IMAGE_MS, ...timing };
    this.#api = new ApiClient({
      provider: VULTR,
      endpoint: connection.endpoint,
      headers: { authorization: `Bearer ${connection.credential['apiKey'] ?? ''}` },
      budget: connection.budget,
      translate,
    });
  }

  /** One object under its envelope key. */
  async one<T extends z.ZodType>(request: ApiRequest, envelope: string, shape: T): Promise<z.infer<T>> {
    const response = await this.#api.request(request);
    return this.#parse(z.object({ [envelope]: shape }), response.body, request)[envelope] as z.infer<T>;
  }

  /** A call whose answer's body does not matter. */
  async send(request: ApiRequest): Promise<void> {
    await this.#api.request(request);
  }

  /** One page of a list; `next` is the cursor of the following one. */
  async page<T extends z.ZodType>(
    path: string,
    envelope: string,
    item: T,
    query: Record<string, string | undefined>,
    options: CallOptions = {},
  ): Promise<Page<z.infer<T>>> {
    const request = { method: 'GET', path, query: { ...query, per_page: PAGE_SIZE }, ...options } as const;
    const response = await this.#api.request(request);
    const parsed = this.#parse(z.object({ [envelope]: z.array(item), meta: shapes.Meta }), response.body, request) as Record<
      string,
      unknown
    >;
    const meta = parsed['meta'] as z.infer<typeof shapes.Meta>;
    return { items: parsed[envelope] as z.infer<T>[], next: meta?.links?.next || null };
  }

  /** Every page of a list. */
  async all<T extends z.ZodType>(
    path: string,
    envelope: string,
    item: T,
    query: Record<string, string | undefined> = {},
    options: CallOptions = {},
  ): Promise<z.infer<T>[]> {
    const items: z.infer<T>[] = [];
    let cursor: string | null = null;
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const page: Page<z.infer<T>> = await this.page(path, envelope, item, { ...query, cursor: cursor ?? undefined }, options);
      items.push(...page.items);
      if (page.next === null || page.next === cursor) return items;
      cursor = page.next;
    }
    throw new ProviderError({
      provider: VULTR,
      kind: 'malformed',
      message: `GET ${path}: the list does not end after ${MAX_PAGES} pages.`,
    });
  }

  createInstance(body: Record<string, unknown>, options: CallOptions = {}): Promise<shapes.Instance> {
    return this.one({ method: 'POST', path: '/v2/instances', body, timeoutMs: 60_000, ...options }, 'instance', shapes.Instance);
  }

  /** null on the item's own 404, which a new instance answers too for some seconds. */
  async findInstance(id: string, options: CallOptions = {}): Promise<shapes.Instance | null> {
    const request = { method: 'GET', path: instancePath(id), ...options } as const;
    return orNull(this.one(request, 'instance', shapes.Instance));
  }

  /** Instances that carry the tag, oldest first. The filter is repeated here: nothing else may be adopted. */
  async instancesByTag(tag: string, options: CallOptions = {}): Promise<shapes.Instance[]> {
    const found = await this.all('/v2/instances', 'instances', shapes.Instance, { tag }, options);
    return found
      .filter((instance) => instance.tags.includes(tag))
      .sort((a, b) => Date.parse(a.date_created) - Date.parse(b.date_created) || a.id.localeCompare(b.id));
  }

  patchInstance(id: string, body: Record<string, unknown>, options: CallOptions = {}): Promise<shapes.Instance> {
    const request = { method: 'PATCH', path: instancePath(id), body, repeatable: body['os_id'] === undefined, ...options } as const;
    return this.one(request, 'instance', shapes.Instance);
  }

  /** `reinstall` makes a new administrator password, which only this answer carries. */
  reinstall(id: string, hostname: string, options: CallOptions = {}): Promise<shapes.Instance> {
    const body = hostname === '' ? {} : { hostname };
    return this.one({ method: 'POST', path: `${instancePath(id)}/reinstall`, body, ...options }, 'instance', shapes.Instance);
  }

  /** True when the account's list of systems calls this one Windows. */
  async isWindows(osId: number, options: CallOptions = {}): Promise<boolean> {
    this.#families ??= this.systems().then((all) => new Map(all.map((os) => [os.id, os.family.toLowerCase()])));
    this.#families.catch(() => {
      this.#families = undefined;
    });
    options.signal?.throwIfAborted();
    return (await this.#families).get(osId) === 'windows';
  }

  systems(options: CallOptions = {}): Promise<shapes.OperatingSystem[]> {
    return this.all('/v2/os', 'os', shapes.OperatingSystem, {}, options);
  }

  async backupSchedule(id: string, options: CallOptions = {}): Promise<shapes.BackupSchedule> {
    const request = { method: 'GET', path: `${instancePath(id)}/backup-schedule`, ...options } as const;
    return this.one(request, 'backup_schedule', shapes.BackupSchedule);
  }

  #parse<T extends z.ZodType>(shape: T, body: unknown, request: ApiRequest): z.infer<T> {
    const parsed = shape.safeParse(body);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const where = `${request.method} ${request.path}`;
    // A changing call was accepted, yet its answer cannot be read: as good as lost.
    const kind = request.method === 'POST' ? 'unknown_outcome' : 'malformed';
    throw new ProviderError({
      provider: VULTR,
      kind,
      message: `${where}: the answer lacks ${issue?.path.join('.') ?? 'its body'} (${issue?.message ?? 'unreadable'}).`,
    });
  }
}

export function instancePath(id: string): string {
  return `/v2/instances/${encodeURIComponent(id)}`;
}

/** Turns a definite "not found" into null; anything else still rejects. */
export async function orNull<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ProviderError && error.kind === 'not_found') return null;
    throw error;
  }
}
