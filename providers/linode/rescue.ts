/** Linode's rescue system (Finnix, reached by its web console), and back. Linode tells nowhere which of the two runs. */
import type { RescueChange } from '../instance-extras.ts';
import type { LinodeClient } from './client.ts';
import { runJob, waitForStatus } from './jobs.ts';
import { isOff, settled } from './power.ts';
import { ApiConfig, ApiDisk } from './types.ts';

const BOOT_DEADLINE_MS = 10 * 60_000;
/** `sdh` is the rescue system's own. */
const SLOTS = ['sda', 'sdb', 'sdc', 'sdd', 'sde', 'sdf', 'sdg'] as const;

/** Returns when the server runs the wanted system. A repeated call boots it once more. */
export async function rescue(client: LinodeClient, id: number, change: RescueChange, signal: AbortSignal): Promise<void> {
  const { status } = await settled(client, id, signal);
  // A server that is off is booted, one that runs is rebooted; the rescue call does either.
  const boot = { action: 'linode_boot', alsoActions: ['linode_reboot'], deadlineMs: BOOT_DEADLINE_MS };
  if (change === 'enter')
    await runJob(client, id, { ...boot, path: '/rescue', body: { devices: await devices(client, id, signal) } }, signal);
  else await runJob(client, id, { ...boot, path: isOff(status) ? '/boot' : '/reboot', body: await ownConfig(client, id, signal) }, signal);
  await waitForStatus(client, id, ['running'], signal, BOOT_DEADLINE_MS);
}

/** Every disk of the server, in the order in which Linode lists them. */
async function devices(client: LinodeClient, id: number, signal: AbortSignal): Promise<Record<string, { disk_id: number }>> {
  const disks = await client.list(`/linode/instances/${id}/disks`, ApiDisk, { signal });
  return Object.fromEntries(disks.slice(0, SLOTS.length).map((disk, i) => [SLOTS[i]!, { disk_id: disk.id }]));
}

/** With several configurations the choice is Linode's: the one that was booted last. */
async function ownConfig(client: LinodeClient, id: number, signal: AbortSignal): Promise<{ config_id?: number }> {
  const configs = await client.list(`/linode/instances/${id}/configs`, ApiConfig, { signal });
  return configs.length === 1 ? { config_id: configs[0]!.id } : {};
}
