/** Errors as people need them: what happened, what to do, and the number to tell whoever runs Plinth. */
import { Link, useRouter } from '@tanstack/react-router';
import { asApiError } from '../api/problem.ts';
import { Button, buttonClass } from './ui/button.tsx';
import { Icon } from './ui/icon.tsx';

export function ProblemNote({ error, retry }: { error: unknown; retry?: () => void }) {
  const problem = asApiError(error);
  return (
    <div role="alert" className="flex items-start gap-3 rounded-md border border-bad/40 bg-bad-soft px-4 py-3">
      <Icon name="alert" className="mt-0.5 text-bad" />
      <div className="min-w-0 flex-1">
        <p className="font-medium break-words text-bad">{problem.message}</p>
        {problem.remedy && <p>{problem.remedy}</p>}
        {problem.requestId && problem.status >= 500 && (
          <p className="text-xs text-ink-2">
            Request id <code className="font-mono">{problem.requestId}</code>
          </p>
        )}
      </div>
      {retry && (
        <Button icon="retry" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** What a page shows when it could not be drawn. */
export function PageProblem({ error }: { error: unknown }) {
  const router = useRouter();
  return (
    <div className="p-6">
      <ProblemNote error={error} retry={() => void router.invalidate()} />
    </div>
  );
}

export function NotFound() {
  return (
    <main className="mx-auto max-w-prose p-10 text-center">
      <h1 className="text-lg font-semibold">There is nothing at this address</h1>
      <p className="mt-2 text-ink-2">It may have been mistyped, or what it showed is gone.</p>
      <Link to="/" className={buttonClass('primary', 'mt-4')}>
        To the overview
      </Link>
    </main>
  );
}
