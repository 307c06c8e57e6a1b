/** Images: the distributions everybody has, and private ones captured from disks, which outlive their server. */
import { Refusal, type SimImage } from '../../../simulator/cloud/model.ts';
import type { Call } from '../../../simulator/cloud/wire.ts';
import type { Collection, SimWorld } from '../../simulation.ts';
import { IMAGES, type LinodeImage, type LinodeType } from './data.ts';
import type { Linode, Linodes } from './linodes.ts';
import { no, notFound, paged, type Routes, stamp } from './wire.ts';

/** Its id is `private/<number>`, its disk the one it is captured from. */
export interface PrivateImage extends SimImage {
  description: string;
  updatedMs: number;
}

const LABEL = /^[a-zA-Z0-9,.?\-_\s']{1,50}$/;
/** In MB; larger captures fail on the host. */
const MAX_USED = 6144;

export function privateImages(world: SimWorld): Collection<PrivateImage> {
  return world.collection<PrivateImage>('images');
}

/** In MB: of the whole disk until it is captured, then of what the disk holds. */
function sizeOf({ sizeGb, diskGb }: SimImage): number {
  return Math.round((sizeGb ?? diskGb) * 1024);
}

/** The image a server can be made of now, or a refusal. */
export function deployable({ world }: Linodes, account: string, id: unknown, type: LinodeType): { id: string; label: string } {
  const found = IMAGES.find((image) => image.id === id);
  if (found) return found;
  const own = privateImages(world).get(String(id));
  if (!own || own.account !== account) throw no('image is not valid', 'image');
  if (own.state !== 'available') throw no('Image is not available.', 'image');
  if (sizeOf(own) > type.disk) throw no('The image is too large for the disk of this plan.', 'image');
  return { id: own.id, label: own.name };
}

export function mountImages(on: Routes, linodes: Linodes): void {
  const images = privateImages(linodes.world);
  // Without a credential there is no account, and nothing private.
  const mine = ({ account }: Partial<Call>): PrivateImage[] => images.filter((image) => image.account === account?.id);
  const own = (call: Call): PrivateImage => {
    const found = mine(call).find(({ id }) => id === imageId(call));
    if (!found) throw notFound();
    return found;
  };
  linodes.atEndOf('disk_imagize', (linode, { image }, failed) => captured(linodes, linode, String(image), failed));
  on('get /images', (call) => paged(call, [...IMAGES.map(publicView), ...mine(call).map(privateView)]));
  on('post /images', (call) => privateView(capture(linodes, call)));
  // The slash in an id is sent plainly by some, encoded by others.
  for (const path of ['/images/:owner/:slug', '/images/:id']) {
    on(`get ${path}`, (call) => {
      const shared = IMAGES.find(({ id }) => id === imageId(call));
      return shared ? publicView(shared) : privateView(own(call));
    });
    on(`delete ${path}`, (call) => {
      const image = own(call);
      if (linodes.world.hasFlag('image-in-use', image.id)) throw new Refusal('locked', 'Linode busy.');
      images.delete(image.id);
    });
  }
}

function imageId({ request }: Call): string {
  const { owner, slug, id } = request.params;
  return String(id ?? `${String(owner)}/${String(slug)}`);
}

/** Locks the server against other jobs until it ends; the server goes on running. */
function capture(linodes: Linodes, call: Call): PrivateImage {
  const { world } = linodes;
  const { body } = call;
  const linode = linodes.of(call).find(({ extra }) => extra.disks.some(({ id }) => id === body.disk_id));
  const disk = linode?.extra.disks.find(({ id }) => id === body.disk_id);
  if (!linode || !disk) throw no('disk_id is not valid', 'disk_id');
  const name = body.label === undefined ? disk.label : body.label;
  if (typeof name !== 'string' || !LABEL.test(name)) throw no('Label must be between 1 and 50 characters.', 'label');
  const description = body.description ?? '';
  if (typeof description !== 'string' || description.length > 65_000) throw no('Length must be 1-65000 characters', 'description');
  if (world.hasFlag('image-limit')) throw new Refusal('quota', 'image limit reached');
  if (disk.status !== 'ready') throw no('Disk is not ready.', 'disk_id');
  linodes.refuseBusy(linode);
  const number = world.nextInt('image', 33_000_001);
  const image = privateImages(world).put({
    id: `private/${number}`,
    account: linode.account,
    createdMs: world.now(),
    updatedMs: world.now(),
    kind: 'snapshot',
    name,
    description,
    labels: {},
    serverId: linode.id,
    serverName: linode.name,
    region: linode.region,
    base: linode.image,
    diskGb: disk.size / 1024,
    sizeGb: null,
    state: 'creating',
    password: linode.password,
  });
  const tooLarge = usedOn(world, linode) > MAX_USED || world.hasFlag('image-too-large', linode.id);
  const fails = tooLarge ? { fails: `The disk holds more than ${MAX_USED} MB.` } : {};
  const made = { id: number, label: name, type: 'image', url: `/v4/images/${image.id}` };
  linodes.begin(linode, 'disk_imagize', { image: image.id, ...fails }, made);
  return image;
}

/** A capture that failed leaves no image, only its event. */
function captured({ world }: Linodes, linode: Linode, id: string, failed: boolean): void {
  const images = privateImages(world);
  const image = images.get(id);
  if (!image) return;
  if (failed) images.delete(id);
  else images.put({ ...image, state: 'available', sizeGb: usedOn(world, linode) / 1024, updatedMs: world.now() });
}

/** What the system takes on the disk, in MB. */
function usedOn(world: SimWorld, { image }: Linode): number {
  const own = privateImages(world).get(image);
  return IMAGES.find(({ id }) => id === image)?.size ?? (own ? sizeOf(own) : 1);
}

function privateView(image: PrivateImage): object {
  const { id, name: label, description, region, state, createdMs, updatedMs } = image;
  const done = state === 'available';
  const times = { created: stamp(createdMs), updated: stamp(updatedMs), created_by: 'simulated' };
  const regions = done ? [{ region, status: 'available' }] : [];
  const capabilities = done ? ['distributed-sites'] : [];
  const said = { vendor: null, deprecated: false, eol: null, is_public: false, status: state };
  return { id, label, description, size: sizeOf(image), total_size: sizeOf(image), regions, capabilities, ...said, ...times, ...ALIKE };
}

function publicView({ cloudInit, ...image }: LinodeImage): object {
  const times = { created: '2022-02-01T12:00:00', updated: '2026-01-10T12:00:00', created_by: 'linode' };
  const capabilities = cloudInit ? ['cloud-init', 'distributed-sites'] : [];
  const said = { description: null, total_size: image.size, is_public: true, status: 'available', regions: [] };
  return { ...image, capabilities, ...said, ...times, ...ALIKE };
}

/** What all images tell alike. */
const ALIKE = { expiry: null, is_shared: false, type: 'manual', tags: [] };
