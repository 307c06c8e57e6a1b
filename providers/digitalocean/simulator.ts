/** DigitalOcean's API as the simulator serves it; routes in `simulator/`. Fault flags: see README.md. */
import express, { type ErrorRequestHandler } from 'express';
import type { SimLeftover, Simulation } from '../simulation.ts';
import { actionRoutes } from './simulator/actions.ts';
import { dropletRoutes } from './simulator/droplets.ts';
import { dropBackups, kindOf } from './simulator/images.ts';
import { clientRoutes } from './simulator/client-routes.ts';
import { imageRoutes } from './simulator/image-routes.ts';
import { metricRoutes } from './simulator/metrics.ts';
import { restRoutes } from './simulator/rest.ts';
import { snapshotRoutes } from './simulator/snapshot-routes.ts';
import { ApiFailure, findImage, findRegion, findSize, gate, openCloud, type SimDroplet, type SimSnapshot } from './simulator/state.ts';

const CODES: Readonly<Record<number, [code: string, message: string]>> = {
  400: ['bad_request', 'The request could not be understood.'],
  401: ['Unauthorized', 'Unable to authenticate you'],
  403: ['forbidden', 'You are not authorized to perform this operation'],
  404: ['not_found', 'The resource you were accessing could not be found.'],
  422: ['unprocessable_entity', 'The request was refused.'],
  429: ['too_many_requests', 'API Rate limit exceeded.'],
  503: ['service_unavailable', 'Service unavailable.'],
};

export const simulation: Simulation = {
  id: 'digitalocean',
  accountDefaults: { rateLimit: { requests: 5_000, perMs: 3_600_000 }, instanceLimit: 500 },
  router(world) {
    const cloud = openCloud(world);
    const router = express.Router();
    router.use(gate(world));
    actionRoutes(router, cloud);
    clientRoutes(router, cloud);
    dropletRoutes(router, cloud);
    imageRoutes(router, cloud);
    snapshotRoutes(router, cloud);
    metricRoutes(router, cloud);
    restRoutes(router, cloud);
    router.use(failed);
    return router;
  },
  errorAnswer(status) {
    const [id, message] = CODES[status] ?? ['server_error', 'Unexpected server-side error'];
    return { body: { id, message } };
  },
  instances: (world) => openCloud(world).droplets.all().map(view),
  leftovers(world) {
    const { keys, firewalls, snapshots } = openCloud(world);
    const named = (kind: SimLeftover['kind'], all: readonly { id: string; name: string }[]): SimLeftover[] =>
      all.map(({ id, name }) => ({ kind, id, name }));
    const images = (kind: 'snapshot' | 'backup'): SimSnapshot[] => snapshots.filter((image) => kindOf(image) === kind);
    return [
      ...named('ssh-key', keys.all()),
      ...named('firewall', firewalls.all()),
      ...named('snapshot', images('snapshot')),
      ...named('other', images('backup')),
    ];
  },
  removeBehindBack(world, id) {
    const cloud = openCloud(world);
    dropBackups(cloud, id);
    return cloud.droplets.delete(id);
  },
  changeBehindBack(world, id, change) {
    const { droplets } = openCloud(world);
    const droplet = droplets.get(id);
    const size = change.plan === undefined ? undefined : findSize(change.plan);
    if (!droplet || (change.plan !== undefined && !size)) return false;
    droplets.put({
      ...droplet,
      ...(change.label === undefined ? {} : { name: change.label }),
      ...(size ? { size: size.slug, disk: Math.max(droplet.disk, size.disk) } : {}),
      ...(change.power === undefined ? {} : { status: change.power === 'on' ? 'active' : 'off' }),
    });
    return true;
  },
  setStock(world, plan, region, available) {
    const { soldOut } = openCloud(world);
    if (!findSize(plan) || !findRegion(region)) return false;
    if (available) soldOut.delete(`${plan}/${region}`);
    else soldOut.put({ id: `${plan}/${region}` });
    return true;
  },
};

function view(droplet: SimDroplet): ReturnType<NonNullable<Simulation['instances']>>[number] {
  return {
    id: droplet.id,
    label: droplet.name,
    status: droplet.destroying ? 'destroying' : droplet.status,
    region: droplet.region,
    plan: droplet.size,
    image: findImage(droplet.image)?.slug ?? String(droplet.image),
    ipv4: droplet.ipv4,
    ipv6: droplet.ipv6Address,
    tags: droplet.tags,
    createdAt: droplet.createdAt,
    ...(droplet.restoredFrom ? { copyOf: droplet.restoredFrom.name } : {}),
    ...(droplet.userData === null ? {} : { userData: droplet.userData }),
  };
}

const failed: ErrorRequestHandler = (error, _request, response, next) => {
  if (!(error instanceof ApiFailure)) return next(error);
  response.status(error.status).json({ id: error.code, message: error.message });
};
