/** Snapshots and backups, of a droplet and of the account. */
import type { Request, Response, Router } from 'express';
import { ownDroplet } from './droplets.ts';
import { kindOf, listed } from './images.ts';
import { dropletImageShape, snapshotShape } from './shapes.ts';
import { accountOf, notFound, sendPage, type Cloud, type SimSnapshot } from './state.ts';

export function snapshotRoutes(router: Router, cloud: Cloud): void {
  const own = (response: Response, id: string | undefined): SimSnapshot => {
    const snapshot = cloud.snapshots.get(id ?? '');
    if (!snapshot || snapshot.account !== accountOf(response).id || kindOf(snapshot) !== 'snapshot') throw notFound();
    return snapshot;
  };
  const ofDroplet = (request: Request, response: Response, kind: 'snapshot' | 'backup'): void => {
    const { id } = ownDroplet(cloud, response, String(request.params['id']));
    sendPage(request, response, `${kind}s`, listed(cloud, kind, { dropletId: id }).map(dropletImageShape));
  };
  router.get('/v2/droplets/:id/snapshots', (request, response) => ofDroplet(request, response, 'snapshot'));
  router.get('/v2/droplets/:id/backups', (request, response) => ofDroplet(request, response, 'backup'));
  router.get('/v2/snapshots', (request, response) => {
    const all = request.query['resource_type'] === 'volume' ? [] : listed(cloud, 'snapshot', { account: accountOf(response).id });
    sendPage(request, response, 'snapshots', all.map(snapshotShape));
  });
  router.get('/v2/snapshots/:id', (request, response) => {
    response.json({ snapshot: snapshotShape(own(response, request.params.id)) });
  });
  router.delete('/v2/snapshots/:id', (request, response) => {
    const snapshot = own(response, request.params.id);
    if (!cloud.world.hasFlag('keep-on-delete', snapshot.id)) cloud.snapshots.delete(snapshot.id);
    response.status(204).end();
  });
}
