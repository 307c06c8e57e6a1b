/** The control API under `/_simulator`: look into the simulated clouds, and make things go wrong. See README.md. */
import { createHash, timingSafeEqual } from 'node:crypto';
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Router } from 'express';
import { z } from 'zod';
import { isOwnPeer } from '../lib/own-peer.ts';
import type { SimAccount } from '../providers/simulation.ts';
import { faultSchema } from './faults.ts';
import type { SimulatorState } from './state.ts';
import type { World } from './world.ts';

const rateSchema = z.strictObject({ requests: z.int().nonnegative(), perMs: z.int().positive() });
const accountSchema = z.strictObject({
  keyOf: z.string().min(1).optional(),
  revoked: z.boolean().optional(),
  readOnly: z.boolean().optional(),
  instanceLimit: z.int().nonnegative().optional(),
  balance: z.number().optional(),
  rateLimit: rateSchema.optional(),
  createLimit: rateSchema.nullable().optional(),
});
const stockSchema = z.strictObject({ provider: z.string(), plan: z.string(), region: z.string(), available: z.boolean() });
const clockSchema = z.strictObject({ advanceMs: z.int().nonnegative() });
const changeSchemas = {
  resize: z.strictObject({ plan: z.string().min(1) }),
  rename: z.strictObject({ label: z.string().min(1) }),
  power: z.strictObject({ power: z.enum(['on', 'off']) }),
} as const;

const REFUSED =
  'Only the user who runs the simulator may control it, from the same machine. Set SIMULATOR_TOKEN there and send it as a bearer token.';

class ControlError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * JSON in and out; errors are `{ "error": "<sentence>" }`. Passwords and the switches that break things are for the one who
 * runs it: processes of the same user on the same machine, or, when `token` is set, whoever sends it as a bearer token.
 */
export function controlRouter(state: SimulatorState, token?: string): Router {
  const router = express.Router();
  router.use(forItsOwner(token), requireJson, express.json());
  readRoutes(router, state);
  faultRoutes(router, state);
  changeRoutes(router, state);
  router.use((_request, response) => void response.status(404).json({ error: 'No such control route; see simulator/README.md.' }));
  router.use(failed);
  return router;
}

function forItsOwner(token: string | undefined): RequestHandler {
  const expected = token === undefined ? undefined : digest(`Bearer ${token}`);
  return (request, response, next) => {
    const sent = digest(request.get('authorization') ?? '');
    if (expected !== undefined && timingSafeEqual(sent, expected)) return next();
    isOwnPeer(request.socket).then((own) => {
      if (own) next();
      else response.status(403).json({ error: REFUSED });
    }, next);
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function readRoutes(router: Router, state: SimulatorState): void {
  const each = (request: Request): World[] => {
    const provider = text(request.query['provider']);
    return provider === undefined ? [...state.worlds.values()] : [worldOf(state, provider)];
  };
  router.get('/', (_request, response) => void response.json(overview(state)));
  router.get('/instances', (request, response) => void response.json(each(request).flatMap(instancesOf)));
  router.get('/records', (request, response) => void response.json(each(request).flatMap(recordsOf)));
  router.get('/leftovers', (request, response) => void response.json(each(request).flatMap(leftoversOf)));
  router.get('/stats', (_request, response) => void response.json(statsOf(state)));
  router.get('/accounts', (request, response) => {
    response.json(
      each(request).flatMap((world) =>
        world
          .accounts()
          .all()
          .map((account) => ({ provider: world.simulation.id, ...account })),
      ),
    );
  });
  router.get('/machines', async (_request, response) => {
    response.json({ certificate: await state.machines.authority.trusted() });
  });
  router.get('/machines/:address', async (request, response) => {
    const machine = await state.machines.at(request.params.address);
    if (!machine) throw new ControlError(404, `No running machine answers at ${request.params.address}.`);
    response.json(machine);
  });
  router.get('/requests', (request, response) => {
    const limit = Math.min(2_000, Math.max(1, Number(request.query['limit'] ?? 200) || 200));
    response.json(state.requests.latest(limit, text(request.query['provider']), text(request.query['account'])));
  });
}

function faultRoutes(router: Router, state: SimulatorState): void {
  router.get('/faults', (_request, response) => void response.json(state.faults.list()));
  router.post('/faults', (request, response) => {
    const fault = parse(faultSchema, request.body);
    worldOf(state, fault.provider);
    if (fault.victim !== undefined) worldOf(state, fault.victim);
    try {
      response.status(201).json(state.faults.add(fault));
    } catch (error) {
      throw new ControlError(400, error instanceof Error ? error.message : String(error));
    }
  });
  router.delete('/faults/:id', (request, response) => {
    if (!state.faults.remove(request.params.id)) throw new ControlError(404, `There is no fault ${request.params.id}.`);
    response.status(204).end();
  });
  router.delete('/faults', (request, response) => void response.json({ removed: state.faults.clear(text(request.query['provider'])) }));
}

function changeRoutes(router: Router, state: SimulatorState): void {
  router.post('/instances/:provider/:id/:what', (request, response) => {
    const { provider, id, what } = request.params as { provider: string; id: string; what: string };
    const world = worldOf(state, provider);
    if (!changeInstance(world, id, what, request.body)) throw new ControlError(404, `${provider} has no instance ${id}.`);
    response.json(instancesOf(world).find((instance) => instance.id === id) ?? null);
  });
  router.post('/stock', (request, response) => {
    const stock = parse(stockSchema, request.body);
    const { simulation } = worldOf(state, stock.provider);
    const known = simulation.setStock?.(worldOf(state, stock.provider), stock.plan, stock.region, stock.available) ?? false;
    if (!known) throw new ControlError(404, `${stock.provider} has no plan ${stock.plan} in region ${stock.region}.`);
    response.json(stock);
  });
  router.put('/accounts/:provider/:token', (request, response) => {
    const world = worldOf(state, request.params.provider);
    const change = parse(accountSchema, request.body);
    const account: SimAccount = { ...world.ensureAccount(request.params.token), ...(change as Partial<SimAccount>) };
    response.json({ provider: world.simulation.id, ...world.accounts().put(account) });
  });
  router.post('/clock', (request, response) => {
    response.json({ ahead_ms: state.advance(parse(clockSchema, request.body).advanceMs) });
  });
  router.post('/reset', (_request, response) => {
    state.reset();
    response.status(204).end();
  });
}

function changeInstance(world: World, id: string, what: string, body: unknown): boolean {
  const { simulation } = world;
  if (what === 'remove') return simulation.removeBehindBack?.(world, id) ?? false;
  if (what !== 'resize' && what !== 'rename' && what !== 'power')
    throw new ControlError(404, `Unknown change ${what}; use remove, resize, rename or power.`);
  return simulation.changeBehindBack?.(world, id, parse(changeSchemas[what], body)) ?? false;
}

function overview(state: SimulatorState): unknown {
  return {
    speed: state.speed,
    providers: [...state.worlds.values()].map((world) => ({
      id: world.simulation.id,
      path: `/${world.simulation.id}`,
      instances: instancesOf(world).length,
      records: recordsOf(world).length,
      accounts: world.accounts().all().length,
    })),
    faults: state.faults.list(),
    stats: statsOf(state),
  };
}

function statsOf(state: SimulatorState): unknown {
  return Object.fromEntries(
    [...state.worlds].map(([id, world]) => {
      const instances = world.tally(world.simulation.instanceCollection ?? 'instances');
      const records = world.tally(world.simulation.recordCollection ?? 'records');
      return [
        id,
        {
          creates: instances.created,
          deletes: instances.deleted,
          live: instances.live,
          records,
          requests: state.requests.totals(id),
        },
      ];
    }),
  );
}

function instancesOf(world: World): ({ provider: string } & Record<string, unknown> & { id: string })[] {
  return (world.simulation.instances?.(world) ?? []).map((instance) => ({ provider: world.simulation.id, ...instance }));
}
function recordsOf(world: World): unknown[] {
  return (world.simulation.records?.(world) ?? []).map((record) => ({ provider: world.simulation.id, ...record }));
}

function leftoversOf(world: World): unknown[] {
  return (world.simulation.leftovers?.(world) ?? []).map((leftover) => ({ provider: world.simulation.id, ...leftover }));
}

function worldOf(state: SimulatorState, provider: string): World {
  const world = state.worlds.get(provider);
  if (!world) throw new ControlError(404, `The simulator has no provider ${provider}; it has ${[...state.worlds.keys()].join(', ')}.`);
  return world;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function parse<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  throw new ControlError(400, result.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`).join('; '));
}

/** A foreign web page can post forms to loopback; JSON and DELETE would need the simulator's consent first. */
const requireJson: RequestHandler = (request, response, next) => {
  if (request.method === 'GET' || request.method === 'DELETE' || request.is('application/json')) return next();
  response.status(415).json({ error: 'Send content-type: application/json.' });
};

const failed: ErrorRequestHandler = (error: { status?: number; message: string }, _request, response, _next) => {
  response.status(error.status ?? 500).json({ error: error.message });
};
