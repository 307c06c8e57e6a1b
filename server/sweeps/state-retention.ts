/** Forgets old updates of stacks, so that the tables do not grow for ever. Versions that are kept stay. */
import type { Services } from '../services/services.ts';
import type { SweepDefinition } from './runner.ts';

const EVERY_MS = 3_600_000;

export function stateRetentionSweep(services: Services): SweepDefinition {
  return {
    name: 'state-retention',
    everyMs: EVERY_MS,
    always: true,
    run: async (signal) => {
      const { updates, lines } = await services.stacks.care.prune(new Date(Date.now() - services.config.stateRetentionMs), signal);
      return { outcome: 'ok', message: `Forgot ${updates} updates and ${lines} of their events.`, result: { updates, lines } };
    },
  };
}
