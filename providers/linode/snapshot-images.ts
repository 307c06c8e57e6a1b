/**
 * Snapshots as private images. An image's label is short and of few characters, so the snapshot's name stands whole in the
 * description, with the server that Linode itself does not note.
 */
import type { Snapshot } from '../instance-extras.ts';
import type { CallOptions } from '../provider.ts';
import type { LinodeClient } from './client.ts';
import { ApiImage } from './types.ts';

/** USD per GB and month of a stored custom image; see README.md, "Sources". */
const PRICE_PER_GB = 0.1;
/** Length and characters of an image's label. */
const LABEL_LENGTH = 50;
const NOT_IN_LABELS = /[^a-zA-Z0-9,.?\-_\s']/g;
const DESCRIPTION = /^(.*) \(Linode (\d+)\)$/s;
const OWN_NAME = /^plinth-vps-([a-z0-9]+)-/;

export function imageLabel(name: string): string {
  return name.replaceAll(NOT_IN_LABELS, '-').slice(0, LABEL_LENGTH);
}

export function imageDescription(name: string, instanceId: number): string {
  return `${name} (Linode ${instanceId})`;
}

/** The name that `create` was given; of an image made elsewhere its description or label. */
export function snapshotName(image: ApiImage): string {
  const description = image.description ?? '';
  return DESCRIPTION.exec(description)?.[1] ?? (description === '' ? image.label : description);
}

/** The VPS whose snapshot this is, by its name; undefined for everything else. */
export function snapshotOwner(image: ApiImage): string | undefined {
  return image.id.startsWith('private/') ? OWN_NAME.exec(snapshotName(image))?.[1] : undefined;
}

export function isOwnSnapshot(image: ApiImage): boolean {
  return snapshotOwner(image) !== undefined;
}

/** Private images that people or we ordered, not those that Linode keeps of deleted servers. */
export async function listPrivateImages(client: LinodeClient, o: CallOptions): Promise<ApiImage[]> {
  const images = await client.list('/images', ApiImage, { filter: { is_public: false }, signal: o.signal });
  return images.filter(({ id, type }) => id.startsWith('private/') && (type ?? 'manual') === 'manual');
}

export function imageSnapshot(image: ApiImage): Snapshot {
  const available = image.status === 'available';
  const sizeGb = image.size / 1024;
  return {
    id: image.id,
    kind: 'snapshot',
    name: snapshotName(image),
    status: available ? 'available' : 'pending',
    // Until it is captured, the image shows the size of the whole disk.
    sizeGb: available ? Math.round(sizeGb * 100) / 100 : null,
    minDiskGb: available ? Math.ceil(sizeGb) : null,
    instanceId: DESCRIPTION.exec(image.description ?? '')?.[2] ?? null,
    createdAt: `${image.created}.000Z`,
    monthlyCost: available ? { amount: (sizeGb * PRICE_PER_GB).toFixed(2), currency: 'USD' } : null,
  };
}
