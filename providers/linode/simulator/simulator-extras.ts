/** StackScripts, and what a server's network carried. */
import { Router, type Request } from 'express';
import { Refusal, accountOf, bodyOf, paged, route, stamp } from './simulator-http.ts';
import { typeOf, type Linode, type State } from './simulator-state.ts';

export interface Script {
  id: string;
  account: string;
  label: string;
  script: string;
  images: string[];
  description: string;
  rev_note: string;
  is_public: boolean;
  createdMs: number;
  updatedMs: number;
}

const DAY_MS = 86_400_000;
/** Most samples an answer has: one in five minutes of a day, one in two hours of a month. */
const DAY_SAMPLES = 288;
const MONTH_SAMPLES = 360;
/** Linode has no statistics for the first minutes of a server. */
const FIRST_SAMPLE_MS = 300_000;

export function stackScriptRoutes({ world }: State): Router {
  const router = Router();
  const scripts = world.collection<Script>('stackscripts');
  const own = (request: Request): Script => {
    const found = scripts.get(request.params['id'] as string);
    if (!found || found.account !== accountOf(request).id) throw new Refusal(404, 'Not found');
    return found;
  };
  const written = (
    request: Request,
    before?: Script,
  ): Pick<Script, 'label' | 'script' | 'images' | 'description' | 'rev_note' | 'is_public'> => {
    const body: Record<string, unknown> = { ...before, ...bodyOf(request) };
    if (typeof body.label !== 'string' || body.label.length < 3 || body.label.length > 128)
      throw new Refusal(400, 'Length must be 3-128 characters', 'label');
    if (typeof body.script !== 'string' || !body.script.startsWith('#!'))
      throw new Refusal(400, 'Script must begin with a shebang (example: #!/bin/bash).', 'script');
    if (!Array.isArray(body.images) || body.images.length === 0) throw new Refusal(400, 'images is required', 'images');
    return {
      label: body.label,
      script: body.script,
      images: body.images.map(String),
      description: String(body.description ?? ''),
      rev_note: String(body.rev_note ?? ''),
      is_public: body.is_public === true,
    };
  };
  router.get(
    '/linode/stackscripts',
    route((request) => paged(request, scripts.filter(({ account }) => account === accountOf(request).id).map(scriptView))),
  );
  router.post(
    '/linode/stackscripts',
    route((request) => {
      const now = world.now();
      const id = String(world.nextInt('stackscript', 1_500_001));
      return scriptView(scripts.put({ ...written(request), id, account: accountOf(request).id, createdMs: now, updatedMs: now }));
    }),
  );
  router.get(
    '/linode/stackscripts/:id',
    route((request) => scriptView(own(request))),
  );
  router.put(
    '/linode/stackscripts/:id',
    route((request) => {
      const before = own(request);
      return scriptView(scripts.put({ ...before, ...written(request, before), updatedMs: world.now() }));
    }),
  );
  router.delete(
    '/linode/stackscripts/:id',
    route((request) => void scripts.delete(own(request).id)),
  );
  return router;
}

function scriptView({ account: _account, createdMs, updatedMs, id, ...script }: Script): Record<string, unknown> {
  return {
    id: Number(id),
    ...script,
    mine: true,
    created: stamp(createdMs),
    updated: stamp(updatedMs),
    deployments_active: 0,
    deployments_total: 0,
    user_defined_fields: [],
    user_gravatar_id: 'a445b305abda30ebc766bc7fda037c37',
    username: 'simulated',
  };
}

export function trafficRoutes(state: State): Router {
  const router = Router();
  const get = (path: string, look: (linode: Linode, request: Request) => unknown): void => {
    router.get(
      `/linode/instances/:id${path}`,
      route((request) => look(state.own(accountOf(request).id, request.params['id'] as string), request)),
    );
  };
  get('/transfer', (linode) => {
    const { incoming, outgoing } = traffic(state, linode);
    return { used: incoming + outgoing, quota: typeOf(linode.type).transfer, billable: 0, region_transfers: [] };
  });
  get('/transfer/:year/:month', (linode, request) => {
    const { incoming, outgoing } = isThisMonth(state, request) ? traffic(state, linode) : { incoming: 0, outgoing: 0 };
    return { bytes_in: incoming, bytes_out: outgoing, bytes_total: incoming + outgoing };
  });
  get('/stats', (linode) => statistics(state, linode, { from: state.world.now() - DAY_MS, to: state.world.now(), samples: DAY_SAMPLES }));
  get('/stats/:year/:month', (linode, request) => statistics(state, linode, monthOf(state, request)));
  return router;
}

function isThisMonth({ world }: State, request: Request): boolean {
  const now = new Date(world.now());
  return Number(request.params['year']) === now.getUTCFullYear() && Number(request.params['month']) === now.getUTCMonth() + 1;
}

/** A steady rate per server, larger out than in; grows with simulated time. */
function traffic({ world }: State, linode: Linode): { incoming: number; outgoing: number } {
  const seconds = (world.now() - linode.createdMs) / world.scale(1) / 1_000;
  const rate = 20_000 + (Number(linode.id) % 97) * 1_000;
  return { incoming: Math.round(seconds * rate), outgoing: Math.round(seconds * rate * 3) };
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly samples: number;
}

/** Of the month under way: the last 30 days. */
function monthOf(state: State, request: Request): Span {
  const now = state.world.now();
  if (isThisMonth(state, request)) return { from: now - 30 * DAY_MS, to: now, samples: MONTH_SAMPLES };
  const [year, month] = [Number(request.params['year']), Number(request.params['month'])];
  const from = Date.UTC(year, month - 1);
  if (!Number.isInteger(year) || !(month >= 1 && month <= 12) || from > now) throw new Refusal(400, 'Stats are unavailable at this time.');
  return { from, to: Date.UTC(year, month), samples: MONTH_SAMPLES };
}

/** Five minutes of the simulated clock apart, or as many as the answer may have; the processors are busy in proportion to their number. */
function statistics({ world }: State, linode: Linode, { from, to, samples }: Span): unknown {
  const age = (world.now() - linode.createdMs) / world.scale(1);
  const start = Math.max(linode.createdMs, from);
  if (age < FIRST_SAMPLE_MS || start > to) throw new Refusal(400, 'Stats are unavailable at this time.');
  const step = Math.max(world.scale(FIRST_SAMPLE_MS), (to - start) / samples, 1);
  const times: number[] = [];
  for (let time = start; time <= to; time += step) times.push(Math.floor(time));
  const rate = 160_000 + (Number(linode.id) % 97) * 8_000;
  const wave = (i: number): number => 1 + (i % 5) / 10;
  const series = (factor: number): [number, number][] => times.map((time, i) => [time, Math.round(rate * factor * wave(i))]);
  const net = (factor: number) => ({ in: series(factor), out: series(factor * 3), private_in: series(0), private_out: series(0) });
  const { vcpus } = typeOf(linode.type);
  const busy = 10 + (Number(linode.id) % 50);
  return {
    title: `linode.com - ${linode.label} (linode${linode.id}) - ${samples === DAY_SAMPLES ? 'day' : 'month'} (5 min avg)`,
    cpu: times.map((time, i): [number, number] => [time, Math.round(busy * vcpus * wave(i) * 100) / 100]),
    io: { io: series(0), swap: series(0) },
    netv4: net(0.8),
    netv6: net(0.2),
  };
}
