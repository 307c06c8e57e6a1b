/** SmartVPS's calls. Its answers are text, JSON, or JSON inside a JSON string, all with status 200. */
import { z } from 'zod';
import { ProviderError, type ProviderErrorKind } from '../errors.ts';
import { ApiClient, type ApiRequest } from '../http.ts';
import { PURCHASE_CALL_MS } from '../patience.ts';
import type { AccountConnection } from '../provider.ts';

const BASE = '/api/oceansmart';
const PROVIDER = 'smartvps';

export interface Package {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  /** Free addresses. */
  readonly ipv4: number;
  /** A month by memory (`8GB`), where the answer has it; decimal texts. */
  readonly prices: Readonly<Record<string, string>>;
}

export interface MachineStatus {
  readonly ip: string;
  readonly os: string;
  readonly username: string;
  /** Blank for a while after a purchase. */
  readonly password: string;
  readonly busy: boolean;
  readonly power: string;
  readonly memory: string;
  /** ISO date, or empty. */
  readonly expires: string;
}

const Stock = z.looseObject({
  packages: z.array(
    z.looseObject({
      id: z.union([z.string(), z.number()]),
      name: z.string(),
      ipv4: z.coerce.number(),
      status: z.string().default('active'),
      // By memory: a price, or an object with one.
      memory: z.record(z.string(), z.union([z.number(), z.string(), z.looseObject({ price: z.coerce.string() })])).catch({}),
    }),
  ),
});
const Status = z.looseObject({
  IP: z.string(),
  OS: z.coerce.string().default(''),
  // As the vendor spells it, and as it may one day.
  Usernane: z.string().optional(),
  Username: z.string().optional(),
  Password: z.string().nullish(),
  ActionStatus: z.string().nullish(),
  PowerStatus: z.string().nullish(),
  RAM: z.coerce.string().default(''),
  ExpiryDate: z.string().nullish(),
});

/** Text, or what the text is JSON of, unwrapped once more where that is a text again. */
export function readAnswer(text: string): unknown {
  const trimmed = text.trim();
  if (/^(success|error)\b/i.test(trimmed)) return trimmed;
  const once: unknown = JSON.parse(trimmed);
  if (typeof once !== 'string') return once;
  return /^\s*[[{]/.test(once) ? JSON.parse(once) : once;
}

export class SmartVps {
  readonly connection: AccountConnection;
  readonly #api: ApiClient;
  constructor(connection: AccountConnection) {
    this.connection = connection;
    const { username = '', password = '' } = connection.credential;
    this.#api = new ApiClient({
      provider: PROVIDER,
      endpoint: connection.endpoint,
      budget: connection.budget,
      headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`, accept: '*/*' },
      read: readAnswer,
      translate: (status) => ({
        kind: status === 401 ? 'credentials' : status === 403 ? 'forbidden' : status === 404 ? 'not_found' : 'unexpected',
        message:
          status === 401
            ? 'SmartVPS does not take this user name and password. Check the account.'
            : `SmartVPS answered ${status}; try again or ask its support.`,
      }),
    });
  }

  /** Every package once, whatever type its id has. */
  async stock(signal?: AbortSignal): Promise<Package[]> {
    return (await this.listed(signal)).packages;
  }

  /** The same, with how many the answer had. */
  async listed(signal?: AbortSignal): Promise<{ listed: number; packages: Package[] }> {
    const answer = await this.#read({ method: 'POST', path: `${BASE}/ipstock`, repeatable: true, ...(signal ? { signal } : {}) }, Stock);
    const found = new Map<string, Package>();
    for (const { id, name, ipv4, status, memory } of answer.packages)
      found.set(`${id}::${name}`, { id: String(id), name, ipv4, status, prices: pricesOf(memory) });
    return { listed: answer.packages.length, packages: [...found.values()] };
  }

  /** The address that was bought. Never repeated: @throws ProviderError `unknown_outcome` for an answer that was lost. */
  async buy(packageName: string, memoryGb: string): Promise<string> {
    const body = { ip: packageName, ram: memoryGb };
    const text = await this.#text({ method: 'POST', path: `${BASE}/buyvps`, body, timeoutMs: PURCHASE_CALL_MS });
    const address = /(?:^|[^\d.])(\d{1,3}(?:\.\d{1,3}){3})(?![\d.])/.exec(text)?.[1];
    if (/^success\|/i.test(text) && address !== undefined) return address;
    if (/^error\|/i.test(text)) throw this.error('out_of_stock', `SmartVPS sold nothing: "${text.slice(6).trim()}".`);
    throw this.error('unknown_outcome', `SmartVPS answered the purchase with "${text.slice(0, 200)}", which names no address.`);
  }

  /** Null for "error", which it says of a machine that is not ready and of one it does not know alike. */
  async status(ip: string, signal?: AbortSignal): Promise<MachineStatus | null> {
    const request: ApiRequest = { method: 'POST', path: `${BASE}/status`, body: { ip }, repeatable: true, ...(signal ? { signal } : {}) };
    const { body } = await this.#api.request(request);
    if (typeof body === 'string') {
      if (/^error\b/i.test(body)) return null;
      throw this.error('malformed', `SmartVPS answered the status of ${ip} with "${body.slice(0, 100)}".`);
    }
    const told = this.#parse(Status, body, request);
    if (told.IP !== ip) throw this.error('malformed', `SmartVPS told of ${told.IP} when asked for ${ip}.`);
    return {
      ip,
      os: told.OS,
      username: told.Usernane ?? told.Username ?? '',
      password: told.Password ?? '',
      busy: (told.ActionStatus ?? '') !== '',
      power: told.PowerStatus ?? '',
      memory: told.RAM,
      expires: told.ExpiryDate ?? '',
    };
  }

  /** start, stop, format, changeos: giving one twice does no harm. @throws ProviderError `conflict` while another runs */
  async order(word: 'start' | 'stop' | 'format' | 'changeos', body: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<void> {
    const text = await this.#text({ method: 'POST', path: `${BASE}/${word}`, body, repeatable: true, ...(signal ? { signal } : {}) });
    if (/^success\b/i.test(text)) return;
    const reason = text.replace(/^error\|?/i, '').trim();
    const kind = /in progress|busy|wait/i.test(reason) ? 'conflict' : /not found|invalid ip/i.test(reason) ? 'not_found' : 'invalid';
    throw this.error(kind, `SmartVPS refused ${word}: "${reason}".`);
  }

  error(kind: ProviderErrorKind, message: string, field?: string): ProviderError {
    return new ProviderError({ provider: PROVIDER, kind, message, ...(field === undefined ? {} : { field }) });
  }

  async #text(request: ApiRequest): Promise<string> {
    const { body } = await this.#api.request(request);
    if (typeof body === 'string') return body;
    throw this.error(request.repeatable ? 'malformed' : 'unknown_outcome', `SmartVPS answered ${request.path} with no text.`);
  }
  async #read<T>(request: ApiRequest, shape: z.ZodType<T>): Promise<T> {
    const { body } = await this.#api.request(request);
    return this.#parse(shape, body, request);
  }
  #parse<T>(shape: z.ZodType<T>, body: unknown, request: ApiRequest): T {
    const parsed = shape.safeParse(body);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw this.error('malformed', `${request.path}: unexpected answer at "${issue?.path.join('.') ?? ''}": ${issue?.message ?? ''}.`);
  }
}

function pricesOf(memory: z.infer<typeof Stock>['packages'][number]['memory']): Record<string, string> {
  const priced = Object.entries(memory).map(([size, told]) => [
    size.replace(/^(\d+)(?: ?GB)?$/i, '$1GB'),
    String(typeof told === 'object' ? told.price : told),
  ]);
  return Object.fromEntries(priced.filter(([size, price]) => /^\d+GB$/.test(size!) && /^\d+(\.\d{1,2})?$/.test(price!)));
}

/** A package as an order names it, `<id>::<name>`. */
export function packageOf(key: string): { id: string; name: string } {
  const place = key.indexOf('::');
  return place < 0 ? { id: key, name: '' } : { id: key.slice(0, place), name: key.slice(place + 2) };
}
