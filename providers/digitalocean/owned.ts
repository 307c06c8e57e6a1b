/** What of our servers an account holds besides droplets, told by the names that programs and snapshots give. */
import type { OwnedObject } from '../instance-extras.ts';
import type { DigitalOceanClient } from './client.ts';
import { firewallSchema, keySchema, snapshotSchema } from './schemas.ts';

/** A VPS id has sixteen characters; a key's or firewall's name that a person chose hardly ever has that form. */
const OWNER = '([a-z0-9]{16})';
const KEY_NAME = new RegExp(`^plinth-key-${OWNER}-\\d+$`);
const FIREWALL_NAME = new RegExp(`^plinth-${OWNER}$`);
const SNAPSHOT_NAME = new RegExp(`^plinth-vps-${OWNER}-.+$`);

interface Named {
  readonly id: string | number;
  readonly name: string;
}

/**
 * Keys, firewalls and snapshots of our servers, all pages. A key that several servers share (`plinth-key-shared-…`) is no
 * single VPS's and is not among them. Rejects with ProviderError.
 */
export async function listOwned(client: DigitalOceanClient, signal?: AbortSignal): Promise<OwnedObject[]> {
  const [keys, firewalls, snapshots] = await Promise.all([
    client.all('/v2/account/keys', 'ssh_keys', keySchema, {}, signal),
    client.all('/v2/firewalls', 'firewalls', firewallSchema, {}, signal),
    client.all('/v2/snapshots', 'snapshots', snapshotSchema, { resource_type: 'droplet' }, signal),
  ]);
  return [
    ...owned('ssh-key', KEY_NAME, keys),
    ...owned('firewall', FIREWALL_NAME, firewalls),
    ...owned('snapshot', SNAPSHOT_NAME, snapshots),
  ];
}

function owned(kind: OwnedObject['kind'], pattern: RegExp, objects: readonly Named[]): OwnedObject[] {
  return objects.flatMap(({ id, name }) => {
    const vpsId = pattern.exec(name)?.[1];
    return vpsId === undefined ? [] : [{ kind, id: String(id), name, vpsId }];
  });
}
