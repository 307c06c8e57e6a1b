import { kitWords } from '../words/kit.ts';

export function Spinner({ className = 'size-4' }: { className?: string }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 24 24" className={`animate-spin ${className}`} fill="none" stroke="currentColor" strokeWidth={3}>
      <circle cx="12" cy="12" r="9" opacity={0.25} />
      <path d="M21 12a9 9 0 0 0-9-9" strokeLinecap="round" />
    </svg>
  );
}

/** Shown where a page or part is being fetched. */
export function Loading({ what }: { what: string }) {
  const t = kitWords.use();
  return (
    <p role="status" className="flex items-center gap-2 py-8 text-ink-2">
      <Spinner /> {t('loading', { what })}
    </p>
  );
}
