/** Forgets what is older than it is kept (sheet.ts). */
import type { SweepDefinition } from '../../kernel/schedule/runner.ts';
import type { Services } from '../../kernel/services.ts';
import { forgetOld } from './store.ts';

const EVERY_MS = 6 * 3_600_000;

export function retentionSweep({ db }: Services): SweepDefinition {
  return {
    name: 'retention',
    everyMs: EVERY_MS,
    always: true,
    run: async () => {
      const result = await forgetOld(db);
      const rows = Object.values(result).reduce((sum, each) => sum + each, 0);
      return { outcome: 'ok', message: `${rows} rows about people that were kept long enough are forgotten.`, result };
    },
  };
}
