/** Routes of snapshots, backups, restores, and the ISO that a server boots from. */
import type { Request, Response, Router } from 'express';
import type { SimWorld } from '../simulation.ts';
import { PUBLIC_ISOS } from './simulator-data.ts';
import { Refusal, accountOf, bodyOf, page, route, textOf } from './simulator-http.ts';
import { imagesOf, isBeingRestored, presentImage, restoreImage, takeSnapshot, type SimImage } from './simulator-images.ts';
import { instancesOf, planOf, settled, type FindInstance } from './simulator-instances.ts';

const ISO_MS = 20_000;

type FindImage = (kind: SimImage['kind'], id: string, response: Response) => SimImage;

export function mountImages(router: Router, world: SimWorld, findInstance: FindInstance): void {
  const find: FindImage = (kind, id, response) => {
    const found = imagesOf(world).get(id);
    if (!found || found.kind !== kind || found.account !== accountOf(response).id) throw new Refusal(404, `Invalid ${kind}.`);
    return found;
  };
  mountSnapshots(router, world, find);
  mountBackups(router, world, find);
  mountRestore(router, world, findInstance, find);
  mountIso(router, world, findInstance);
}

function listed(world: SimWorld, kind: SimImage['kind'], response: Response): SimImage[] {
  return imagesOf(world).filter((image) => image.kind === kind && image.account === accountOf(response).id);
}

function mountSnapshots(router: Router, world: SimWorld, find: FindImage): void {
  const one = (request: Request, response: Response): SimImage => find('snapshot', String(request.params['id']), response);
  router.get(
    '/v2/snapshots',
    route((request, response) => {
      const { description } = request.query;
      const own = listed(world, 'snapshot', response).filter((image) => description === undefined || image.description === description);
      return page(request, 'snapshots', own.map(presentImage));
    }),
  );
  router.post(
    '/v2/snapshots',
    route((request, response) => {
      const body = bodyOf(request);
      const instance = instancesOf(world).get(textOf(body['instance_id']));
      if (!instance || instance.removed || instance.account !== accountOf(response).id) throw new Refusal(404, 'instance not found');
      if (world.hasFlag('snapshot-quota')) throw new Refusal(400, 'You have reached the maximum number of snapshots for this account.');
      settled(instance, 'create snapshot');
      return [201, { snapshot: presentImage(takeSnapshot(world, instance, textOf(body['description']))) }];
    }),
  );
  router.get(
    '/v2/snapshots/:id',
    route((request, response) => [200, { snapshot: presentImage(one(request, response)) }]),
  );
  router.put(
    '/v2/snapshots/:id',
    route((request, response) => {
      imagesOf(world).put({ ...one(request, response), description: textOf(bodyOf(request)['description']) });
      return [204];
    }),
  );
  router.delete(
    '/v2/snapshots/:id',
    route((request, response) => {
      const image = one(request, response);
      const busy = image.status === 'pending' && !world.hasFlag('snapshot-stuck', image.id);
      if (busy || isBeingRestored(world, image)) throw new Refusal(500, 'Unable to destroy snapshot: Snapshot is currently locked');
      if (!world.hasFlag('keep-on-delete', image.id)) imagesOf(world).delete(image.id);
      return [204];
    }),
  );
}

function mountBackups(router: Router, world: SimWorld, find: FindImage): void {
  router.get(
    '/v2/backups',
    route((request, response) => {
      const wanted = request.query['instance_id'];
      if (wanted !== undefined && instancesOf(world).get(String(wanted))?.account !== accountOf(response).id)
        throw new Refusal(404, 'instance not found');
      const own = listed(world, 'backup', response).filter((image) => wanted === undefined || image.instance === wanted);
      return page(request, 'backups', own.map(presentImage));
    }),
  );
  router.get(
    '/v2/backups/:id',
    route((request, response) => [200, { backup: presentImage(find('backup', String(request.params['id']), response)) }]),
  );
}

function mountRestore(router: Router, world: SimWorld, findInstance: FindInstance, find: FindImage): void {
  router.post(
    '/v2/instances/:id/restore',
    route((request, response) => {
      const instance = findInstance(request, response);
      const body = bodyOf(request);
      const kind = body['snapshot_id'] === undefined ? 'backup' : 'snapshot';
      const image = find(kind, textOf(body[`${kind}_id`]), response);
      if (kind === 'backup' && image.instance !== instance.id) throw new Refusal(400, 'Invalid backup.');
      if (image.status !== 'complete') throw new Refusal(400, `Unable to restore: the ${kind} is not complete.`);
      if (image.diskGb > planOf(instance.plan).disk)
        throw new Refusal(400, `Unable to restore: the ${kind} is larger than the disk of this server.`);
      settled(instance, 'restore server');
      restoreImage(world, instance, image);
      return [202, { status: { restore_type: `${kind}_id`, restore_id: image.id, status: 'inprogress' } }];
    }),
  );
}

/** What is in a server's drive; none = empty. */
interface Drive {
  /** The instance's. */
  id: string;
  iso: string;
  state: 'isomounting' | 'isomounted' | 'isounmounting';
}

/** Both reboot the server, which is locked meanwhile. One that is switched off stays so. */
function mountIso(router: Router, world: SimWorld, find: FindInstance): void {
  const drives = world.collection<Drive>('drives');
  const move = (request: Request, response: Response, iso: string, state: Drive['state']): [number, unknown] => {
    const instance = find(request, response);
    settled(instance, state === 'isounmounting' ? 'detach ISO' : 'attach ISO');
    const drive = drives.get(instance.id);
    if ((drive === undefined) === (state === 'isounmounting'))
      throw new Refusal(
        400,
        state === 'isounmounting' ? 'No ISO is attached to this server.' : 'An ISO is already attached to this server.',
      );
    drives.put({ id: instance.id, iso, state });
    instancesOf(world).put({ ...instance, server: 'locked' });
    world.schedule('vultr-iso', { id: instance.id, life: instance.life }, ISO_MS);
    return [202, { iso_status: { state, iso_id: iso } }];
  };
  world.onTimer('vultr-iso', ({ id, life }) => {
    const drive = drives.get(String(id));
    if (drive?.state === 'isounmounting') drives.delete(drive.id);
    else if (drive) drives.put({ ...drive, state: 'isomounted' });
    const instance = instancesOf(world).get(String(id));
    if (instance && instance.life === life && !instance.removed) instancesOf(world).put({ ...instance, server: 'ok' });
  });
  router.get(
    '/v2/iso-public',
    route((request) => page(request, 'public_isos', PUBLIC_ISOS)),
  );
  router.get(
    '/v2/instances/:id/iso',
    route((request, response) => {
      const drive = drives.get(find(request, response).id);
      // The id of an ISO is told only when it is of the account's own library.
      return [200, { iso_status: { state: drive?.state ?? 'ready', iso_id: '' } }];
    }),
  );
  router.post(
    '/v2/instances/:id/iso/attach',
    route((request, response) => {
      const iso = textOf(bodyOf(request)['iso_id']);
      if (!PUBLIC_ISOS.some((known) => known.id === iso)) throw new Refusal(400, 'Invalid ISO.');
      return move(request, response, iso, 'isomounting');
    }),
  );
  router.post(
    '/v2/instances/:id/iso/detach',
    route((request, response) => move(request, response, '', 'isounmounting')),
  );
}
