import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Suspense } from 'react';
import type { Overview } from '../../kit/api/client.ts';
import { operationListQuery, overviewQuery } from '../../kit/api/queries.ts';
import { Attention } from '../components/attention.tsx';
import { CreateLink } from '../components/create-link.tsx';
import { FirstRunGuide } from '../components/first-run-guide.tsx';
import { OperationRows } from '../components/operation-rows.tsx';
import { Guarded } from '../../kit/parts/guarded.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { WhenSeen } from '../../kit/parts/when-seen.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { count, duration, plural } from '../../kit/lib/format.ts';
import { lazyPart } from '../../kit/lib/lazy-part.tsx';
import { useMay } from '../../kit/lib/use-session.ts';
import { kindName, sentenceCase, vpsTone } from '../../kit/lib/words.ts';

// Drawings are not what a first visit waits for.
const RegionMap = lazyPart(() => import('../components/region-map.tsx'), 'RegionMap');
const OverviewCharts = lazyPart(() => import('../components/overview-charts.tsx'), 'OverviewCharts');

export function OverviewPage() {
  const overview = useQuery(overviewQuery);
  return (
    <Page
      title="Overview"
      lead={overview.data && (overview.data.total === 0 ? 'No VPS yet.' : `${plural(overview.data.total, 'living VPS', 'living VPSes')}.`)}
      actions={<CreateLink />}
    >
      {overview.isPending && <Loading what="the overview" />}
      {overview.error && <ProblemNote error={overview.error} retry={() => void overview.refetch()} />}
      {overview.data && <Parts overview={overview.data} />}
    </Page>
  );
}

function Parts({ overview }: { overview: Overview }) {
  return (
    <>
      <FirstRunGuide overview={overview} />
      <Attention overview={overview} />
      <ByStatus overview={overview} />
      <div className="grid grid-cols-1 items-start gap-5 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <Operations overview={overview} />
        <Durations overview={overview} />
      </div>
      <ByRegion overview={overview} />
      {overview.by_status.length > 0 && (
        <WhenSeen>
          <Guarded>
            <Suspense fallback={<Loading what="the last days" />}>
              <OverviewCharts />
            </Suspense>
          </Guarded>
        </WhenSeen>
      )}
    </>
  );
}

const SHOWN = ['active', 'provisioning', 'error', 'destroying'];

function ByStatus({ overview }: { overview: Overview }) {
  const others = overview.by_status.filter(({ status }) => !SHOWN.includes(status) && status !== 'terminated').map(({ status }) => status);
  return (
    <ul className="grid grid-cols-2 gap-3 lg:grid-cols-4" aria-label="VPSes by state">
      {[...SHOWN, ...others].map((status) => (
        <li key={status}>
          <Link
            to="/vps"
            search={{ status }}
            className="flex flex-col gap-2 rounded-lg border border-line bg-surface p-4 hover:border-line-strong"
          >
            <span className="text-2xl font-semibold">{count(overview.by_status.find((each) => each.status === status)?.count ?? 0)}</span>
            <span>
              <Badge tone={vpsTone(status)}>{sentenceCase(status)}</Badge>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Operations({ overview }: { overview: Overview }) {
  const may = useMay()('operation:read');
  const latest = useInfiniteQuery({ ...operationListQuery({}, 8), enabled: may });
  if (!may) return null;
  const running = overview.operations.map(({ status, count: n }) => `${count(n)} ${status}`).join(', ');
  return (
    <Card title="Latest operations" actions={<span className="text-ink-2">{running || 'Nothing is running or waiting.'}</span>}>
      {latest.error && <ProblemNote error={latest.error} />}
      <OperationRows operations={latest.data?.pages[0]?.operations} empty="Creating, refreshing and destroying VPSes shows here." />
      <p className="mt-3">
        <Link to="/operations" className="text-accent underline-offset-2 hover:underline">
          All operations
        </Link>
      </p>
    </Card>
  );
}

function ByRegion({ overview }: { overview: Overview }) {
  const rows = overview.by_region.toSorted((a, b) => b.count - a.count);
  const placed = rows.some(({ location }) => location !== null);
  return (
    <Card title="Where they are">
      {rows.length === 0 && <p className="text-ink-2">Providers and regions show here once there is a VPS.</p>}
      <div className={placed ? 'grid grid-cols-1 items-start gap-5 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]' : ''}>
        {placed && (
          <Guarded>
            <Suspense fallback={<Loading what="the map" />}>
              <RegionMap regions={rows} />
            </Suspense>
          </Guarded>
        )}
        <Regions rows={rows} />
      </div>
    </Card>
  );
}

function Regions({ rows }: { rows: Overview['by_region'] }) {
  const most = rows[0]?.count ?? 1;
  return (
    <ul aria-label="Regions" className="flex max-h-[25rem] flex-col gap-2 overflow-y-auto p-1">
      {rows.map((row) => (
        <li key={`${row.provider} ${row.region}`}>
          <Link to="/vps" search={{ provider: row.provider, region: row.region }} className="group block">
            <span className="flex justify-between gap-2">
              <span className="truncate group-hover:underline">
                {row.provider_name} · {row.region}
              </span>
              <span>{count(row.count)}</span>
            </span>
            <meter aria-hidden="true" min={0} max={most} value={row.count} className="plain-meter mt-1 block h-1.5 w-full" />
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Durations({ overview }: { overview: Overview }) {
  return (
    <Card title="How long it takes">
      {overview.durations.length === 0 ? (
        <p className="text-ink-2">Usual times show here after the first operations.</p>
      ) : (
        <table className="w-full">
          <thead className="text-left text-xs text-ink-2">
            <tr>
              <th className="pb-1 font-medium">Operation</th>
              <th className="pb-1 text-right font-medium">Usual</th>
              <th className="pb-1 text-right font-medium">Slowest 5 %</th>
              <th className="pb-1 text-right font-medium">Runs</th>
            </tr>
          </thead>
          <tbody>
            {overview.durations.map((row) => (
              <tr key={row.kind} className="border-t border-line">
                <td className="py-1.5">{kindName(row.kind)}</td>
                <td className="text-right">{duration(row.median_ms)}</td>
                <td className="text-right">{duration(row.p95_ms)}</td>
                <td className="text-right">{count(row.count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}
