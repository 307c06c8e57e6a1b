import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { BulkRun } from '../../kit/api/client.ts';
import { bulkRunQuery, isBulkMoving } from '../../kit/api/queries.ts';
import { runName, useRunCalls } from '../components/bulk-menu.tsx';
import { BulkItems } from '../components/bulk-items.tsx';
import { BulkProgress } from '../components/bulk-progress.tsx';
import { Crumb } from '../components/crumb.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card, Facts } from '../../kit/ui/card.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Elapsed, Time } from '../../kit/ui/time.tsx';
import { rightProblem } from '../lib/abilities.ts';
import { RUN_TONES } from '../lib/bulk.ts';
import { plural } from '../../kit/lib/format.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { kindName, sentenceCase } from '../../kit/lib/words.ts';

export function BulkRunPage() {
  const { id } = useParams({ from: '/app/bulk/$id' });
  const query = useQuery(bulkRunQuery(id));
  const run = query.data;
  if (!run)
    return (
      <Page title="Bulk run">
        {query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} /> : <Loading what="the bulk run" />}
      </Page>
    );
  const why = run.waiting ?? run.reason;
  return (
    <Page title={runName(run)} above={<Crumb to="/bulk" />} lead={run.note ?? undefined} actions={<RunActions run={run} />}>
      <Card title="Progress" actions={<Badge tone={RUN_TONES[run.status]}>{sentenceCase(run.status)}</Badge>}>
        <BulkProgress counts={run.counts} />
        {why && (
          <p role="status" className={run.status === 'paused' ? 'mt-3 text-warn' : 'mt-3 text-ink-2'}>
            {why}
          </p>
        )}
      </Card>
      <Card title="About">
        <About run={run} />
      </Card>
      <Card title="Items">
        <BulkItems id={id} moving={isBulkMoving(run)} />
      </Card>
    </Page>
  );
}

function RunActions({ run }: { run: BulkRun }) {
  const mayNot = rightProblem(useSession(), 'bulk:run');
  return useRunCalls(run).map(({ label, icon, variant, call, isOffered }) =>
    isOffered ? (
      <Button key={label} icon={icon} variant={variant} busy={call.isPending} disabledReason={mayNot} onClick={() => call.mutate()}>
        {label}
      </Button>
    ) : null,
  );
}

const CANARY: Readonly<Record<BulkRun['canary'], string>> = {
  none: 'none',
  running: 'under way',
  soaking: 'succeeded; looking on',
  passed: 'passed',
};

function About({ run }: { run: BulkRun }) {
  const { pace, action } = run;
  const { action: _name, ...details } = action;
  const first = pace.canary ? `${pace.canary.count}${pace.canary.at_once ? ' at once' : ''}: ${CANARY[run.canary]}` : 'none';
  return (
    <Facts
      items={[
        ['Action', `${kindName(action.action)}${Object.keys(details).length > 0 ? ` (${words(details)})` : ''}`],
        ['Whom', 'filter' in run.selection ? filterWords(run.selection.filter) : plural(run.selection.ids_count, 'VPS', 'VPSes')],
        ['First ones', first],
        ['Pace', `${pace.max_parallel} at once${pace.max_per_minute === null ? '' : `, ${pace.max_per_minute} a minute`}`],
        ['Pauses', `when more than ${pace.max_failures} failed`],
        [
          'Started',
          <>
            <Time at={run.created_at} /> by {run.started_by}
          </>,
        ],
        ...(run.actor === run.started_by ? [] : [['Goes on for', run.actor] as const]),
        ['Took', <Elapsed from={run.created_at} to={run.finished_at} />],
      ]}
    />
  );
}

/** `plan: s-2vcpu-2gb`, as it was asked for. */
function words(fields: object): string {
  const texts = Object.entries(fields).map(
    ([name, value]) => `${name.replaceAll('_', ' ')}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return texts.join(', ');
}

function filterWords(filter: object): string {
  return Object.keys(filter).length > 0 ? `all that matched ${words(filter)}` : 'all living VPSes';
}
