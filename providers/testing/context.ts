/** What a resource is given by its host, for tests that hear nothing of it. */
import type { ResourceContext } from '../resource.ts';

export function quietContext<Client>(
  client: Client,
  urn = 'urn:one',
  signal: AbortSignal = new AbortController().signal,
): ResourceContext<Client> {
  return { client, urn, signal, log: () => undefined, progress: () => undefined };
}
