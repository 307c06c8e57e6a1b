/** StackScripts, and what a server's network carried. */
import { Router, type Request } from 'express';
import { Refusal, paged, route, stamp } from './simulator-http.ts';
import { accountOf, bodyOf } from './simulator-instances.ts';
import { typeOf, type Linode, type State } from './simulator-state.ts';

interface Script {
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

const SAMPLE_MS = 3_600_000;
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
  get('/stats', (linode) => statistics(state, linode));
  get('/stats/:year/:month', (linode) => statistics(state, linode));
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

function statistics({ world }: State, linode: Linode): unknown {
  const age = (world.now() - linode.createdMs) / world.scale(1);
  if (age < FIRST_SAMPLE_MS) throw new Refusal(400, 'Stats are unavailable at this time.');
  const times: number[] = [];
  for (let time = Math.max(linode.createdMs, world.now() - 31 * 86_400_000); time <= world.now(); time += SAMPLE_MS)
    times.push(Math.floor(time));
  const rate = 160_000 + (Number(linode.id) % 97) * 8_000;
  const series = (factor: number): [number, number][] => times.map((time, i) => [time, Math.round(rate * factor * (1 + (i % 5) / 10))]);
  const net = (factor: number) => ({ in: series(factor), out: series(factor * 3), private_in: series(0), private_out: series(0) });
  return {
    title: `linode.com - ${linode.label} (linode${linode.id}) - month`,
    cpu: series(0.0001),
    io: { io: series(0), swap: series(0) },
    netv4: net(0.8),
    netv6: net(0.2),
  };
}
