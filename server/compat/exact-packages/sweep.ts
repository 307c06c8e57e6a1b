/** Looks at the packages by itself. */
import { isProviderError } from '../../../providers/errors.ts';
import type { SweepDefinition } from '../../kernel/schedule/runner.ts';
import type { Services } from '../../kernel/services.ts';
import { packageAccount, syncPackages } from './sync.ts';

export function packageSweep(services: Services): SweepDefinition {
  return {
    name: 'packages',
    everyMs: services.config.packages.everyMs,
    always: true,
    async run() {
      if (!(await packageAccount(services))) return { outcome: 'ok', message: 'There is no account whose packages are sold.', result: {} };
      try {
        const { summary } = await syncPackages(services);
        const { created, updated, disabled, reEnabled } = summary;
        const message = `${created} packages are new, ${updated} as they were, ${disabled} gone, ${reEnabled} back.`;
        return { outcome: 'ok', message, result: summary };
      } catch (error) {
        if (!isProviderError(error)) throw error;
        return { outcome: 'partial', message: `The packages could not be read: ${error.detail.message}`, result: {} };
      }
    },
  };
}
