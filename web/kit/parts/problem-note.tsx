/** Errors as people need them: what happened, what to do, and the number to tell whoever runs Plinth. */
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { ApiError, asApiError } from '../api/problem.ts';
import { onReach, reachNow } from '../lib/connection.ts';
import { PartMissing } from '../lib/lazy-part.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { ShowFactor } from './show-factor.tsx';
import { kitWords } from '../words/kit.ts';

export function ProblemNote({ error, retry }: { error: unknown; retry?: () => void }) {
  const t = kitWords.use();
  const problem = asApiError(error);
  return (
    <div role="alert" className="flex items-start gap-3 rounded-md border border-bad/40 bg-bad-soft px-4 py-3">
      <Icon name="alert" className="mt-0.5 text-bad" />
      <div className="min-w-0 flex-1">
        <p className="font-medium break-words text-bad">{problem.message}</p>
        {problem.code === 'second_factor_required' ? <ShowFactor done={retry} /> : problem.remedy && <p>{problem.remedy}</p>}
        {problem.requestId && problem.status >= 500 && (
          <p className="text-xs text-ink-2">
            {t('requestId')} <code className="font-mono">{problem.requestId}</code>
          </p>
        )}
      </div>
      {retry && (
        <Button icon="retry" onClick={retry}>
          {t('again')}
        </Button>
      )}
    </div>
  );
}

class NotDrawn extends ApiError {
  readonly #cause: string;

  constructor(cause: string) {
    super(0, 'not_drawn', kitWords.say('notDrawn'));
    this.#cause = cause;
  }

  override get remedy(): string {
    return kitWords.say('notDrawnRemedy', { cause: this.#cause });
  }
}

/** An error of drawing in words; what the program itself says of it comes last. */
export function drawingProblem(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new NotDrawn(asApiError(error).message);
}

/** What stands in a page's place when it could not be loaded or drawn. */
export function PageProblem({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter();
  const retry = (): void => {
    if (error instanceof PartMissing) error.again();
    reset();
    void router.invalidate();
  };
  // Asked for without a connection, a page comes with the connection.
  useEffect(() => (error instanceof PartMissing ? onReach(() => reachNow() === 'ok' && retry()) : undefined));
  return (
    <div className="p-6">
      <ProblemNote error={drawingProblem(error)} retry={retry} />
    </div>
  );
}
