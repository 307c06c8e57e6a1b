/** A new root password. Linode sets one only while the server is off. */
import { z } from 'zod';
import type { LinodeClient } from './client.ts';
import { power } from './power.ts';

/** Leaves the server off; the caller boots it. */
export async function setPassword(client: LinodeClient, id: number, password: string, signal: AbortSignal): Promise<void> {
  await power(client, id, 'off', signal);
  const body = { root_pass: password };
  await client.whenFree('password reset', signal, () =>
    client.post(`/linode/instances/${id}/password`, z.unknown(), { body, signal, repeatable: true }),
  );
}

/** Returns when the server runs with the new password. */
export async function resetPassword(client: LinodeClient, id: number, password: string, signal: AbortSignal): Promise<void> {
  await setPassword(client, id, password, signal);
  await power(client, id, 'on', signal);
}
