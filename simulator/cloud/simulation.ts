/** A wire over the simulated cloud, as the simulator's list, page, counters and fault switches want it. */
import { type RequestHandler, Router } from 'express';
import type { SimAccount, SimInstanceView, SimLeftover, SimWorld, Simulation } from '../../providers/simulation.ts';
import { Cloud } from './cloud.ts';
import { connectConsole } from './console/console.ts';
import type { Sheet, SimServer } from './model.ts';
import { Wire, type Words } from './wire.ts';

/** One provider's API: its sheet, its words, and the routes that tell of the world in them. */
export interface CloudWire {
  readonly sheet: Sheet;
  readonly words: Words;
  readonly contentType?: string;
  readonly accountDefaults?: Partial<Omit<SimAccount, 'id' | 'revoked'>>;
  /** Reads bodies that are no JSON, before anything looks at the call. */
  readonly reads?: RequestHandler;
  readonly looks?: Simulation['looks'];
  /** Takes over what a former release kept in other documents; it runs at every start, before any call. */
  readonly adopt?: (cloud: Cloud) => void;
  /** What an account holds beside what every cloud has. */
  readonly leftovers?: (world: SimWorld) => SimLeftover[];
  mount(wire: Wire, cloud: Cloud): void;
  /** Body and headers of an error that the fault switches make. */
  errorAnswer(status: number): { body: unknown; headers?: Record<string, string> };
}

export function simulateCloud(api: CloudWire): Simulation {
  const cloudOf = (world: SimWorld): Cloud => new Cloud(world, api.sheet);
  return {
    id: api.sheet.id,
    ...(api.contentType === undefined ? {} : { contentType: api.contentType }),
    ...(api.looks === undefined ? {} : { looks: api.looks }),
    ...(api.words.named === undefined ? {} : { credentialOf: api.words.named }),
    ...(api.accountDefaults === undefined ? {} : { accountDefaults: api.accountDefaults }),
    router(world) {
      const cloud = cloudOf(world);
      api.adopt?.(cloud);
      cloud.start();
      const router = Router();
      if (api.reads) router.use(api.reads);
      api.mount(new Wire(router, cloud, api.words), cloud);
      return router;
    },
    errorAnswer: (status) => api.errorAnswer(status),
    instances: (world) => {
      const cloud = cloudOf(world);
      return cloud.servers.all().map((server) => viewOf(cloud, server));
    },
    leftovers: (world) => {
      const { keys, firewalls, scripts, images } = cloudOf(world);
      return [
        ...keys.all().map(({ id, name }) => ({ kind: 'ssh-key' as const, id, name })),
        ...firewalls.all().map(({ id, name }) => ({ kind: 'firewall' as const, id, name })),
        ...scripts.all().map(({ id, name }) => ({ kind: 'startup-script' as const, id, name })),
        ...images.filter(({ kind }) => kind === 'snapshot').map(({ id, name }) => ({ kind: 'snapshot' as const, id, name })),
        ...(api.leftovers?.(world) ?? []),
      ];
    },
    removeBehindBack: (world, id) => cloudOf(world).erase(id),
    changeBehindBack(world, id, change) {
      const { servers } = cloudOf(world);
      const server = servers.get(id);
      if (!server) return false;
      servers.put({
        ...server,
        ...(change.label === undefined ? {} : { name: change.label }),
        ...(change.plan === undefined ? {} : { plan: change.plan }),
        ...(change.power === undefined ? {} : { power: change.power }),
      });
      return true;
    },
    console: connectConsole,
    setStock: (world, plan, region, available) => cloudOf(world).setStock(plan, region, available),
  };
}

/** `tags` are labels as `key` or `key=value`: what a mark looks like wherever it is carried. */
function viewOf(cloud: Cloud, server: SimServer): SimInstanceView {
  const source = cloud.images.get(server.image);
  const status = server.phase === 'ready' ? (server.power === 'on' ? 'running' : 'stopped') : server.phase;
  return {
    id: server.id,
    label: server.name,
    status,
    region: server.region,
    plan: server.plan,
    image: server.image,
    ipv4: server.ipv4,
    ipv6: server.ipv6,
    tags: Object.entries(server.labels).map(([key, value]) => (value === '' ? key : `${key}=${value}`)),
    createdAt: new Date(server.createdMs).toISOString(),
    ...(source ? { copyOf: source.name } : {}),
    password: server.password,
    ...(server.userData === '' ? {} : { userData: server.userData }),
  };
}
