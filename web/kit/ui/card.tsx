import { type ReactNode, useId } from 'react';
import { cn } from '../lib/cn.ts';
import { Guarded } from '../parts/guarded.tsx';

/** A part of a page with its heading. */
export function Card({
  title,
  actions,
  children,
  className,
  id,
}: {
  title: string;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
  id?: string;
}) {
  const heading = useId();
  return (
    <section id={id} aria-labelledby={heading} className={cn('rounded-lg border border-line bg-surface', className)}>
      <header className="flex min-h-12 flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-2">
        <h2 id={heading} className="font-semibold">
          {title}
        </h2>
        {actions}
      </header>
      <div className="p-4">
        <Guarded>{children}</Guarded>
      </div>
    </section>
  );
}

/** Name and value pairs. */
export function Facts({ items }: { items: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-[minmax(6rem,auto)_minmax(0,1fr)] gap-x-4 gap-y-2">
      {items.map(([name, value], index) => (
        // A name may come twice: two prices, two kinds of refusal.
        <div key={`${index} ${name}`} className="contents">
          <dt className="text-ink-2">{name}</dt>
          <dd className="min-w-0 break-words">{value ?? <span className="text-ink-2">–</span>}</dd>
        </div>
      ))}
    </dl>
  );
}
