/** Short news at the corner. Errors stay until closed; the rest goes by itself. */
import { useSyncExternalStore } from 'react';
import { cn } from '../lib/cn.ts';
import { kitWords } from '../words/kit.ts';
import { IconButton } from './button.tsx';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly detail?: string | null;
  readonly bad: boolean;
}
const STAY_MS = 6_000;
let toasts: readonly Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

export function toast(text: string, options: { detail?: string | null; bad?: boolean } = {}): void {
  const { detail = null, bad = false } = options;
  const id = nextId++;
  change([...toasts.slice(-3), { id, text, detail, bad }]);
  if (!bad) setTimeout(() => change(toasts.filter((each) => each.id !== id)), STAY_MS);
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function Toaster() {
  const t = kitWords.use();
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div
      role="region"
      aria-label={t('notices')}
      aria-live="polite"
      className="fixed right-4 bottom-4 z-50 flex w-[min(24rem,calc(100vw-2rem))] flex-col gap-2"
    >
      {shown.map(({ id, text, detail, bad }) => (
        <div
          key={id}
          className={cn('flex items-start gap-2 rounded-md border bg-surface p-3 shadow-lg', bad ? 'border-bad' : 'border-line')}
        >
          <div className="min-w-0 flex-1">
            <p className={cn('font-medium break-words', bad && 'text-bad')}>{text}</p>
            {detail && <p className="text-ink-2">{detail}</p>}
          </div>
          <IconButton
            icon="cross"
            label={t('closeNotice')}
            className="size-7"
            onClick={() => change(toasts.filter((each) => each.id !== id))}
          />
        </div>
      ))}
    </div>
  );
}
