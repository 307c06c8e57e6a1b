/** Cloudflare's API v4 on loopback: zones and their DNS records. Facts and their sources stand in README.md. */
import { Router, type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';
import { simulateNames, type SimZone, type Zones } from '../../../simulator/cloud/zones.ts';
import type { SimAccount, SimWorld, Simulation } from '../../simulation.ts';
import {
  adoptedRecord,
  buildRecord,
  type CloudflareName,
  filterRecords,
  type FormerRecord,
  Refusal,
  refuseConflicts,
  showRecord,
} from './records.ts';
import { adoptedZone, type FormerZone, seedsOf, showAccount, showZone, statusOf, tenantOf } from './zones.ts';

type Body = Record<string, unknown>;

const simulated = simulateNames(
  {
    id: 'cloudflare',
    accountDefaults: { rateLimit: { requests: 1_200, perMs: 300_000 }, createLimit: null },
    seeds: seedsOf,
    errorAnswer(status) {
      if (status === 429)
        return { body: failure(971, 'Please wait and consider throttling your request speed'), headers: { 'retry-after': '1' } };
      if (status === 401 || status === 403) return { body: failure(10000, 'Authentication error') };
      if (status === 404) return { body: failure(7003, 'Could not route to that path, perhaps your object identifier is invalid?') };
      return { body: failure(status >= 500 ? 10013 : 6003, status >= 500 ? 'An unknown error has occurred' : 'Invalid request') };
    },
  },
  (world, zones) => {
    adopt(world);
    const router = Router();
    router.use(authenticate(world));
    const api = Router();
    mountToken(api);
    mountAccounts(api);
    mountZones(api, zones);
    mountRecords(api, zones);
    api.use((request) => {
      throw new Refusal(404, 7003, `Could not route to ${request.originalUrl.split('?')[0]}, perhaps your object identifier is invalid?`, [
        { code: 7000, message: 'No route for that URI' },
      ]);
    });
    router.use('/client/v4', api);
    router.use(refused);
    return router;
  },
);

export const simulation: Simulation = { ...simulated, contentType: 'application/json' };

/** Takes over zones and records as a former release kept them. */
function adopt(world: SimWorld): void {
  const zones = world.collection<SimZone | FormerZone>('zones');
  for (const zone of zones.all()) if (!('createdMs' in zone)) zones.put(adoptedZone(zone));
  const records = world.collection<CloudflareName | FormerRecord>('records');
  for (const record of records.all()) {
    const zone = 'zoneId' in record ? (zones.get(record.zoneId) as SimZone | undefined) : undefined;
    if (zone) records.put(adoptedRecord(record as FormerRecord, zone));
  }
}

/** The token's form first (400), then whether it is known (403), then its turn (429), then its rights (403). */
function authenticate(world: SimWorld): RequestHandler {
  return (request, response, next) => {
    const header = request.headers.authorization;
    if (header === undefined) throw new Refusal(400, 9106, 'Missing X-Auth-Key, X-Auth-Email or Authorization headers');
    const token = /^Bearer ([A-Za-z0-9_-]{5,256})$/.exec(header)?.[1];
    if (token === undefined) {
      throw new Refusal(400, 6003, 'Invalid request headers', [{ code: 6111, message: 'Invalid format for Authorization header' }]);
    }
    const account = world.account(token);
    if (!account) {
      if (request.path.endsWith('/user/tokens/verify')) throw new Refusal(401, 1000, 'Invalid API Token');
      throw new Refusal(403, 9109, 'Invalid access token');
    }
    const turn = world.takeRate(account, 'all');
    if (turn.limited) {
      response.set('retry-after', String(Math.max(1, Math.ceil((turn.resetAtMs - Date.now()) / 1000))));
      throw new Refusal(429, 971, 'Please wait and consider throttling your request speed');
    }
    if (account.readOnly && request.method !== 'GET') throw new Refusal(403, 10000, 'Authentication error');
    response.locals['account'] = account;
    next();
  };
}

function mountToken(api: Router): void {
  api.get('/user/tokens/verify', (_request, response) => {
    const { id } = accountOf(response);
    response.json({
      ...success({ id: Buffer.from(id).toString('hex').padEnd(32, '0').slice(0, 32), status: 'active' }),
      messages: [{ code: 10000, message: 'This API Token is valid and active', type: null }],
    });
  });
}

/** The user of the token, and the accounts that its zones are in. */
function mountAccounts(api: Router): void {
  api.get('/user', (_request, response) => {
    const { id } = accountOf(response);
    const email = `${id.replace(/[^a-z0-9-]/gi, '').slice(0, 40)}@simulator.invalid`;
    const plain = { first_name: 'Sam', last_name: 'Simulated', telephone: null, country: null, zipcode: null };
    const hex = Buffer.from(id).toString('hex').padEnd(32, '0').slice(0, 32);
    response.json(success({ id: hex, email, ...plain, suspended: false, two_factor_authentication_enabled: false }));
  });
  api.get('/accounts', (request, response) => {
    const account = { ...showAccount(tenant(response)), settings: { enforce_twofactor: false }, type: 'standard' };
    response.json(page(request, [account], { size: 20, least: 5, most: 50 }));
  });
}

function mountZones(api: Router, world: Zones): void {
  api.get('/zones', (request, response) => {
    const { name, status, order, direction, 'account.id': accountId, 'account.name': accountName } = request.query;
    const account = showAccount(tenant(response));
    const zones = world
      .zones(tenant(response))
      .filter((zone) => name === undefined || zoneNameFits(zone.name, String(name)))
      .filter((zone) => status === undefined || statusOf(zone) === status)
      .filter(() => accountId === undefined || account.id === accountId)
      .filter(() => accountName === undefined || account.name === accountName);
    if (order === 'name') zones.sort((a, b) => a.name.localeCompare(b.name));
    if (direction === 'desc') zones.reverse();
    response.json(page(request, zones.map(showZone), { size: 20, least: 5, most: 50 }));
  });
  api.get('/zones/:zone', (request, response) => {
    response.json(success(showZone(zoneOf(world, request, response))));
  });
}

function mountRecords(api: Router, zones: Zones): void {
  const { world, names } = zones;
  const base = '/zones/:zone/dns_records';
  const inZone = (zone: SimZone): CloudflareName[] => zones.of(zone) as CloudflareName[];
  const write = (zone: SimZone, body: Body, old?: CloudflareName): CloudflareName => {
    const record = buildRecord(body, zone, world.now(), old?.id ?? world.hex(32), old);
    refuseConflicts(
      record,
      inZone(zone).filter((other) => other.id !== record.id),
    );
    names.put(record);
    return record;
  };
  const existing = (zone: SimZone, id: unknown): CloudflareName => {
    const record = inZone(zone).find((each) => each.id === String(id));
    if (!record) throw new Refusal(404, 81044, 'Record does not exist.');
    return record;
  };
  const remove = (zone: SimZone, id: unknown): CloudflareName => {
    const record = existing(zone, id);
    names.delete(record.id);
    return record;
  };

  // A zone file as BIND reads it.
  api.get(`${base}/export`, (request, response) => {
    const lines = inZone(zoneOf(zones, request, response)).map(
      ({ name, ttl, type, priority, content }) =>
        `${name}.\t${ttl}\tIN\t${type}\t${priority === undefined ? '' : `${priority} `}${content}`,
    );
    response.type('text/plain').send(`${lines.join('\n')}\n`);
  });
  api.get(base, (request, response) => {
    const found = filterRecords(inZone(zoneOf(zones, request, response)), request.query);
    if (request.query['order'] !== undefined) sortBy(found, String(request.query['order']), request.query['direction'] === 'desc');
    response.json(page(request, found.map(showRecord), { size: 100, least: 1, most: 5_000_000 }));
  });
  api.post(`${base}/batch`, (request, response) => {
    const zone = zoneOf(zones, request, response);
    response.json(success(batch(zone, bodyOf(request))));
  });
  api.post(base, (request, response) => {
    response.json(success(showRecord(write(zoneOf(zones, request, response), bodyOf(request)))));
  });
  api
    .route(`${base}/:record`)
    .get((request, response) => void response.json(success(showRecord(existing(zoneOf(zones, request, response), request.params.record)))))
    .put((request, response) => {
      const zone = zoneOf(zones, request, response);
      response.json(success(showRecord(write(zone, bodyOf(request), existing(zone, request.params.record)))));
    })
    .patch((request, response) => {
      const zone = zoneOf(zones, request, response);
      const old = existing(zone, request.params.record);
      response.json(success(showRecord(write(zone, { ...showRecord(old), ...bodyOf(request) }, old))));
    })
    .delete((request, response) => {
      response.json({ result: { id: remove(zoneOf(zones, request, response), request.params.record).id } });
    });

  /** All or nothing, in Cloudflare's order: deletes, patches, puts, posts. */
  function batch(zone: SimZone, body: Body): Body {
    const before = inZone(zone);
    const part = (key: string): Body[] => (Array.isArray(body[key]) ? (body[key] as Body[]) : []);
    try {
      const deletes = part('deletes').map((item) => showRecord(remove(zone, item['id'])));
      const patches = part('patches').map((item) => {
        const old = existing(zone, item['id']);
        return showRecord(write(zone, { ...showRecord(old), ...item }, old));
      });
      const puts = part('puts').map((item) => showRecord(write(zone, item, existing(zone, item['id']))));
      const posts = part('posts').map((item) => showRecord(write(zone, item)));
      return { deletes, patches, puts, posts };
    } catch (error) {
      for (const record of inZone(zone)) names.delete(record.id);
      for (const record of before) names.put(record);
      throw error;
    }
  }
}

function sortBy(records: CloudflareName[], order: string, descending: boolean): void {
  if (!['type', 'name', 'content', 'ttl', 'proxied'].includes(order)) return;
  const key = order as 'type' | 'name' | 'content' | 'ttl' | 'proxied';
  records.sort((a, b) => String(a[key]).localeCompare(String(b[key]), 'en', { numeric: true }) * (descending ? -1 : 1));
}

function zoneNameFits(name: string, filter: string): boolean {
  const [, operator, value = filter] = /^(equal|not_equal|starts_with|ends_with|contains):(.*)$/.exec(filter) ?? [];
  if (operator === 'not_equal') return name !== value;
  if (operator === 'starts_with') return name.startsWith(value);
  if (operator === 'ends_with') return name.endsWith(value);
  if (operator === 'contains') return name.includes(value);
  return name === value.toLowerCase();
}

function zoneOf(zones: Zones, request: Request, response: Response): SimZone {
  const id = String(request.params['zone']);
  const zone = zones.zones(tenant(response)).find((candidate) => candidate.id === id);
  if (zone) return zone;
  throw new Refusal(404, 7003, `Could not route to /client/v4/zones/${id}, perhaps your object identifier is invalid?`);
}

const tenant = (response: Response): string => tenantOf(accountOf(response).id);

function accountOf(response: Response): SimAccount {
  return response.locals['account'] as SimAccount;
}

function bodyOf(request: Request): Body {
  const { body } = request as { body: unknown };
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Body;
  throw new Refusal(400, 9207, 'Request body is invalid.');
}

/** A page past the end is empty and no error: the vendor's own client asks until it gets one. */
function page(request: Request, items: readonly unknown[], limits: { size: number; least: number; most: number }): Body {
  const number = Number(request.query['page'] ?? 1);
  const size = Number(request.query['per_page'] ?? limits.size);
  if (!Number.isInteger(number) || number < 1) throw new Refusal(400, 6003, 'Invalid or missing page.');
  if (!Number.isInteger(size) || size < limits.least || size > limits.most) {
    throw new Refusal(400, 6003, `per_page must be between ${limits.least} and ${limits.most}.`);
  }
  const result = items.slice((number - 1) * size, number * size);
  const info = {
    page: number,
    per_page: size,
    count: result.length,
    total_count: items.length,
    total_pages: Math.ceil(items.length / size),
  };
  return { ...success(result), result_info: info };
}

function success(result: unknown): Body {
  return { result, success: true, errors: [], messages: [] };
}

function failure(code: number, message: string, chain: { code: number; message: string }[] = []): Body {
  return { result: null, success: false, errors: [{ code, message, ...(chain.length > 0 ? { error_chain: chain } : {}) }], messages: [] };
}

const refused: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (!(error instanceof Refusal)) return next(error);
  response.status(error.status).json(failure(error.code, error.message, error.chain));
};
