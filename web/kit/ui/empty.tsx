import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

/** What a place is for while nothing is there yet, and how to fill it. */
export function Empty({ icon, title, children, action }: { icon: IconName; title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-2 rounded-lg border border-dashed border-line-strong/50 px-6 py-12 text-center">
      <Icon name={icon} className="size-7 text-ink-2" />
      <p className="font-semibold">{title}</p>
      <div className="max-w-prose text-ink-2">{children}</div>
      {action && <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
