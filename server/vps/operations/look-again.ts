/**
 * An update that finds something gone which the stack still records: a name or a helper that somebody deleted. The engine
 * stops there, and would stop there again at every attempt; in the middle of a replacement that leaves two servers. So the
 * stack is refreshed, which forgets what is gone, and the update goes on and makes it anew. A server is never treated so.
 */
import type { EngineResult } from '../../../automation/types.ts';
import { isServer } from '../server-of.ts';
import { refuseEmptyServer } from './recorded-server.ts';
import type { Work } from './sheet.ts';
import { withoutSteps } from './work-fault.ts';

/** @throws LeaseLost */
export async function runUpdate(work: Work): Promise<EngineResult> {
  const { drive, writer, signal } = work;
  const first = await drive('up', signal);
  const lost = lostBeside(first);
  if (lost === null) return first;
  writer.say(`${lost} was not found at the provider: reading what is there, then going on`);
  const started = performance.now();
  const read = await drive('refresh', signal);
  if (!read.ok) return together(first, read);
  const refused = await refuseEmptyServer(work);
  if (refused) return together(first, withoutSteps(started, refused));
  return together(first, await drive('up', signal));
}

/** The program's name of what a call found gone; null when there is no such thing, or it is the server. */
function lostBeside({ fault }: EngineResult): string | null {
  if (fault?.kind !== 'not_found' || fault.urn === undefined || isServer({ urn: fault.urn })) return null;
  return fault.urn.split('::').at(-1)!;
}

/** Both runs as one, which ended as the second did. */
function together(first: EngineResult, second: EngineResult): EngineResult {
  const changes: Record<string, number> = { ...first.changes };
  for (const [op, count] of Object.entries(second.changes)) changes[op] = (changes[op] ?? 0) + count;
  return { ...second, changes, steps: [...first.steps, ...second.steps], durationMs: first.durationMs + second.durationMs };
}
