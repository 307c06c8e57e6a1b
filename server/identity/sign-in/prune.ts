/** Forgets sessions, links and codes whose time is over. */
import type { SweepDefinition } from '../../kernel/schedule/runner.ts';
import type { Services } from '../../kernel/services.ts';
import { pruneEntries } from './entries-store.ts';

const EVERY_MS = 600_000;

export function signInSweep({ db }: Services): SweepDefinition {
  return {
    name: 'sign-in',
    everyMs: EVERY_MS,
    always: true,
    run: async () => {
      const forgotten = await pruneEntries(db);
      return { outcome: 'ok', message: `${forgotten} sessions and links that were over are forgotten.`, result: { forgotten } };
    },
  };
}
