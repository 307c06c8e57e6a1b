/** Forgets old updates of stacks, so that the tables do not grow for ever (versions that are kept stay), and stacks of ended VPSes. */
import { timeIn } from '../kernel/clock.ts';
import type { Services } from '../kernel/services.ts';
import type { StackCare } from './care.ts';
import type { SweepDefinition } from '../kernel/schedule/runner.ts';

const EVERY_MS = 3_600_000;
const ENDED_EVERY_MS = 60_000;

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

export function endedStacksSweep(care: StackCare): SweepDefinition {
  return {
    name: 'ended-stacks',
    everyMs: ENDED_EVERY_MS,
    always: true,
    run: async () => {
      const stacks = await care.forgetEnded();
      return { outcome: 'ok', message: `Removed ${stacks.length} empty stacks of terminated VPSes.`, result: { stacks } };
    },
  };
}
