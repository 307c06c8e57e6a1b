/** The simulated vendors' own HTTP APIs, as a person with a console or another tool uses them. */
import { until } from './until.ts';

export interface MadeServer {
  readonly id: string;
  readonly tags: readonly string[];
  /** The vendor's whole answer about it. */
  readonly told: Readonly<Record<string, unknown>>;
}

export interface Order {
  readonly label: string;
  readonly region: string;
  readonly plan: string;
  readonly image: string;
  readonly tags: readonly string[];
  readonly backups: boolean;
  readonly password: string;
}

interface Api {
  readonly path: string;
  readonly entity: string | null;
  readonly body: (order: Order) => object;
  readonly isReady: (told: any) => boolean;
  /** What switches backups on, where the order does not. */
  readonly backups?: string;
}

const APIS: Readonly<Record<string, Api>> = {
  digitalocean: {
    path: '/v2/droplets',
    entity: 'droplet',
    body: ({ label, region, plan, image, tags, backups }) => ({
      name: label,
      region,
      size: plan,
      image,
      tags,
      backups,
      ipv6: true,
      monitoring: true,
    }),
    isReady: (told) => told.status === 'active' && !told.locked,
  },
  hetzner: {
    path: '/v1/servers',
    entity: 'server',
    backups: 'actions/enable_backup',
    body: ({ label, region, plan, image, tags }) => ({
      name: label,
      location: region,
      server_type: plan,
      image,
      labels: Object.fromEntries(tags.map((tag) => [tag, ''])),
    }),
    isReady: (told) => told.status === 'running' && !told.locked,
  },
  linode: {
    path: '/v4/linode/instances',
    entity: null,
    body: ({ label, region, plan, image, tags, backups, password }) => ({
      label,
      region,
      type: plan,
      image,
      tags,
      backups_enabled: backups,
      root_pass: password,
    }),
    isReady: (told) => told.status === 'running',
  },
  vultr: {
    path: '/v2/instances',
    entity: 'instance',
    body: ({ label, region, plan, image, tags, backups }) => ({
      label,
      region,
      plan,
      os_id: Number(image),
      tags,
      backups: backups ? 'enabled' : 'disabled',
      enable_ipv6: true,
      ddos_protection: true,
      user_data: Buffer.from('#cloud-config\npackages: [htop]\n').toString('base64'),
    }),
    isReady: (told) => told.status === 'active' && told.server_status === 'ok' && told.power_status === 'running',
  },
};

/** One account at one vendor. */
export class Vendor {
  readonly #origin: string;
  readonly #token: string;
  readonly #api: Api;

  constructor(provider: string, baseUrl: string, token: string) {
    this.#origin = baseUrl;
    this.#token = token;
    this.#api = APIS[provider]!;
  }

  /** Orders a server and waits until it runs. */
  async make(order: Order): Promise<MadeServer> {
    const made = await this.#call('POST', this.#api.path, this.#api.body(order));
    const id = String(this.#entity(made)['id']);
    const server = await this.#ready(id);
    if (!order.backups || this.#api.backups === undefined) return server;
    await this.#call('POST', `${this.#api.path}/${id}/${this.#api.backups}`);
    return await this.#ready(id);
  }

  async #ready(id: string): Promise<MadeServer> {
    return await until(
      async () => {
        const server = await this.find(id);
        return server && this.#api.isReady(server.told) ? server : undefined;
      },
      { timeoutMs: 30_000, what: `the server ${id} to run` },
    );
  }

  /** null when the vendor has no such server. */
  async find(id: string): Promise<MadeServer | null> {
    const told = await this.#call('GET', `${this.#api.path}/${id}`).catch(() => null);
    if (told === null) return null;
    const entity = this.#entity(told);
    return { id, tags: (entity['tags'] as string[] | undefined) ?? Object.keys(entity['labels'] as object), told: entity };
  }

  #entity(told: any): Record<string, unknown> {
    return this.#api.entity === null ? told : told[this.#api.entity];
  }

  async #call(method: string, path: string, body?: object): Promise<any> {
    const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' };
    const response = await fetch(this.#origin + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }
}
