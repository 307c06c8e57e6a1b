/**
 * Compute Engine as things with paths, which is how the kit asks: `/instances/<id>`, where an id is Google's path of it. Every change is
 * an operation that can fail after it was accepted: a purchase is one that ended well.
 */
import { createHash, createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { ApiResponse, Signer } from '../http.ts';
import { type Ask, type Dialect, type Query, Rest } from '../kit/rest.ts';
import type { Job, Jobs } from '../kit/server-sheet.ts';
import type { AccountConnection } from '../provider.ts';
import type { RateBudget } from '../rate-budget.ts';
import { waitFor } from '../wait.ts';
import { descriptor, keyFileOf } from './descriptor.ts';
import { diskGbFor } from './data.ts';

const TOKENS = 'https://oauth2.googleapis.com';
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
/** A token lives for an hour; one that ends soon is not used any more. */
const SPARE_MS = 5 * 60_000;
/** Google takes no statement from its future. This far back, a clock of ours that is fast is no matter. */
const CLOCK_SPARE_S = 15 * 60;
const OPERATION_MS = 20 * 60_000;
const V1 = '/compute/v1';

const Problem = z.object({
  error: z.object({
    message: z.string().catch(''),
    errors: z.array(z.object({ reason: z.string().catch('') })).optional(),
    status: z.string().optional(),
  }),
});
const TokenProblem = z.object({ error: z.string(), error_description: z.string().catch('') });

export const dialect: Dialect = {
  provider: 'gcp',
  name: 'Google',
  headers: () => ({}),
  signer: (connection) => ({ sign: bearer(connection) }),
  said: (body) => {
    const { data } = Problem.safeParse(body);
    if (data) return { code: data.error.errors?.[0]?.reason ?? data.error.status, text: data.error.message };
    const token = TokenProblem.safeParse(body).data;
    return token ? { code: token.error, text: token.error_description } : {};
  },
  refusals: [
    { code: /^authError$|^unauthorized$|^UNAUTHENTICATED$|^invalid_grant$|^invalid_client$|^unauthorized_client$/, kind: 'credentials' },
    // Too many calls come as a 403.
    { code: /^(?:userR|r)ateLimitExceeded$|^RATE_LIMIT_EXCEEDED$|^CONCURRENT_OPERATIONS_QUOTA_EXCEEDED$/, kind: 'rate_limited' },
    {
      code: /^quotaExceeded$|^QUOTA_EXCEEDED$|^limitExceeded$/,
      kind: 'quota',
      remedy: 'Ask for a higher quota in the Google Cloud console under IAM → Quotas, or choose another zone.',
    },
    {
      code: /^ZONE_RESOURCE_POOL_EXHAUSTED|^STOCKOUT$|^stockout$|^resourcePoolExhausted$/,
      kind: 'out_of_stock',
      remedy: 'Choose another zone or type, or try later.',
    },
    { code: 'accessNotConfigured', kind: 'forbidden', remedy: 'Enable the Compute Engine API for the project.' },
    { code: /^billingNotEnabled$|^BILLING_DISABLED$/, kind: 'forbidden', remedy: 'The project has no billing account.' },
    {
      code: /^forbidden$|^insufficientPermissions$|^PERMISSION_DENIED$/,
      kind: 'forbidden',
      remedy: 'Give the service account the role that README.md names.',
    },
    {
      code: /^alreadyExists$|^RESOURCE_ALREADY_EXISTS$/,
      kind: 'conflict',
      as: 'taken',
      remedy: 'Names are unique in a zone: choose another.',
    },
    { code: /^resourceInUseByAnotherResource$|^resourceNotReady$|^conditionNotMet$|^operationInProgress$|^RESOURCE_IN_USE_BY_ANOTHER_RESOURCE$|^RESOURCE_NOT_READY$|^RESOURCE_OPERATION_RATE_EXCEEDED$/, kind: 'conflict' }, // prettier-ignore
    { code: /^backendError$|^internalError$|^INTERNAL_ERROR$/, kind: 'provider_down' },
  ],
  remedies: { credentials: 'Check the account’s key file; a key that was deleted at Google opens nothing.' },
  pages: {
    first: { maxResults: 500 },
    next: (answer, asked) => {
      const { nextPageToken } = answer as { nextPageToken?: string };
      return nextPageToken ? { ...asked, pageToken: nextPageToken } : null;
    },
  },
  consistencyMs: { real: 10_000, simulator: 1_500 },
};

/** Tokens by what they were made for, shared by every client of an account in this process. */
const tokens = new WeakMap<RateBudget, Map<string, { token: string; untilMs: number }>>();

function bearer(connection: AccountConnection): Signer['sign'] {
  const { budget, credential } = connection;
  return async (_, signal) => {
    const known = tokens.get(budget) ?? new Map<string, { token: string; untilMs: number }>();
    tokens.set(budget, known);
    const text = credential['key'] ?? '';
    const id = createHash('sha256').update(text).digest('hex');
    const held = known.get(id);
    const fresh = held && held.untilMs - SPARE_MS > Date.now() ? held : await newToken(connection, text, signal);
    known.set(id, fresh);
    return { authorization: `Bearer ${fresh.token}` };
  };
}

/** A JSON web token by RS256 (RFC 7515). */
function signed(key: KeyObject, ...parts: object[]): string {
  const text = parts.map((each) => Buffer.from(JSON.stringify(each)).toString('base64url')).join('.');
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`;
}

/** Google changes a signed statement for a token. The address in the key file is not followed. */
async function newToken(connection: AccountConnection, text: string, signal: AbortSignal): Promise<{ token: string; untilMs: number }> {
  const isGoogle = connection.endpoint.baseUrl === descriptor.apiBaseUrl;
  const write = (body: unknown): string => new URLSearchParams(body as Record<string, string>).toString();
  const speech = { accept: 'application/json', contentType: 'application/x-www-form-urlencoded', write, read: JSON.parse };
  const { signer: _, ...unsigned } = dialect;
  const endpoint = { ...connection.endpoint, baseUrl: isGoogle ? TOKENS : connection.endpoint.baseUrl };
  const rest = new Rest({ ...unsigned, speech }, { ...connection, endpoint });
  const file = keyFileOf(text);
  if (!file) throw rest.error('credentials', 'The account’s key file cannot be read. Enter it again.');
  let key: KeyObject;
  try {
    key = createPrivateKey(file.private_key);
  } catch {
    throw rest.error('credentials', 'The private key in the account’s key file cannot be read. Make another key.');
  }
  const iat = Math.floor(Date.now() / 1_000) - CLOCK_SPARE_S;
  const claims = { scope: SCOPE, iss: file.client_email, aud: `${TOKENS}/token`, iat, exp: iat + 3_600 };
  const assertion = signed(key, { alg: 'RS256', typ: 'JWT', kid: file.private_key_id }, claims);
  const body = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
  const shape = z.object({ access_token: z.string(), expires_in: z.number() });
  const told = await rest.call({ method: 'POST', path: '/token', body, repeatable: true, signal }, shape);
  return { token: told.access_token, untilMs: Date.now() + told.expires_in * 1_000 };
}

const Failure = z.object({ errors: z.array(z.object({ code: z.string(), message: z.string().catch('') })).min(1) });
const Operation = z.object({
  name: z.string(),
  selfLink: z.string(),
  operationType: z.string(),
  status: z.string(),
  targetLink: z.string().catch(''),
  error: Failure.optional(),
});
type Operation = z.infer<typeof Operation>;

/** Google's own path of a thing: what stands behind the version in its link. */
export const pathOf = (link: string): string => link.replace(/^.*?\/(?=projects\/)/, '');
export const lastOf = (link: string): string => link.split('/').at(-1) ?? '';

function toJob({ selfLink, operationType, status, error }: Operation): Job {
  const first = error?.errors[0];
  const state = status === 'DONE' ? (first ? 'failed' : 'done') : 'running';
  return { id: pathOf(selfLink), type: operationType, state, code: first?.code, why: first?.message };
}

export const jobs: Jobs = {
  started: (answer) => {
    const { data } = Operation.safeParse(answer);
    return data ? [toJob(data)] : [];
  },
  one: async (rest, id, signal) => toJob(await (rest as Gce).look(id, Operation, {}, signal)),
  async latest(rest, id, signal) {
    const zone = id.split('/').slice(0, 4).join('/');
    const shape = z.object({ items: z.array(Operation).default([]) });
    const { items } = await (rest as Gce).look(`${zone}/operations`, shape, { maxResults: 100, orderBy: 'creationTimestamp desc' }, signal);
    return items.filter(({ targetLink }) => pathOf(targetLink) === id).map(toJob);
  },
};

const Listed = z.looseObject({
  items: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  unreachables: z.array(z.string()).default([]),
});
const Disks = z.looseObject({
  disks: z.array(z.looseObject({ boot: z.boolean(), source: z.string(), deviceName: z.string() })),
  machineType: z.string(),
  labelFingerprint: z.string().catch(''),
  tags: z.object({ fingerprint: z.string() }).catch({ fingerprint: '' }),
});
const Type = z.object({ guestCpus: z.number(), memoryMb: z.number(), architecture: z.string().catch('X86_64') });

export class Gce extends Rest {
  readonly project: string;
  constructor(connection: AccountConnection) {
    super(dialect, connection);
    this.project = keyFileOf(connection.credential['key'] ?? '')?.project_id ?? 'none';
  }

  /** `/instances`, `/addresses`, `/firewalls`, `/snapshots` and what is below them. */
  override async send(asked: Ask): Promise<ApiResponse> {
    const [, word = '', encoded, verb] = asked.path.split('/');
    const id = encoded === undefined ? undefined : decodeURIComponent(encoded);
    const body = (asked.body ?? {}) as Record<string, unknown>;
    if (asked.method === undefined || asked.method === 'GET') return id === undefined ? this.#list(word, asked) : this.#get(id, asked);
    if (asked.method === 'DELETE') return this.#delete(id!, asked, word);
    if (word === 'instances' && id === undefined) return this.#insert(asked, body);
    if (word === 'instances') return this.#order(asked, id!, verb ?? '', body);
    return this.#made(asked, String(body['at']), body['body'] as object);
  }

  #get(id: string, { signal }: Ask): Promise<ApiResponse> {
    return super.send({ path: `${V1}/${id}`, signal });
  }

  /** A thing by Google's path, or what is below one. */
  look<T>(path: string, shape: z.ZodType<T>, query: Query = {}, signal?: AbortSignal): Promise<T> {
    return this.#read({ path: `${V1}/${path}`, query, signal }, shape);
  }
  async #read<T>(asked: Ask, shape: z.ZodType<T>): Promise<T> {
    const parsed = shape.safeParse((await super.send(asked)).body);
    if (parsed.success) return parsed.data;
    throw this.error('malformed', `GET ${asked.path}: unexpected answer at "${parsed.error.issues[0]?.path.join('.')}".`);
  }

  /** Of all zones or regions; a list that lacks some of them is none. */
  async #list(word: string, { query, signal }: Ask): Promise<ApiResponse> {
    const isGlobal = word === 'firewalls' || word === 'snapshots';
    const path = `${V1}/projects/${this.project}/${isGlobal ? 'global' : 'aggregated'}/${word}`;
    const answer = await super.send({ path, query, signal });
    if (isGlobal) {
      const shape = z.looseObject({ kind: z.string(), items: z.array(z.unknown()).default([]) });
      const told = shape.safeParse(answer.body);
      if (!told.success) throw this.error('malformed', `GET ${path}: the answer has no list.`);
      return { ...answer, body: told.data };
    }
    const told = z.looseObject({ kind: z.string() }).and(Listed).safeParse(answer.body);
    if (!told.success) throw this.error('malformed', `GET ${path}: the answer has no list.`);
    const { items, unreachables, ...rest } = told.data;
    if (unreachables.length > 0)
      throw this.error('provider_down', `Google cannot reach ${unreachables.map(lastOf).join(', ')}: the list is not whole.`);
    return { ...answer, body: { ...rest, items: Object.values(items).flatMap((each) => (each[word] as unknown[] | undefined) ?? []) } };
  }

  async act(
    asked: Pick<Ask, 'signal' | 'repeatable' | 'timeoutMs'>,
    path: string,
    body: unknown,
    method: 'POST' | 'PATCH' = 'POST',
  ): Promise<ApiResponse> {
    const { signal, repeatable, timeoutMs } = asked;
    return super.send({
      method,
      path: `${V1}/${path}`,
      body,
      signal,
      ...(repeatable ? { repeatable } : {}),
      ...(timeoutMs ? { timeoutMs } : {}),
    });
  }

  /** Waits for what an answer began. @throws ProviderError of the operation's own meaning */
  async ended({ body, ...answer }: ApiResponse, what: string, signal?: AbortSignal): Promise<ApiResponse> {
    const told = Operation.safeParse(body);
    // Accepted, and nobody knows what began.
    if (!told.success) throw this.error('unknown_outcome', `${what}: Google's answer names no operation.`);
    const { provider } = this.dialect;
    const probe = async (): Promise<Operation | undefined> => {
      const now = await this.look(pathOf(told.data.selfLink), Operation, {}, signal);
      return now.status === 'DONE' ? now : undefined;
    };
    const wait = { provider, what, key: `${provider}/operation`, deadlineMs: OPERATION_MS, signal: signal ?? new AbortController().signal };
    const done = told.data.status === 'DONE' ? told.data : await waitFor({ ...wait, probe });
    const first = done.error?.errors[0];
    if (!first) return { ...answer, body: done };
    const {
      kind,
      remedy = 'Try again, or look at it at Google.',
      as = first.code,
    } = this.meaning({ code: first.code, text: first.message });
    const meant = kind === 'not_found' || kind === 'provider_down' ? 'unexpected' : kind;
    throw this.error(meant, `Google reports that the ${what} failed: ${first.message} ${remedy}`, { providerCode: as });
  }

  /** Makes what stands beside servers, to its end. */
  async #made(asked: Ask, at: string, body: object): Promise<ApiResponse> {
    const done = await this.ended(await this.act(asked, `projects/${this.project}/${at}`, body), `making of ${at}`, asked.signal);
    const link = (done.body as Operation).targetLink;
    return super.send({ path: `${V1}/${pathOf(link)}`, signal: asked.signal });
  }

  async type(zone: string, name: string, signal?: AbortSignal): Promise<z.infer<typeof Type>> {
    return this.look(`projects/${this.project}/zones/${zone}/machineTypes/${name}`, Type, {}, signal);
  }

  /** A purchase is one that ended well: what fails on the way was never there. */
  async #insert(asked: Ask, { zone, type, instance }: Record<string, unknown>): Promise<ApiResponse> {
    const at = `projects/${this.project}/zones/${String(zone)}`;
    const { memoryMb } = await this.type(String(zone), String(type), asked.signal).catch((error: unknown) => {
      throw (error as { kind?: string }).kind === 'not_found'
        ? this.error('out_of_stock', `${String(zone)} has no type ${String(type)}. Choose another zone or type.`, { field: 'machineType' })
        : error;
    });
    const { disks, ...rest } = instance as { disks: { initializeParams: object }[] };
    const [boot] = disks;
    const sized = {
      ...boot,
      initializeParams: {
        diskSizeGb: String(diskGbFor(memoryMb)),
        diskType: `zones/${String(zone)}/diskTypes/pd-balanced`,
        ...boot!.initializeParams,
      },
    };
    const answer = await this.act(asked, `${at}/instances`, { ...rest, disks: [sized] });
    await this.ended(answer, 'creation', asked.signal);
    return super.send({ path: `${V1}/${at}/instances/${(rest as { name?: string }).name}`, signal: asked.signal });
  }

  async #delete(id: string, asked: Ask, word: string): Promise<ApiResponse> {
    const { signal, repeatable } = asked;
    const answer = await super.send({ method: 'DELETE', path: `${V1}/${id}`, signal, ...(repeatable ? { repeatable } : {}) });
    return word === 'instances' ? answer : this.ended(answer, `removal of ${lastOf(id)}`, signal);
  }

  async #order(asked: Ask, id: string, verb: string, body: Record<string, unknown>): Promise<ApiResponse> {
    const { signal } = asked;
    const zone = id.split('/').slice(0, 4).join('/');
    const now = () => this.look(id, Disks, {}, signal);
    const bootOf = ({ disks }: z.infer<typeof Disks>) => disks.find(({ boot }) => boot) ?? disks[0]!;
    switch (verb) {
      case 'labels':
        // Google wants to know which labels are replaced.
        return this.act(asked, `${id}/setLabels`, { labels: body['labels'], labelFingerprint: (await now()).labelFingerprint });
      case 'tags':
        return this.act(asked, `${id}/setTags`, { items: body['items'], fingerprint: (await now()).tags.fingerprint });
      case 'type':
        return this.act(asked, `${id}/setMachineType`, {
          machineType: `${zone}/machineTypes/${String(body['type'])}`.replace(/^projects\/[^/]+\//, ''),
        });
      case 'disk': {
        const [{ memoryMb }, server] = await Promise.all([this.type(lastOf(zone), String(body['type']), signal), now()]);
        const disk = pathOf(bootOf(server).source);
        const { sizeGb } = await this.look(disk, z.object({ sizeGb: z.string() }), {}, signal);
        const wanted = diskGbFor(memoryMb);
        if (Number(sizeGb) >= wanted) return { status: 200, headers: new Headers(), body: {} };
        return this.ended(await this.act(asked, `${disk}/resize`, { sizeGb: String(wanted) }), 'growth of the disk', signal);
      }
      case 'snapshot': {
        const disk = pathOf(bootOf(await now()).source);
        return this.act(asked, `${disk}/createSnapshot`, body);
      }
      case 'restore':
        return this.#swapDisk(asked, id, zone, String(body['sourceSnapshot']));
      default:
        // Power: these take no body.
        return this.act(asked, `${id}/${verb}`, undefined);
    }
  }

  /** A new disk of a snapshot in place of the boot disk; every step looks first, so that it may be taken again. The server is off. */
  async #swapDisk(asked: Ask, id: string, zone: string, sourceSnapshot: string): Promise<ApiResponse> {
    const { signal } = asked;
    const step = async (what: string, path: string, body?: object) => this.ended(await this.act({ signal }, path, body), what, signal);
    const { disks } = await this.look(id, Disks, {}, signal);
    const old = disks.find(({ boot }) => boot) ?? disks[0]!;
    const name = `${lastOf(id).slice(0, 40)}-${createHash('sha256')
      .update(old.source + sourceSnapshot)
      .digest('hex')
      .slice(0, 12)}`;
    await step('making of a disk', `${zone}/disks`, { name, sourceSnapshot, type: `${zone}/diskTypes/pd-balanced` }).catch(
      (error: unknown) => {
        if ((error as { detail?: { providerCode?: string } }).detail?.providerCode !== 'taken') throw error;
      },
    );
    await step('taking off of the old disk', `${id}/detachDisk?deviceName=${encodeURIComponent(old.deviceName)}`);
    await step('putting on of the new disk', `${id}/attachDisk`, {
      boot: true,
      autoDelete: true,
      source: `${zone}/disks/${name}`,
      deviceName: old.deviceName,
    });
    const gone = await super.send({ method: 'DELETE', path: `${V1}/${pathOf(old.source)}`, repeatable: true, signal });
    return this.ended(gone, 'removal of the old disk', signal);
  }
}
