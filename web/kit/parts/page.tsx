import { type ReactNode, useEffect } from 'react';
import { brandName } from '../lib/brand.ts';
import { GuardedEach } from './guarded.tsx';

interface PageProps {
  title: string;
  /** What it is one of, as links, the outermost first. */
  above?: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A page's frame: the title (also of the browser's tab), what it is for, and its actions. An error in one part leaves the others. */
export function Page({ title, above, lead, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · ${brandName()}`;
  }, [title]);
  return (
    <div className="mx-auto flex max-w-[96rem] flex-col gap-5 p-4 sm:p-6">
      <header className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          {above && (
            <nav aria-label="Above this page" className="mb-0.5 flex flex-wrap items-center gap-1.5 text-xs text-ink-2">
              {above}
              <span aria-hidden="true">/</span>
            </nav>
          )}
          <h1 className="text-xl font-semibold break-words">{title}</h1>
          {lead && <div className="mt-0.5 text-ink-2">{lead}</div>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      <GuardedEach>{children}</GuardedEach>
    </div>
  );
}
