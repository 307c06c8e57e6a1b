import { type ReactNode, useEffect } from 'react';
import { brandName } from '../lib/brand.ts';
import { GuardedEach } from './guarded.tsx';

/** A page's frame: the title (also of the browser's tab), what it is for, and its actions. An error in one part leaves the others. */
export function Page({ title, lead, actions, children }: { title: string; lead?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · ${brandName()}`;
  }, [title]);
  return (
    <div className="mx-auto flex max-w-[96rem] flex-col gap-5 p-4 sm:p-6">
      <header className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <h1 className="text-xl font-semibold break-words">{title}</h1>
          {lead && <div className="mt-0.5 text-ink-2">{lead}</div>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      <GuardedEach>{children}</GuardedEach>
    </div>
  );
}
