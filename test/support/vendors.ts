/** The simulated vendors' own HTTP APIs, as a person with a console or another tool uses them. */
import { isMark, type SignedApi, signedApi } from './signed-vendors.ts';
import { until } from './until.ts';
import type { MadeServer, Order, Told } from './vendor-orders.ts';

interface Api {
  /** Where those with a bearer's token have their servers, what an answer calls one, and how one is ordered. */
  readonly path?: string;
  readonly entity?: string;
  readonly body?: (order: Order) => object;
  readonly isReady: (told: any) => boolean;
  /** How a tag is put on a server. */
  readonly tagging: string;
  /** Whether a server tells which of the offered images it was made of; absent = it does. */
  readonly tellsImage?: boolean;
  /** What has the marks, where it is no tags. */
  readonly carries?: 'name';
  /** Names of what shields a server, where the server tells them. */
  readonly wallsOf?: (told: any) => string[];
  /** What switches backups on, where the order does not. */
  readonly backups?: string;
}

const APIS: Readonly<Record<string, Api>> = {
  aws: {
    tagging: 'POST',
    isReady: (told) => told.instanceState.name === 'running',
    wallsOf: ({ groupSet }) => groupSet.map(({ groupName }: { groupName: string }) => groupName),
  },
  gcp: {
    tagging: 'POST',
    tellsImage: false,
    isReady: (told) => told.status === 'RUNNING',
    wallsOf: ({ tags }) => tags.items,
  },
  digitalocean: {
    tagging: 'POST',
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
  ovh: { tagging: 'PUT', isReady: (told) => told.status === 'ACTIVE', carries: 'name' },
  hetzner: {
    tagging: 'PUT',
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
    tagging: 'PUT',
    path: '/v4/linode/instances',
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
    tagging: 'PATCH',
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

/** Tags as the vendors tell them: a list, labels with values, or pairs. What a server is called is none. */
function tagsOf({ tags, labels, tagSet }: Told): string[] {
  if (Array.isArray(tagSet)) return tagSet.map(({ key }: { key: string }) => key).filter((key) => key !== 'Name');
  return Array.isArray(tags) ? (tags as string[]) : Object.keys((labels ?? {}) as object);
}

/** All that a vendor tells of a server, but its tags and when it was touched last. */
export function unchanged({ told }: MadeServer): unknown {
  const passing = [
    'tags',
    'tag',
    'tagSet',
    'labels',
    'labelFingerprint',
    'updated',
    'backups',
    'backup_ids',
    'next_backup_window',
    'outgoing_traffic',
    'ingoing_traffic',
  ];
  return Object.fromEntries(Object.entries(told).filter(([key]) => !passing.includes(key)));
}

/** One account at one vendor. */
export class Vendor {
  readonly #origin: string;
  readonly #token: string;
  readonly #api: Api;
  readonly #signed: SignedApi | undefined;

  /** @param credential its fields as the account has them; a token has one */
  constructor(provider: string, baseUrl: string, credential: Readonly<Record<string, string>>) {
    this.#origin = baseUrl;
    this.#token = Object.values(credential)[0]!;
    this.#api = APIS[provider]!;
    this.#signed = signedApi(provider, baseUrl, credential);
  }

  /** The method that puts a tag on. */
  get tagging(): string {
    return this.#api.tagging;
  }

  /** Of the tags that somebody gave a server, those that it kept. */
  kept(tags: readonly string[]): string[] {
    return this.#api.carries === undefined ? [...tags] : tags.filter(isMark);
  }

  get tellsImage(): boolean {
    return this.#api.tellsImage ?? true;
  }

  /** undefined where a server does not tell what shields it. */
  wallsOf({ told }: MadeServer): string[] | undefined {
    return this.#api.wallsOf?.(told);
  }

  /** Orders a server and waits until it runs. */
  async make(order: Order): Promise<MadeServer> {
    const { path, body, backups } = this.#api;
    if (this.#signed) return await this.#ready(await this.#signed.make(order));
    const id = String(this.#entity(await this.#call('POST', path!, body!(order)))['id']);
    const server = await this.#ready(id);
    if (!order.backups || backups === undefined) return server;
    await this.#call('POST', `${path}/${id}/${backups}`);
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
    const told = await (this.#signed ? this.#signed.find(id) : this.#look(id));
    if (told === null || this.#api.carries === undefined) return told && { id, tags: tagsOf(told), told };
    const pieces = String(told['name']).split('.');
    return { id, tags: pieces.filter(isMark), told: { ...told, name: pieces.filter((piece) => !isMark(piece)).join('.') } };
  }

  async #look(id: string): Promise<Told | null> {
    const answer = await this.#call('GET', `${this.#api.path}/${id}`).catch(() => null);
    return answer === null ? null : this.#entity(answer);
  }

  #entity(told: any): Told {
    return this.#api.entity === undefined ? told : told[this.#api.entity];
  }

  async #call(method: string, path: string, body?: object): Promise<any> {
    const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' };
    const response = await fetch(this.#origin + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }
}
