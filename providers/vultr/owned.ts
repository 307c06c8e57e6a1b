/**
 * What a Vultr account holds for VPSes besides their instances. Vultr has no tags on these, so the names that
 * `instance.ts` and the snapshot client's callers give tell whose they are; anything else in the account is nobody's here.
 */
import type { OwnedObject } from '../instance-extras.ts';
import type { CallOptions } from '../provider.ts';
import type { VultrClient } from './client.ts';
import * as shapes from './schemas.ts';

/** Exactly the names that are given at creation: one that only resembles them is somebody else's. */
const NAMES: Readonly<Record<OwnedObject['kind'], RegExp>> = {
  'ssh-key': /^plinth-vps-([a-z0-9]+)-key-\d+$/,
  firewall: /^plinth-vps-([a-z0-9]+)$/,
  'startup-script': /^plinth-vps-([a-z0-9]+)-script$/,
  snapshot: /^plinth-vps-([a-z0-9]+)-.+$/,
};

/** Every page of all four lists. @throws ProviderError when one of them cannot be read whole. */
export async function listOwned(client: VultrClient, o: CallOptions = {}): Promise<OwnedObject[]> {
  const [keys, firewalls, scripts, snapshots] = await Promise.all([
    client.all('/v2/ssh-keys', 'ssh_keys', shapes.SshKey, {}, o),
    client.all('/v2/firewalls', 'firewall_groups', shapes.FirewallGroup, {}, o),
    client.all('/v2/startup-scripts', 'startup_scripts', shapes.StartupScript, {}, o),
    client.all('/v2/snapshots', 'snapshots', shapes.Snapshot, {}, o),
  ]);
  return [
    ...keys.flatMap((key) => owned('ssh-key', key.id, key.name)),
    ...firewalls.flatMap((group) => owned('firewall', group.id, group.description)),
    ...scripts.flatMap((script) => owned('startup-script', script.id, script.name)),
    ...snapshots.flatMap((snapshot) => owned('snapshot', snapshot.id, snapshot.description)),
  ];
}

function owned(kind: OwnedObject['kind'], id: string, name: string): OwnedObject[] {
  const vpsId = NAMES[kind].exec(name)?.[1];
  return vpsId === undefined ? [] : [{ kind, id, name, vpsId }];
}
