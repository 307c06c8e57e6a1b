/** What a provider has made may show late in lists and on its own page: nothing is absent before its consistency window is over. */
import { waitFor } from '../wait.ts';
import type { Call } from './server-sheet.ts';

/**
 * Looks until something is there, or until it would be; null = there is nothing.
 * @param what as in "a firewall to show"
 * @param lastsMs the provider's window unless told
 */
export async function windowOf<T>(
  { client, signal }: Call,
  what: string,
  look: () => Promise<T | null | undefined>,
  lastsMs = client.consistencyMs,
): Promise<T | null> {
  const { provider } = client.dialect;
  const endsAt = performance.now() + lastsMs;
  const { found } = await waitFor({
    provider,
    what,
    key: `${provider}/${what}`,
    signal,
    deadlineMs: client.consistencyMs + 60_000,
    probe: async () => {
      const found = (await look()) ?? null;
      return found !== null || performance.now() >= endsAt ? { found } : undefined;
    },
  });
  return found;
}
