/** A page of the portal: narrower than the desk's, for reading on a phone first. */
import { type ReactNode, useEffect } from 'react';
import { brandName } from '../../kit/lib/brand.ts';
import { GuardedEach } from '../../kit/parts/guarded.tsx';
import { Icon } from '../../kit/ui/icon.tsx';
import { Link } from '../link.tsx';

interface PageProps {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  /** Where it hangs: address and name. */
  above?: readonly [to: string, name: string];
  children: ReactNode;
}

export function Page({ title, lead, actions, above, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · ${brandName()}`;
  }, [title]);
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-5 px-4 py-6 sm:px-8 sm:py-8">
      <header className="flex flex-wrap items-end justify-between gap-3">
        <div className="min-w-0">
          {above && (
            <Link to={above[0]} className="mb-1 inline-flex min-h-6 items-center gap-1 text-sm text-ink-2 hover:text-ink">
              <Icon name="chevron" className="size-3.5 rotate-90" />
              {above[1]}
            </Link>
          )}
          <h1 className="text-2xl font-semibold tracking-tight break-words">{title}</h1>
          {lead && <div className="mt-1 text-ink-2">{lead}</div>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      <GuardedEach>{children}</GuardedEach>
    </div>
  );
}

/** Something that wants to be known before all else, with the way out at its side. */
export function Banner({ tone, children, action }: { tone: 'bad' | 'warn' | 'busy' | 'good'; children: ReactNode; action?: ReactNode }) {
  const tones = {
    bad: 'border-bad/40 bg-bad-soft',
    warn: 'border-warn/50 bg-warn-soft',
    busy: 'border-busy/40 bg-busy-soft',
    good: 'border-good/40 bg-good-soft',
  };
  return (
    <div
      role={tone === 'bad' ? 'alert' : 'status'}
      className={`flex flex-wrap items-center gap-3 rounded-lg border px-4 py-3 ${tones[tone]}`}
    >
      <div className="min-w-0 flex-1">{children}</div>
      {action}
    </div>
  );
}
