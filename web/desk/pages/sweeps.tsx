import { useQuery } from '@tanstack/react-query';
import { api, type Sweep } from '../../kit/api/client.ts';
import { sweepsQuery } from '../../kit/api/queries.ts';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Empty } from '../../kit/ui/empty.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { pageProblem, rightProblem } from '../lib/abilities.ts';
import { duration, plural } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { sentenceCase, sweepTone } from '../../kit/lib/words.ts';

export function SweepsPage() {
  const session = useSession();
  const mayNot = pageProblem(session, '/sweeps');
  const sweeps = useQuery({ ...sweepsQuery, enabled: session !== undefined && mayNot === null });
  return (
    <Page title="Sweeps" lead="What Plinth looks after by itself, by the clock and on request. Each can run any number of times.">
      {mayNot && <p className="text-ink-2">{mayNot}</p>}
      {sweeps.error && <ProblemNote error={sweeps.error} retry={() => void sweeps.refetch()} />}
      {sweeps.isLoading && <Loading what="sweeps" />}
      {sweeps.data?.length === 0 && (
        <Empty icon="refresh" title="No sweep has been set up yet">
          A worker sets them up when it starts.
        </Empty>
      )}
      <ul className="flex flex-col gap-3">
        {sweeps.data?.map((sweep) => (
          <SweepItem key={sweep.name} sweep={sweep} />
        ))}
      </ul>
    </Page>
  );
}

function SweepItem({ sweep }: { sweep: Sweep }) {
  const mayNot = rightProblem(useSession(), 'sweep:run');
  const run = useAction(() => api.runSweep({ name: sweep.name }));
  const { last } = sweep;
  return (
    <li className="rounded-lg border border-line bg-surface px-4 py-3">
      <div className="flex flex-wrap items-center gap-3">
        <h2 className="font-semibold">{sentenceCase(sweep.name)}</h2>
        {sweep.running ? (
          <Badge tone="busy">Running</Badge>
        ) : sweep.requested ? (
          <Badge tone="busy">Asked for</Badge>
        ) : last?.outcome ? (
          <Badge tone={sweepTone(last.outcome)}>{sentenceCase(last.outcome)}</Badge>
        ) : (
          <Badge>Never ran</Badge>
        )}
        <span className="text-ink-2">
          {last && (
            <>
              last <Time at={last.started_at} />
              {last.duration_ms !== null && `, took ${duration(last.duration_ms)}`} ·{' '}
            </>
          )}
          {plural(sweep.runs, 'run')} ·{' '}
          {sweep.next_run_at ? (
            <>
              next <Time at={sweep.next_run_at} />
            </>
          ) : (
            'on request only'
          )}
        </span>
        <Button
          className="ml-auto"
          icon="refresh"
          busy={run.isPending}
          disabledReason={mayNot ?? (sweep.running ? 'It is running now.' : sweep.requested ? 'It begins in a moment.' : null)}
          onClick={() => run.mutate()}
        >
          Run now
        </Button>
      </div>
      {last?.message && <p className="mt-1 text-ink-2">{last.message}</p>}
      {last?.result !== null && last?.result !== undefined && (
        <details className="mt-1">
          <summary className="text-ink-2">Result of the last run</summary>
          <pre tabIndex={0} className="mt-1 max-h-64 overflow-auto rounded-md bg-canvas p-3 font-mono text-xs">
            {JSON.stringify(last.result, null, 2)}
          </pre>
        </details>
      )}
    </li>
  );
}
