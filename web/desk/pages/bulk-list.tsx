import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { BulkRun } from '../../kit/api/client.ts';
import { bulkListQuery } from '../../kit/api/queries.ts';
import { RunMenu, runName } from '../components/bulk-menu.tsx';
import { BulkProgress } from '../components/bulk-progress.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button, buttonClass } from '../../kit/ui/button.tsx';
import { Empty } from '../../kit/ui/empty.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { RUN_TONES } from '../lib/bulk.ts';
import { sentenceCase } from '../../kit/lib/words.ts';

export function BulkListPage() {
  const list = useInfiniteQuery(bulkListQuery);
  const runs = list.data?.pages.flatMap((page) => page.runs);
  return (
    <Page title="Bulk runs" lead="One action over many VPSes: first a few, then all others at a chosen pace.">
      {list.error && <ProblemNote error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Loading what="bulk runs" />}
      {runs?.length === 0 && (
        <Empty
          icon="operations"
          title="No bulk run yet"
          action={
            <Link to="/vps" className={buttonClass('primary')}>
              To the VPSes
            </Link>
          }
        >
          Choose VPSes in their list; the bar above it starts one.
        </Empty>
      )}
      <ul className="flex flex-col gap-3">
        {runs?.map((run) => (
          <RunItem key={run.id} run={run} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button className="self-center" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Show older
        </Button>
      )}
    </Page>
  );
}

function RunItem({ run }: { run: BulkRun }) {
  const why = run.waiting ?? run.reason;
  return (
    <li className="flex flex-col gap-2 rounded-lg border border-line bg-surface px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge tone={RUN_TONES[run.status]}>{sentenceCase(run.status)}</Badge>
        <Link to="/bulk/$id" params={{ id: run.id }} className="font-semibold underline-offset-2 hover:underline">
          {runName(run)}
        </Link>
        {run.note && <span className="min-w-0 break-words">{run.note}</span>}
        <span className="ml-auto text-xs text-ink-2">
          {run.started_by}, <Time at={run.created_at} />
        </span>
        <RunMenu run={run} />
      </div>
      <BulkProgress counts={run.counts} />
      {why && <p className="text-ink-2">{why}</p>}
    </li>
  );
}
