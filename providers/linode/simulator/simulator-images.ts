/** Images: the distributions everybody has, and private ones captured from disks, which outlive their server. */
import { Router, type Request } from 'express';
import type { Collection, SimWorld } from '../../simulation.ts';
import { Refusal, accountOf, bodyOf, paged, route, stamp } from './simulator-http.ts';
import { SIM_IMAGES, type SimImage } from './simulator-places.ts';
import type { Linode, State } from './simulator-state.ts';
import type { SimType } from './simulator-types.ts';

export interface PrivateImage {
  /** `private/<number>`. */
  id: string;
  account: string;
  label: string;
  description: string;
  status: 'creating' | 'available';
  /** In MB: of the whole disk until it is captured, then of what the disk holds. */
  size: number;
  region: string;
  createdMs: number;
  updatedMs: number;
}

const LABEL = /^[a-zA-Z0-9,.?\-_\s']{1,50}$/;
/** In MB; larger captures fail on the host. */
const MAX_USED = 6144;

export function privateImages(world: SimWorld): Collection<PrivateImage> {
  return world.collection<PrivateImage>('images');
}

/** The image a server can be made of now, or a refusal. */
export function deployable(state: State, account: string, id: unknown, type: SimType): { id: string; label: string; size: number } {
  const found = SIM_IMAGES.find((image) => image.id === id);
  if (found) return found;
  const own = privateImages(state.world).get(String(id));
  if (!own || own.account !== account) throw new Refusal(400, 'image is not valid', 'image');
  if (own.status !== 'available') throw new Refusal(400, 'Image is not available.', 'image');
  if (own.size > type.disk) throw new Refusal(400, 'The image is too large for the disk of this plan.', 'image');
  return own;
}

export function imageRoutes(state: State): Router {
  const router = Router();
  const images = privateImages(state.world);
  const account = (request: Request): string | undefined => (request.res!.locals['account'] as { id: string } | undefined)?.id;
  const mine = (request: Request): PrivateImage[] => images.filter((image) => image.account === account(request));
  const own = (request: Request): PrivateImage => {
    const found = mine(request).find(({ id }) => id === imageId(request));
    if (!found) throw new Refusal(404, 'Not found');
    return found;
  };
  state.atEndOf('disk_imagize', (linode, args, failed) => captured(state, linode, String(args.image), failed));
  router.get(
    '/images',
    route((request) => paged(request, [...SIM_IMAGES.map(publicView), ...mine(request).map(privateView)])),
  );
  router.post(
    '/images',
    route((request) => privateView(capture(state, accountOf(request).id, bodyOf(request)))),
  );
  // The slash in an id is sent plainly by some, encoded by others.
  const paths = ['/images/:owner/:slug', '/images/:id'];
  router.get(
    paths,
    route((request) => {
      const shared = SIM_IMAGES.find(({ id }) => id === imageId(request));
      return shared ? publicView(shared) : privateView(own(request));
    }),
  );
  router.delete(
    paths,
    route((request) => {
      const image = own(request);
      if (state.world.hasFlag('image-in-use', image.id)) throw new Refusal(400, 'Linode busy.');
      images.delete(image.id);
    }),
  );
  return router;
}

function imageId(request: Request): string {
  const { owner, slug, id } = request.params;
  return String(id ?? `${String(owner)}/${String(slug)}`);
}

/** Locks the server against other jobs until it ends; the server goes on running. */
function capture(state: State, account: string, body: Record<string, unknown>): PrivateImage {
  const { world } = state;
  const linode = state.linodes.find((each) => each.account === account && each.disks.some(({ id }) => id === body.disk_id));
  const disk = linode?.disks.find(({ id }) => id === body.disk_id);
  if (!linode || !disk) throw new Refusal(400, 'disk_id is not valid', 'disk_id');
  const label = body.label === undefined ? disk.label : body.label;
  if (typeof label !== 'string' || !LABEL.test(label)) throw new Refusal(400, 'Label must be between 1 and 50 characters.', 'label');
  const description = body.description ?? '';
  if (typeof description !== 'string' || description.length > 65_000)
    throw new Refusal(400, 'Length must be 1-65000 characters', 'description');
  if (world.hasFlag('image-limit')) throw new Refusal(400, 'Account Limit reached. Please open a support ticket.');
  if (disk.status !== 'ready') throw new Refusal(400, 'Disk is not ready.', 'disk_id');
  state.refuseBusy(linode);
  const number = world.nextInt('image', 33_000_001);
  const now = world.now();
  const image = privateImages(world).put({
    id: `private/${number}`,
    account,
    label,
    description,
    status: 'creating',
    size: disk.size,
    region: linode.region,
    createdMs: now,
    updatedMs: now,
  });
  const made = { id: number, label, type: 'image', url: `/v4/images/${image.id}` };
  const fails = isTooLarge(world, linode) ? { fails: `The disk holds more than ${MAX_USED} MB.` } : {};
  state.begin(linode, 'disk_imagize', { image: image.id, ...fails }, made);
  return image;
}

/** A capture that failed leaves no image, only its event. */
function captured(state: State, linode: Linode, id: string, failed: boolean): void {
  const images = privateImages(state.world);
  const image = images.get(id);
  if (!image) return;
  if (failed) images.delete(id);
  else images.put({ ...image, status: 'available', size: usedOn(state.world, linode), updatedMs: state.world.now() });
}

/** What the system takes on the disk, in MB. */
function usedOn(world: SimWorld, { image }: Linode): number {
  return SIM_IMAGES.find(({ id }) => id === image)?.size ?? privateImages(world).get(image ?? '')?.size ?? 1;
}

function isTooLarge(world: SimWorld, linode: Linode): boolean {
  return usedOn(world, linode) > MAX_USED || world.hasFlag('image-too-large', linode.id);
}

function privateView(image: PrivateImage): Record<string, unknown> {
  const done = image.status === 'available';
  return {
    id: image.id,
    label: image.label,
    vendor: null,
    description: image.description,
    created: stamp(image.createdMs),
    updated: stamp(image.updatedMs),
    created_by: 'simulated',
    deprecated: false,
    eol: null,
    expiry: null,
    is_public: false,
    is_shared: false,
    size: image.size,
    total_size: image.size,
    status: image.status,
    type: 'manual',
    tags: [],
    regions: done ? [{ region: image.region, status: 'available' }] : [],
    capabilities: done ? ['distributed-sites'] : [],
  };
}

function publicView(image: SimImage): Record<string, unknown> {
  return {
    id: image.id,
    label: image.label,
    vendor: image.vendor,
    description: null,
    created: '2022-02-01T12:00:00',
    updated: '2026-01-10T12:00:00',
    created_by: 'linode',
    deprecated: image.deprecated,
    eol: image.eol,
    expiry: null,
    is_public: true,
    is_shared: false,
    size: image.size,
    total_size: image.size,
    status: 'available',
    type: 'manual',
    tags: [],
    regions: [],
    capabilities: image.cloudInit ? ['cloud-init', 'distributed-sites'] : [],
  };
}
