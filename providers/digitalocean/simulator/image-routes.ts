/** Images: the catalogue's, and the account's own, which are its snapshots and backups under the same ids. */
import type { Request, Response, Router } from 'express';
import { IMAGES } from './catalog.ts';
import { kindOf, listed } from './images.ts';
import { imageShape, ownImageShape } from './shapes.ts';
import { accountOf, findImage, notFound, sendPage, unprocessable, type Cloud, type SimSnapshot } from './state.ts';

export function imageRoutes(router: Router, cloud: Cloud): void {
  const find = (response: Response, id: string): SimSnapshot | undefined => {
    const image = cloud.snapshots.get(id);
    return image?.account === accountOf(response).id ? image : undefined;
  };
  /** Only one's own is changed; the catalogue's is there, and refuses. */
  const own = (response: Response, id: string): SimSnapshot => {
    const image = find(response, id);
    if (image) return image;
    throw findImage(id) ? unprocessable('You can only change images that you own.') : notFound();
  };
  router.get('/v2/images', (request, response) => {
    const shapes = [...(request.query['private'] === 'true' ? [] : catalogue(request)), ...ownImages(cloud, request, response)];
    sendPage(request, response, 'images', shapes);
  });
  router.get('/v2/images/:id', (request, response) => {
    const image = find(response, request.params.id);
    const listedImage = findImage(request.params.id);
    if (!image && !listedImage) throw notFound();
    response.json({ image: image ? ownImageShape(image) : imageShape(listedImage!) });
  });
  router.put('/v2/images/:id', (request, response) => {
    const image = own(response, request.params.id);
    const { name } = (request.body ?? {}) as { name?: unknown };
    if (typeof name !== 'string' || name === '') throw unprocessable("Name can't be blank");
    response.json({ image: ownImageShape(cloud.snapshots.put({ ...image, name })) });
  });
  router.delete('/v2/images/:id', (request, response) => {
    const { id } = own(response, request.params.id);
    if (!cloud.world.hasFlag('keep-on-delete', id)) cloud.snapshots.delete(id);
    response.status(204).end();
  });
}

function catalogue(request: Request): unknown[] {
  const { type } = request.query;
  return IMAGES.filter((image) => type === undefined || image.kind === type).map(imageShape);
}

/** Without `private` or a type, a listing has the account's own as well; those of a type are the catalogue's alone. */
function ownImages(cloud: Cloud, request: Request, response: Response): unknown[] {
  if (request.query['type'] !== undefined) return [];
  const account = accountOf(response).id;
  return (['snapshot', 'backup'] as const)
    .flatMap((kind) => listed(cloud, kind, { account }).filter((image) => kindOf(image) === kind))
    .map(ownImageShape);
}
