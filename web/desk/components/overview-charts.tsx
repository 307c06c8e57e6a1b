/** The last days of the overview: how many VPSes there were, how long making them took, and drift. */
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { OverviewHistory } from '../../kit/api/client.ts';
import { overviewHistoryQuery } from '../../kit/api/queries.ts';
import { count, duration, plural } from '../../kit/lib/format.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Bars, Lines } from '../../kit/ui/chart.tsx';
import { SelectField } from '../../kit/ui/field.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';

const RANGES = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
] as const;
const dayAndMonth = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

type Day = OverviewHistory['days'][number];
type Days = readonly Day[];

/** Days are UTC's: no other time zone may move them. */
const startOf = ({ date }: Day): number => new Date(`${date}T00:00:00`).getTime();
const labelOf = (day: Day): string => dayAndMonth.format(startOf(day));
const rowsOf = (days: Days, cells: (day: Day) => string[]): string[][] => days.toReversed().map((day) => [day.date, ...cells(day)]);
const sum = (days: Days, of: (day: Day) => number): number => days.reduce((total, day) => total + of(day), 0);

export function OverviewCharts() {
  const [range, setRange] = useState('30');
  const history = useQuery(overviewHistoryQuery(Number(range)));
  const days = history.data?.days;
  return (
    <Card
      title="The last days"
      actions={
        <SelectField label="Days shown" hideLabel value={range} options={RANGES} onChange={(event) => setRange(event.target.value)} />
      }
    >
      {history.error && <ProblemNote error={history.error} retry={() => void history.refetch()} />}
      {history.isPending && <Loading what="the last days" />}
      {days && (
        <div className="grid grid-cols-1 gap-6 md:grid-cols-2 xl:grid-cols-3">
          <Part title="Fleet">
            <Fleet days={days} />
          </Part>
          <Part title="Provisioning times">
            <Provisioning days={days} />
          </Part>
          <Part title="Drift">
            <Drift days={days} />
          </Part>
        </div>
      )}
    </Card>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="min-w-0">
      <h3 className="mb-1 font-semibold">{title}</h3>
      {children}
    </section>
  );
}

function Fleet({ days }: { days: Days }) {
  const [first, last] = [days[0]!, days.at(-1)!];
  const more = last.living - first.living;
  const change = more === 0 ? 'as many as' : `${count(Math.abs(more))} ${more > 0 ? 'more' : 'fewer'} than`;
  return (
    <Lines
      summary={`${plural(last.living, 'living VPS', 'living VPSes')}, ${change} at the end of ${labelOf(first)}.`}
      names={['Living']}
      format={count}
      whole
      from={startOf(first)}
      to={startOf(last)}
      lines={[days.map((day) => ({ at: startOf(day), value: day.living }))]}
      formatTime={(at) => dayAndMonth.format(at)}
      table={{ head: ['Day', 'Living'], rows: rowsOf(days, ({ living }) => [count(living)]) }}
    />
  );
}

function Provisioning({ days }: { days: Days }) {
  const [made, failed] = [sum(days, ({ provisioned }) => provisioned), sum(days, (day) => day.failed)];
  if (made + failed === 0) return <p className="text-ink-2">No VPS was made in these days.</p>;
  const time = (ms: number | null): string => (ms === null ? '–' : duration(ms));
  return (
    <Bars
      summary={`${plural(made, 'VPS', 'VPSes')} made, ${failed === 0 ? 'none' : count(failed)} failed.`}
      names={['Usual', 'Slowest 5 %']}
      format={duration}
      groups={days.map((day) => ({ label: labelOf(day), values: [day.median_ms ?? 0, day.p95_ms ?? 0] }))}
      table={{
        head: ['Day', 'Usual', 'Slowest 5 %', 'Made', 'Failed'],
        rows: rowsOf(days, (day) => [time(day.median_ms), time(day.p95_ms), count(day.provisioned), count(day.failed)]),
      }}
    />
  );
}

function Drift({ days }: { days: Days }) {
  const [found, resolved] = [sum(days, ({ drift_found: n }) => n), sum(days, ({ drift_resolved: n }) => n)];
  if (found + resolved === 0) return <p className="text-ink-2">Nothing drifted in these days.</p>;
  return (
    <Bars
      summary={`${count(found)} found, ${count(resolved)} resolved.`}
      names={['Found', 'Resolved']}
      format={count}
      whole
      groups={days.map((day) => ({ label: labelOf(day), values: [day.drift_found, day.drift_resolved] }))}
      table={{
        head: ['Day', 'Found', 'Resolved'],
        rows: rowsOf(days, (day) => [count(day.drift_found), count(day.drift_resolved)]),
      }}
    />
  );
}
