/** Images: the catalogue's, and the account's own, which are its snapshots and backups under the same ids. */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { Refusal, type SimImage } from '../../../simulator/cloud/model.ts';
import type { Call, Wire } from '../../../simulator/cloud/wire.ts';
import { findImage, IMAGES } from './catalog.ts';
import { imagesOf, showImage, showOwnImage, showPage, showSnapshot, unprocessable } from './shapes.ts';

export function mountImages(wire: Wire, cloud: Cloud): void {
  const find = (call: Call, kind?: SimImage['kind']): SimImage | undefined =>
    imagesOf(cloud, call.account.id, kind).find(({ id }) => id === call.param('id'));
  /** Only one's own is changed; the catalogue's is there, and refuses. */
  const own = (call: Call): SimImage => {
    const image = find(call);
    if (image) return image;
    throw findImage(call.param('id')) ? unprocessable('You can only change images that you own.') : new Refusal('not_found', 'no image');
  };
  const snapshot = (call: Call): SimImage => {
    const image = find(call, 'snapshot');
    if (!image) throw new Refusal('not_found', 'no snapshot');
    return image;
  };
  const drop = ({ id }: SimImage): void => {
    if (!cloud.world.hasFlag('keep-on-delete', id)) cloud.images.delete(id);
  };
  // Without `private` or a type, a listing has the account's own as well; those of a type are the catalogue's alone.
  wire.on('get /v2/images', (call) => {
    const type = call.query('type');
    const system = call.query('private') === 'true' ? [] : IMAGES.filter(({ kind }) => type === undefined || kind === type);
    const kinds = type === undefined ? (['snapshot', 'backup'] as const) : [];
    const owned = kinds.flatMap((kind) => imagesOf(cloud, call.account.id, kind));
    return showPage(call, 'images', [...system.map(showImage), ...owned.map(showOwnImage)]);
  });
  wire.on('get /v2/images/:id', (call) => {
    const [mine, system] = [find(call), findImage(call.param('id'))];
    if (!mine && !system) throw new Refusal('not_found', 'no image');
    return { image: mine ? showOwnImage(mine) : showImage(system!) };
  });
  wire.on('put /v2/images/:id', (call) => {
    const image = own(call);
    const { name } = call.body;
    if (typeof name !== 'string' || name === '') throw unprocessable("Name can't be blank");
    return { image: showOwnImage(cloud.images.put({ ...image, name })) };
  });
  wire.gone('delete /v2/images/:id', (call) => drop(own(call)));
  wire.on('get /v2/snapshots', (call) => {
    const all = call.query('resource_type') === 'volume' ? [] : imagesOf(cloud, call.account.id, 'snapshot');
    return showPage(call, 'snapshots', all, showSnapshot);
  });
  wire.on('get /v2/snapshots/:id', (call) => ({ snapshot: showSnapshot(snapshot(call)) }));
  wire.gone('delete /v2/snapshots/:id', (call) => drop(snapshot(call)));
}
