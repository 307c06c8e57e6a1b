/** Deleting a server: done only when Linode no longer has it. */
import { waitFor } from '../wait.ts';
import { linodeError, type LinodeClient } from './client.ts';
import { PROVIDER_ID } from './descriptor.ts';
import { failedJob } from './jobs.ts';
import { ApiInstance } from './types.ts';

export const DELETE_DEADLINE_MS = 10 * 60_000;

/** Already gone is success. Rejects when Linode reports that the deletion failed, or at the deadline. */
export async function deleteInstance(client: LinodeClient, id: number, signal: AbortSignal): Promise<void> {
  const path = `/linode/instances/${id}`;
  await client.whenFree(`deletion of Linode ${id}`, signal, () => client.delete(path, { signal }));
  let looks = 0;
  await waitFor({
    provider: PROVIDER_ID,
    what: `Linode ${id} to be deleted`,
    key: 'linode/delete',
    signal,
    deadlineMs: DELETE_DEADLINE_MS,
    probe: async () => {
      if ((await client.find(path, ApiInstance, { signal })) === null) return true;
      // The event outlives the server, so it can tell of a failure but not replace the look at the server.
      const failed = ++looks % 4 === 0 ? await failedJob(client, id, ['linode_delete'], signal) : undefined;
      if (failed) throw linodeError('unexpected', `${failed} Linode ${id} still exists and is billed; delete it again.`);
      return undefined;
    },
  });
}
