/** Every door to a VPS (the API's routes, the state protocol, the tunnel, a console's line), as data for test/hard/door-matrix.test.ts. */
import { request as httpRequest } from 'node:http';
import type { Permission } from '../../contract/permissions.ts';
import fc from 'fast-check';
import { operationsOf } from './api-requests.ts';
import { type Hints, type Schema, valid } from './schema-arbitrary.ts';

/** The things of one VPS that an address can name. */
export interface Target {
  readonly vps: string;
  readonly operation: string;
  readonly bulk: string;
  /** An update of its stack. */
  readonly update: string;
  /** Organization's name, the first part of the stack's. */
  readonly organization: string;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

export interface Door {
  readonly name: string;
  readonly kind: 'api' | 'state' | 'tunnel' | 'line';
  /** Who has none of them is refused; who has all of them is not. */
  readonly permissions: readonly Permission[];
  /** Open to everybody, because it is where one signs in. */
  readonly isPublic: boolean;
  /** Names something of a VPS. */
  readonly ofTarget: boolean;
  /** Changes nothing, so it may be tried on one's own as well. */
  readonly reads: boolean;
  /** Requests that reach the target: with several bodies where there is one. */
  readonly ask: (target: Target) => readonly Asked[];
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

const SAMPLES = 8;

/** From the very document that the routes make. */
export function apiDoors(document: Schema, hints: Hints): Door[] {
  return operationsOf(document).map(({ method, path, described }): Door => {
    const schema = described['requestBody']?.content['application/json'].schema;
    const bodies: unknown[] = schema ? fc.sample(valid(schema, document, hints), { numRuns: SAMPLES, seed: 1 }) : [undefined];
    const names = /^\/api\/(vps|operations|bulk)\/\{/.test(path);
    const picks = !names && (JSON.stringify(schema ?? '').includes('"ids"') || hasVpsFilter(described));
    const ask = (target: Target): Asked[] =>
      (picks && schema ? bodies.map((body) => withIds(body, target.vps)) : bodies).map((body) => ({
        method,
        path: addressOf(path, described, target),
        ...(body === undefined ? {} : { body }),
      }));
    return {
      name: `${method} ${path}`,
      kind: 'api',
      permissions: described['x-plinth-permissions'] ?? [],
      isPublic: described['x-plinth-permissions'] === undefined,
      ofTarget: names || picks,
      reads: method === 'GET',
      ask,
    };
  });
}

function hasVpsFilter(described: Schema): boolean {
  return (described['parameters'] ?? []).some(({ in: where, name }: Schema) => where === 'query' && name === 'vps_id');
}

function withIds(body: any, vps: string): unknown {
  return { ...body, selection: { ids: [vps] } };
}

function addressOf(path: string, described: Schema, target: Target): string {
  const filled = path
    .replace(/^\/api\/vps\/\{\w+\}/, `/api/vps/${target.vps}`)
    .replace(/^\/api\/operations\/\{\w+\}/, `/api/operations/${target.operation}`)
    .replace(/^\/api\/bulk\/\{\w+\}/, `/api/bulk/${target.bulk}`)
    .replace('{version}', '1')
    .replace('{kind}', 'plans')
    .replace('{name}', 'drift')
    .replace(/\{\w+\}/g, '00000000-0000-4000-8000-00000000dead');
  return hasVpsFilter(described) ? `${filled}?vps_id=${target.vps}` : filled;
}

const CHECKPOINT = { version: 3, deployment: { manifest: { time: '2026-01-01T00:00:00Z', magic: '', version: '' } } };

/** docs of the protocol: server/backend/routes-*.ts. */
export function stateDoors(): Door[] {
  const stack = ({ organization, vps }: Target): string => `/api/stacks/${organization}/plinth/vps-${vps}`;
  const door = (permission: Permission, method: string, rest: string, body?: unknown): Door => ({
    name: `${method} /api/stacks/…${rest}`,
    kind: 'state',
    permissions: [permission],
    isPublic: false,
    ofTarget: true,
    reads: method === 'GET',
    ask: (target) => [{ method, path: stack(target) + rest.replace(':update', target.update), ...(body === undefined ? {} : { body }) }],
  });
  const creation = { options: {}, config: {}, metadata: {} };
  return [
    door('stack:read', 'GET', ''),
    door('stack:read', 'GET', '/export'),
    door('stack:read', 'GET', '/export/1'),
    door('stack:read', 'GET', '/updates'),
    door('stack:read', 'GET', '/updates/latest'),
    door('stack:read', 'GET', '/updates/latest/previews'),
    door('stack:read', 'GET', '/policypacks'),
    door('stack:read', 'GET', '/update/:update'),
    door('stack:read', 'GET', '/update/:update/events'),
    door('stack:preview', 'POST', '/preview', creation),
    door('stack:update', 'POST', '/update', creation),
    door('stack:refresh', 'POST', '/refresh', creation),
    door('stack:destroy', 'POST', '/destroy', creation),
    door('stack:import', 'POST', '/import', CHECKPOINT),
    door('stack:tag', 'PATCH', '/tags', { a: 'b' }),
    door('stack:cancel', 'POST', '/update/:update/cancel'),
    door('stack:preview', 'POST', '/encrypt', { plaintext: 'YQ==' }),
    door('stack:preview', 'POST', '/decrypt', { ciphertext: 'YQ==' }),
    door('stack:preview', 'POST', '/batch-encrypt', { plaintexts: ['YQ=='] }),
    door('stack:preview', 'POST', '/batch-decrypt', { ciphertexts: ['YQ=='] }),
    door('stack:decrypt', 'POST', '/decrypt/log-decryption', { secretName: 'a' }),
    door('stack:decrypt', 'POST', '/decrypt/log-batch-decryption', { commandName: 'a' }),
    door('stack:delete', 'POST', '/rename', { newName: 'other', newProject: 'plinth' }),
    door('stack:delete', 'DELETE', ''),
    door('stack:delete', 'DELETE', '?force=true'),
    door('stack:update', 'POST', '/update/:update', { journalVersion: 1 }),
    {
      ...door('stack:create', 'POST', ''),
      name: 'POST /api/stacks/… (create)',
      ask: ({ organization, vps }) => [
        { method: 'POST', path: `/api/stacks/${organization}/plinth`, body: { stackName: `vps-${vps}` } },
        { method: 'POST', path: `/api/stacks/${organization}/plinth`, body: { stackName: `vps-${vps}`, state: CHECKPOINT } },
      ],
    },
  ];
}

export function tunnelDoors(packages: readonly string[]): Door[] {
  return packages.map((name) => ({
    name: `tunnel to ${name}`,
    kind: 'tunnel',
    permissions: ['stack:tunnel'],
    isPublic: false,
    ofTarget: true,
    reads: true,
    ask: ({ vps }) => [{ method: 'GET', path: `/api/vps/${vps}/providers/${name}/tunnel` }],
  }));
}

/** With a ticket that is none: who may come as far as showing one is taken up, and told so. */
export function lineDoor(): Door {
  return {
    name: 'line of a console',
    kind: 'line',
    permissions: ['vps:console'],
    isPublic: false,
    ofTarget: true,
    reads: true,
    ask: ({ vps }) => [{ method: 'GET', path: `/api/vps/${vps}/console/line` }],
  };
}

/** What an upgrade asks for beside the token. */
const UPGRADES: Readonly<Partial<Record<Door['kind'], Record<string, string>>>> = {
  tunnel: { upgrade: 'plinth-provider' },
  line: {
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    'sec-websocket-protocol': 'plinth-console, ticket.none',
  },
};

/** One request through a door. A stream that opens is 200, a tunnel or line that opens 101; they are closed at once. */
export async function knock(origin: string, door: Door, { method, path, body }: Asked, token: string | null): Promise<Answer> {
  const asked = UPGRADES[door.kind];
  if (asked) return await upgrade(origin + path, asked, token);
  const scheme = door.kind === 'state' ? 'token' : 'Bearer';
  const headers = { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `${scheme} ${token}` }) };
  const response = await fetch(origin + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
    await response.body!.cancel();
    return { status: response.status, text: '' };
  }
  return { status: response.status, text: await response.text() };
}

function upgrade(url: string, asked: Record<string, string>, token: string | null): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { connection: 'Upgrade', ...asked, ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
    const request = httpRequest(url, { headers });
    request.on('upgrade', (_response, socket) => {
      socket.destroy();
      resolve({ status: 101, text: '' });
    });
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode!, text }));
    });
    request.on('error', reject).end();
  });
}

/** Without what names the target or the request: so that the answers for two targets can be compared. */
export function anonymous(text: string, target: Target): string {
  let plain = text.replace(/"request_id":"[^"]*"/, '').replace(/"at":"[^"]*"/g, '');
  for (const id of [target.vps, target.operation, target.bulk, target.update]) plain = plain.replaceAll(id, 'ID');
  return plain;
}
