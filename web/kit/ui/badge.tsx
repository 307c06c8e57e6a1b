import type { ReactNode } from 'react';
import { cn } from '../lib/cn.ts';
import type { Tone } from '../lib/words.ts';

const TONES: Readonly<Record<Tone, string>> = {
  good: 'bg-good-soft text-good',
  busy: 'bg-busy-soft text-busy',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
  quiet: 'bg-raised text-ink-2',
};

/** A state in words; the dot repeats its tone, and moves while work goes on. */
export function Badge({ tone = 'quiet', dot = true, children }: { tone?: Tone; dot?: boolean; children: ReactNode }) {
  return (
    <span className={cn('inline-flex items-center gap-1.5 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap', TONES[tone])}>
      {dot && <span aria-hidden="true" className={cn('size-1.5 rounded-full bg-current', tone === 'busy' && 'animate-pulse')} />}
      {children}
    </span>
  );
}

/** Says that no such thing exists in the world. */
export function SimulatedBadge() {
  return (
    <span
      className="inline-flex items-center rounded-full border border-warn px-2 py-px text-xs text-warn"
      title="No such server exists in the world; nothing is bought."
    >
      simulated
    </span>
  );
}
