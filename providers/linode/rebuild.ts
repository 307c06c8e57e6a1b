/** Reinstalling in place: the disks are wiped and a fresh image is deployed; id and addresses stay. */
import { linodeError, type LinodeClient } from './client.ts';
import { runJob, waitForStatus } from './jobs.ts';
import { settled } from './power.ts';

const REBUILD_DEADLINE_MS = 20 * 60_000;

export interface RebuildArgs {
  readonly image: string;
  /** Required by Linode unless keys are given. */
  readonly password: string | undefined;
  /** Plain text. */
  readonly userData: string | undefined;
  readonly authorizedKeys: readonly string[];
}

/** Returns when the server runs the new image. A repeated rebuild only wipes what the first one wrote. */
export async function rebuild(client: LinodeClient, id: number, args: RebuildArgs, signal: AbortSignal): Promise<void> {
  if (!args.password && args.authorizedKeys.length === 0)
    throw linodeError('invalid', 'Linode reinstalls only with a root password or an SSH key. Give one of them.', { field: 'root_pass' });
  await settled(client, id, signal);
  const body = {
    image: args.image,
    booted: true,
    ...(args.password ? { root_pass: args.password } : {}),
    ...(args.authorizedKeys.length > 0 ? { authorized_keys: args.authorizedKeys } : {}),
    ...(args.userData ? { metadata: { user_data: Buffer.from(args.userData, 'utf8').toString('base64') } } : {}),
  };
  await runJob(client, id, { path: '/rebuild', body, action: 'linode_rebuild', deadlineMs: REBUILD_DEADLINE_MS }, signal);
  await waitForStatus(client, id, ['running'], signal, REBUILD_DEADLINE_MS);
}
