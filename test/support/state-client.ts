/** The state protocol by HTTP, as the command line speaks it: one stack, any token. */
import type { Plinth } from './plinth.ts';

export interface Answer {
  readonly status: number;
  readonly body: any;
}

export interface Begun {
  readonly id: string;
  readonly path: string;
  /** What a started update answers, with its lease where it got one. */
  readonly started: Answer;
  readonly lease: string;
}

export type Config = Record<string, unknown>;

export async function send(origin: string, method: string, path: string, authorization: string, body?: unknown): Promise<Answer> {
  const response = await fetch(origin + path, {
    method,
    headers: { authorization, 'content-type': 'application/json', 'user-agent': 'pulumi-cli/1 (v3.259.0; linux)' },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text };
}

/** As the command line sends a stack's config file. */
export function asSent(config: Config): Config {
  const sent = Object.entries(config).map(([key, value]) => {
    const secure = (value as { secure?: unknown } | null)?.secure;
    if (typeof secure === 'string') return [key, { string: secure, secret: true, object: false }];
    const object = typeof value === 'object';
    return [key, { string: object ? JSON.stringify(value) : String(value), secret: false, object }];
  });
  return Object.fromEntries(sent);
}

export function stateClient({ origin }: Pick<Plinth, 'origin'>, organization: string, stack: string) {
  const base = `/api/stacks/${organization}/plinth/${stack}`;
  const call = (token: string, method: string, path: string, body?: unknown) =>
    send(origin, method, `${base}${path}`, `token ${token}`, body);
  const create = (token: string, kind: string, config: Config = {}, options: Config = {}) =>
    call(token, 'POST', `/${kind}`, { options, config: asSent(config), metadata: { message: 'by the test', environment: {} } });
  return {
    base,
    call,
    create,
    start: (token: string, id: string) => call(token, 'POST', `/update/${id}`, { journalVersion: 1 }),
    /** Creates and starts one. */
    async begin(token: string, kind: string, config: Config = {}, options: Config = {}): Promise<Begun> {
      const created = await create(token, kind, config, options);
      if (created.status !== 200) return { id: '', path: '', started: created, lease: '' };
      const id: string = created.body.updateID;
      const started = await call(token, 'POST', `/update/${id}`, { journalVersion: 1 });
      return { id, path: `${base}/update/${id}`, started, lease: `update-token ${started.body.token ?? ''}` };
    },
    held: ({ path, lease }: Begun, method: string, rest: string, body?: unknown) => send(origin, method, path + rest, lease, body),
    end: ({ path, lease }: Begun, status: 'succeeded' | 'failed') => send(origin, 'POST', `${path}/complete`, lease, { status }),
    export: async (token: string) => (await call(token, 'GET', '/export')).body,
  };
}

export type StateClient = ReturnType<typeof stateClient>;
