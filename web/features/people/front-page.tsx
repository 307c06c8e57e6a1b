/** The frame of pages for people who are not signed in, and their forms. */
import { peopleWords } from './words/people.ts';
import { Link } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useEffect } from 'react';
import { brandName, useBrand } from '../../kit/lib/brand.ts';
import { asApiError } from '../../kit/api/problem.ts';
import { Button } from '../../kit/ui/button.tsx';

export function FrontPage({ title, children }: { title: string; children: ReactNode }) {
  const brand = useBrand();
  useEffect(() => {
    document.title = `${title} · ${brandName()}`;
  }, [title]);
  return (
    <main className="mx-auto flex min-h-dvh max-w-sm flex-col justify-center gap-6 p-6">
      <div className="flex items-center gap-3">
        <img src={brand?.logo ?? '/favicon.svg'} alt="" className="size-9" />
        <h1 className="text-xl font-semibold">{title}</h1>
      </div>
      {children}
    </main>
  );
}

export function FrontForm({
  action,
  busy,
  missing = null,
  error,
  onSubmit,
  children,
}: {
  action: string;
  busy: boolean;
  /** What is still to be filled in. */
  missing?: string | null;
  error?: unknown;
  onSubmit: () => void;
  children: ReactNode;
}) {
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (missing === null && !busy) onSubmit();
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {children}
      {Boolean(error) && (
        <p role="alert" className="text-bad">
          {asApiError(error).message}
        </p>
      )}
      {/* As wide as a front page, no wider: in a card that fills a desk it would be a beam. */}
      <Button type="submit" variant="primary" className="max-w-96" busy={busy} disabledReason={missing}>
        {action}
      </Button>
    </form>
  );
}

export function Told({ children }: { children: ReactNode }) {
  return (
    <p role="status" className="rounded-md border border-line bg-surface px-4 py-3">
      {children}
    </p>
  );
}

export function ToSignIn({ to = '/sign-in' }: { to?: string }) {
  const t = peopleWords.use();
  return (
    <Link to={to} className="inline-block py-1 underline underline-offset-2">
      {t('toSignIn')}
    </Link>
  );
}
