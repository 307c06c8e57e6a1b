/** What a Linode account holds for our VPSes besides their servers: keys, firewalls, and images made as snapshots. */
import { parseIdentityTag } from '../identity.ts';
import type { OwnedObject } from '../instance-extras.ts';
import type { CallOptions } from '../provider.ts';
import type { LinodeClient } from './client.ts';
import { listPrivateImages, snapshotName, snapshotOwner } from './snapshot-images.ts';
import { ApiFirewall, ApiSshKey } from './types.ts';

const KEY_LABEL = /^plinth-vps-([a-z0-9]+)-key-\d+$/;

/** Keys have no tags, so the VPS stands in the label; unlike the server's label it never changes. */
export function keyLabel(vpsId: string, number: number): string {
  return `plinth-vps-${vpsId}-key-${number}`;
}

/** Nothing is told of StackScripts: no program of ours makes any. */
export async function listOwned(client: LinodeClient, o: CallOptions): Promise<OwnedObject[]> {
  const [keys, firewalls, images] = await Promise.all([
    client.list('/profile/sshkeys', ApiSshKey, { signal: o.signal }),
    client.list('/networking/firewalls', ApiFirewall, { signal: o.signal }),
    listPrivateImages(client, o),
  ]);
  return [
    ...keys.flatMap(({ id, label }) => owned('ssh-key', String(id), label, KEY_LABEL.exec(label)?.[1])),
    ...firewalls
      .filter(({ status }) => status !== 'deleted')
      .flatMap(({ id, label, tags }) => owned('firewall', String(id), label, tags.map(parseIdentityTag).find((found) => found)?.vpsId)),
    ...images.flatMap((image) => owned('snapshot', image.id, snapshotName(image), snapshotOwner(image))),
  ];
}

function owned(kind: OwnedObject['kind'], id: string, name: string, vpsId: string | undefined): OwnedObject[] {
  return vpsId === undefined ? [] : [{ kind, id, name, vpsId }];
}
