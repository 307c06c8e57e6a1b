/** Boot, shut down, reboot: each returns when Linode reports the new state. */
import type { PowerAction } from '../provider.ts';
import type { LinodeClient } from './client.ts';
import { runJob, waitForStatus } from './jobs.ts';
import { ApiInstance } from './types.ts';

/** Linode's own limit for a shutdown is two minutes; boots of large disks take longer. */
const POWER_DEADLINE_MS = 10 * 60_000;
const OFF = ['offline', 'stopped'];
/** States that end by themselves. */
const PASSING = new Set([
  'provisioning',
  'booting',
  'rebooting',
  'shutting_down',
  'busy',
  'migrating',
  'rebuilding',
  'cloning',
  'restoring',
  'resizing',
]);

export function isOff(status: string): boolean {
  return OFF.includes(status);
}

/** The server once it is neither starting, stopping nor being worked on. */
export async function settled(client: LinodeClient, id: number, signal: AbortSignal): Promise<ApiInstance> {
  const instance = await client.get(`/linode/instances/${id}`, ApiInstance, { signal });
  if (!PASSING.has(instance.status)) return instance;
  return waitForStatus(client, id, ['running', ...OFF, 'billing_suspension'], signal, POWER_DEADLINE_MS);
}

/** Nothing is sent when the server is already in the wanted state. */
export async function power(client: LinodeClient, id: number, action: PowerAction, signal: AbortSignal): Promise<ApiInstance> {
  const { status } = await settled(client, id, signal);
  const deadlineMs = POWER_DEADLINE_MS;
  if (action === 'off') {
    if (!isOff(status)) await runJob(client, id, { path: '/shutdown', action: 'linode_shutdown', deadlineMs }, signal);
    return waitForStatus(client, id, OFF, signal, deadlineMs);
  }
  if (isOff(status)) await runJob(client, id, { path: '/boot', action: 'linode_boot', deadlineMs }, signal);
  else if (action === 'reboot') await runJob(client, id, { path: '/reboot', action: 'linode_reboot', deadlineMs }, signal);
  return waitForStatus(client, id, ['running'], signal, deadlineMs);
}
