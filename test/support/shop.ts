/** What tests do with a running service and its simulated clouds: order, follow, reveal, and count what is there. */
import { CLOUDS } from './clouds.ts';
import { until } from './until.ts';
import type { Plinth } from './plinth.ts';

export interface SimServer {
  readonly provider: string;
  readonly id: string;
  readonly label: string;
  readonly status: string;
  readonly ipv4: string;
  readonly tags: readonly string[];
  readonly password?: string;
  readonly userData?: string;
}

export const ZONE = 'plinth.test';

export class Shop {
  readonly #origin: () => string;
  readonly #token: () => Promise<string>;
  readonly #simulator: string;
  readonly #bodies = new Map<string, Promise<Record<string, unknown>>>();

  constructor(origin: () => string, token: () => Promise<string>, simulator: string) {
    this.#origin = origin;
    this.#token = token;
    this.#simulator = simulator;
  }

  /** The same for somebody else. */
  as = (token: string): Shop => new Shop(this.#origin, () => Promise.resolve(token), this.#simulator);

  async call(method: string, path: string, body?: unknown): Promise<any> {
    const headers = { authorization: `Bearer ${await this.#token()}`, 'content-type': 'application/json' };
    const payload = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(this.#origin() + path, { method, headers, ...payload });
    return { httpStatus: response.status, ...((await response.json()) as object) };
  }

  /** The simulator's control API. */
  async control(method: string, path: string, body?: unknown): Promise<any> {
    const init = { method, headers: { 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await fetch(`${this.#simulator}/_simulator${path}`, init);
    if (!response.ok) throw new Error(`simulator: ${method} ${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? undefined : await response.json();
  }

  servers = async (label?: string): Promise<SimServer[]> => {
    const all = (await this.control('GET', '/instances')) as SimServer[];
    return label === undefined
      ? all
      : all.filter((server) => server.label.includes(label) || server.tags.some((tag) => tag.includes(label)));
  };

  records = async (label?: string): Promise<{ name: string; type: string; content: string }[]> => {
    const all = (await this.control('GET', '/records')) as { name: string; type: string; content: string }[];
    return label === undefined ? all : all.filter((record) => record.name === `${label}.${ZONE}`);
  };

  fault = (fault: Record<string, unknown>): Promise<{ id: string }> => this.control('POST', '/faults', fault);
  clearFaults = (): Promise<unknown> => this.control('DELETE', '/faults');

  /** Provider ids of the simulated clouds that sell servers, or of those among them. */
  async clouds(among: readonly string[] = CLOUDS): Promise<string[]> {
    const { providers } = await this.call('GET', '/api/admin/providers');
    const sells = await Promise.all(
      providers
        .filter(({ type }: any) => among.includes(type))
        .map(async (account: any) => ((await this.template(account.type).catch(() => null)) === null ? [] : [account.type])),
    );
    return sells.flat();
  }

  /** Orders a server with a DNS name; answers `{ instance, operation }`. */
  async order(provider: string, label: string, more: Record<string, unknown> = {}): Promise<any> {
    const answer = await this.call('POST', '/api/vps', { ...(await this.template(provider)), label, dns: { zone: ZONE }, ...more });
    if (answer.httpStatus !== 202) throw new Error(`The order of ${label} was refused: ${JSON.stringify(answer)}`);
    return answer;
  }

  async operation(id: string): Promise<any> {
    return (await this.call('GET', `/api/operations/${id}`)).operation;
  }

  async events(id: string): Promise<any[]> {
    return (await this.call('GET', `/api/operations/${id}/events?limit=500`)).events;
  }

  /** Waits until the operation has ended, through restarts of the service. */
  async ended(id: string, timeoutMs = 60_000, everyMs?: number): Promise<any> {
    const finished = async () => {
      const operation = await this.operation(id);
      return ['queued', 'running'].includes(operation.status) ? undefined : operation;
    };
    return await until(finished, { timeoutMs, ...(everyMs === undefined ? {} : { everyMs }), what: `operation ${id} to end` });
  }

  async vps(id: string): Promise<any> {
    return (await this.call('GET', `/api/vps/${id}`)).instance;
  }

  async destroy(id: string): Promise<any> {
    const { operation } = await this.call('DELETE', `/api/vps/${id}`);
    return await this.ended(operation.id);
  }

  async password(id: string): Promise<string> {
    return (await this.call('POST', `/api/vps/${id}/reveal-password`, { reason: 'test' })).password;
  }

  /** An order the provider accepts, without label. */
  template(provider: string): Promise<Record<string, unknown>> {
    let body = this.#bodies.get(provider);
    if (!body) {
      body = this.#choose(provider);
      this.#bodies.set(provider, body);
    }
    return body;
  }

  async #choose(provider: string): Promise<Record<string, unknown>> {
    const { providers } = await this.call('GET', '/api/admin/providers');
    const account = providers.find((each: any) => each.type === provider);
    const [{ items: plans = [] }, { items: images = [] }] = await Promise.all([
      this.call('GET', `/api/admin/upstream/plans?providerId=${account.id}`),
      this.call('GET', `/api/admin/upstream/images?providerId=${account.id}`),
    ]);
    const plan = plans.find((item: any) => item.available && item.regions.length > 0 && item.memoryMb >= 2048);
    if (!plan) throw new Error(`${provider} sells no server.`);
    const region = plan.regions[0];
    const fits = (item: any) =>
      item.family === 'linux' && !item.deprecated && item.minDiskGb <= plan.diskGb && (item.regions?.includes(region) ?? true);
    return { type: plan.id, region, image: images.find(fits).id, provider_id: account.id };
  }
}

/** Of a service within the test's process. */
export const shopOf = (plinth: Plinth): Shop =>
  new Shop(
    () => plinth.origin,
    async () => plinth.adminToken,
    plinth.runtime.simulatorOrigin!,
  );
