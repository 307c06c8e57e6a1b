/** Cloudflare's API v4 on loopback: zones and their DNS records. Facts and their sources stand in README.md. */
import { Router, type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';
import type { Collection, SimAccount, SimWorld, Simulation } from '../../simulation.ts';
import { buildRecord, filterRecords, Refusal, refuseConflicts, type SimRecord } from './records.ts';
import { zonesOf, zoneView, type SimZone } from './zones.ts';

type Body = Record<string, unknown>;

const RECORDS = 'records';

export const simulation: Simulation = {
  id: 'cloudflare',
  contentType: 'application/json',
  accountDefaults: { rateLimit: { requests: 1_200, perMs: 300_000 }, createLimit: null },
  recordCollection: RECORDS,
  router(world) {
    const router = Router();
    router.use(authenticate(world));
    const api = Router();
    mountToken(api);
    mountAccounts(api, world);
    mountZones(api, world);
    mountRecords(api, world);
    api.use((request) => {
      throw new Refusal(404, 7003, `Could not route to ${request.originalUrl.split('?')[0]}, perhaps your object identifier is invalid?`, [
        { code: 7000, message: 'No route for that URI' },
      ]);
    });
    router.use('/client/v4', api);
    router.use(refused);
    return router;
  },
  errorAnswer(status) {
    if (status === 429)
      return { body: failure(971, 'Please wait and consider throttling your request speed'), headers: { 'retry-after': '1' } };
    if (status === 401 || status === 403) return { body: failure(10000, 'Authentication error') };
    if (status === 404) return { body: failure(7003, 'Could not route to that path, perhaps your object identifier is invalid?') };
    return { body: failure(status >= 500 ? 10013 : 6003, status >= 500 ? 'An unknown error has occurred' : 'Invalid request') };
  },
  records(world) {
    const names = new Map(
      world
        .collection<SimZone>('zones')
        .all()
        .map((zone) => [zone.id, zone.name]),
    );
    return recordsOf(world)
      .all()
      .map(({ id, zoneId, name, type, content, comment }) => ({ id, zone: names.get(zoneId) ?? zoneId, name, type, content, comment }));
  },
  removeBehindBack: (world, id) => recordsOf(world).delete(id),
};

function recordsOf(world: SimWorld): Collection<SimRecord> {
  return world.collection<SimRecord>(RECORDS);
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
function mountAccounts(api: Router, world: SimWorld): void {
  api.get('/user', (_request, response) => {
    const { id } = accountOf(response);
    const email = `${id.replace(/[^a-z0-9-]/gi, '').slice(0, 40)}@simulator.invalid`;
    const plain = { first_name: 'Sam', last_name: 'Simulated', telephone: null, country: null, zipcode: null };
    const hex = Buffer.from(id).toString('hex').padEnd(32, '0').slice(0, 32);
    response.json(success({ id: hex, email, ...plain, suspended: false, two_factor_authentication_enabled: false }));
  });
  api.get('/accounts', (request, response) => {
    const accounts = new Map(zonesOf(world, accountOf(response).id).map(({ account }) => [account.id, account]));
    const shown = [...accounts.values()].map((account) => ({ ...account, settings: { enforce_twofactor: false }, type: 'standard' }));
    response.json(page(request, shown, { size: 20, least: 5, most: 50 }));
  });
}

function mountZones(api: Router, world: SimWorld): void {
  api.get('/zones', (request, response) => {
    const { name, status, order, direction } = request.query;
    const zones = zonesOf(world, accountOf(response).id)
      .filter((zone) => name === undefined || zoneNameFits(zone.name, String(name)))
      .filter((zone) => status === undefined || zone.status === status)
      .filter((zone) => request.query['account.id'] === undefined || zone.account.id === request.query['account.id'])
      .filter((zone) => request.query['account.name'] === undefined || zone.account.name === request.query['account.name']);
    if (order === 'name') zones.sort((a, b) => a.name.localeCompare(b.name));
    if (direction === 'desc') zones.reverse();
    response.json(page(request, zones.map(zoneView), { size: 20, least: 5, most: 50 }));
  });
  api.get('/zones/:zone', (request, response) => {
    response.json(success(zoneView(zoneOf(world, request, response))));
  });
}

function mountRecords(api: Router, world: SimWorld): void {
  const records = recordsOf(world);
  const base = '/zones/:zone/dns_records';
  const now = (): string => new Date(world.now()).toISOString().replace('Z', '000Z');
  const inZone = (zone: SimZone): SimRecord[] => records.filter((record) => record.zoneId === zone.id);
  const write = (zone: SimZone, body: Body, old?: SimRecord): SimRecord => {
    const record = buildRecord(body, zone, now(), old?.id ?? world.hex(32), old);
    refuseConflicts(
      record,
      inZone(zone).filter((other) => other.id !== record.id),
    );
    return records.put(record);
  };
  const existing = (zone: SimZone, id: unknown): SimRecord => {
    const record = records.get(String(id));
    if (record?.zoneId !== zone.id) throw new Refusal(404, 81044, 'Record does not exist.');
    return record;
  };
  const remove = (zone: SimZone, id: unknown): SimRecord => {
    const record = existing(zone, id);
    records.delete(record.id);
    return record;
  };

  // A zone file as BIND reads it.
  api.get(`${base}/export`, (request, response) => {
    const lines = inZone(zoneOf(world, request, response)).map(
      ({ name, ttl, type, priority, content }) =>
        `${name}.\t${ttl}\tIN\t${type}\t${priority === undefined ? '' : `${priority} `}${content}`,
    );
    response.type('text/plain').send(`${lines.join('\n')}\n`);
  });
  api.get(base, (request, response) => {
    const found = filterRecords(inZone(zoneOf(world, request, response)), request.query);
    if (request.query['order'] !== undefined) sortBy(found, String(request.query['order']), request.query['direction'] === 'desc');
    response.json(page(request, found.map(view), { size: 100, least: 1, most: 5_000_000 }));
  });
  api.post(`${base}/batch`, (request, response) => {
    const zone = zoneOf(world, request, response);
    response.json(success(batch(zone, bodyOf(request))));
  });
  api.post(base, (request, response) => {
    response.json(success(view(write(zoneOf(world, request, response), bodyOf(request)))));
  });
  api
    .route(`${base}/:record`)
    .get((request, response) => void response.json(success(view(existing(zoneOf(world, request, response), request.params.record)))))
    .put((request, response) => {
      const zone = zoneOf(world, request, response);
      response.json(success(view(write(zone, bodyOf(request), existing(zone, request.params.record)))));
    })
    .patch((request, response) => {
      const zone = zoneOf(world, request, response);
      const old = existing(zone, request.params.record);
      response.json(success(view(write(zone, { ...view(old), ...bodyOf(request) }, old))));
    })
    .delete((request, response) => {
      response.json({ result: { id: remove(zoneOf(world, request, response), request.params.record).id } });
    });

  /** All or nothing, in Cloudflare's order: deletes, patches, puts, posts. */
  function batch(zone: SimZone, body: Body): Body {
    const before = inZone(zone);
    const part = (key: string): Body[] => (Array.isArray(body[key]) ? (body[key] as Body[]) : []);
    try {
      const deletes = part('deletes').map((item) => view(remove(zone, item['id'])));
      const patches = part('patches').map((item) => {
        const old = existing(zone, item['id']);
        return view(write(zone, { ...view(old), ...item }, old));
      });
      const puts = part('puts').map((item) => view(write(zone, item, existing(zone, item['id']))));
      const posts = part('posts').map((item) => view(write(zone, item)));
      return { deletes, patches, puts, posts };
    } catch (error) {
      for (const record of inZone(zone)) records.delete(record.id);
      for (const record of before) records.put(record);
      throw error;
    }
  }
}

function view({ zoneId: _zoneId, ...record }: SimRecord): Body {
  return record;
}

function sortBy(records: SimRecord[], order: string, descending: boolean): void {
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

function zoneOf(world: SimWorld, request: Request, response: Response): SimZone {
  const id = String(request.params['zone']);
  const zone = zonesOf(world, accountOf(response).id).find((candidate) => candidate.id === id);
  if (zone) return zone;
  throw new Refusal(404, 7003, `Could not route to /client/v4/zones/${id}, perhaps your object identifier is invalid?`);
}

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
