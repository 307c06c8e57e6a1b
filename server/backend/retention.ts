/** Forgets old updates of stacks, so that the tables do not grow for ever. Versions that are kept stay. */
import { timeIn } from '../kernel/clock.ts';
import type { Services } from '../kernel/services.ts';
import type { StackCare } from './care.ts';
import type { SweepDefinition } from '../kernel/schedule/runner.ts';

const EVERY_MS = 3_600_000;

export function stateRetentionSweep(services: Services, care: StackCare): SweepDefinition {
  return {
    name: 'state-retention',
    everyMs: EVERY_MS,
    always: true,
    run: async (signal) => {
      const { updates, lines } = await care.prune(timeIn(-services.config.stateRetentionMs), signal);
      return { outcome: 'ok', message: `Forgot ${updates} updates and ${lines} of their events.`, result: { updates, lines } };
    },
  };
}
