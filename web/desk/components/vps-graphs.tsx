/** What a server uses: transfer by day against the plan's, processor and network over time, where the provider measures them. */
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Bandwidth, Metrics, VpsDetail } from '../../kit/api/client.ts';
import { bandwidthQuery, metricsQuery } from '../../kit/api/panel-queries.ts';
import { featureProblem } from '../lib/abilities.ts';
import { bytes, monthSentence, type Point, seriesSentence, sharePercent, thinned, valueIn } from '../../kit/lib/chart.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { SimulatedBadge } from '../../kit/ui/badge.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Bars, Lines } from '../../kit/ui/chart.tsx';
import { SelectField } from '../../kit/ui/field.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Time } from '../../kit/ui/time.tsx';

const DAYS = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '366', label: 'All there is' },
] as const;
const RANGES = [
  { value: '1', label: 'The last hour' },
  { value: '24', label: 'The last 24 hours' },
  { value: '168', label: 'The last 7 days' },
  { value: '720', label: 'The last 30 days' },
] as const;
const YOUNG_MS = 3 * 3_600_000;
const TABLE_ROWS = 48;
/** A processor that does next to nothing does not look busy. */
const CALM_PERCENT = 10;
const short = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const long = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const both = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** Why there is nothing to be read of it, or null. */
function nothingToRead(vps: VpsDetail): string | null {
  if (vps.status === 'terminated') return 'It is terminated; there is nothing to measure.';
  return !vps.has_server ? 'The provider has no server of it yet.' : null;
}

export function VpsGraphs({ vps }: { vps: VpsDetail }) {
  return (
    <div className="flex flex-col gap-5">
      <Transfer vps={vps} />
      <Use vps={vps} />
    </div>
  );
}

function Transfer({ vps }: { vps: VpsDetail }) {
  const [days, setDays] = useState('30');
  const cannot = featureProblem(vps, 'bandwidth') ?? nothingToRead(vps);
  const query = useQuery({ ...bandwidthQuery(vps.id), enabled: cannot === null });
  return (
    <Card title="Transfer" actions={query.data && <Choice label="Days of transfer" value={days} options={DAYS} onChange={setDays} />}>
      <Read cannot={cannot} what="the transfer" query={query}>
        {query.data && (
          <>
            <Month data={query.data} />
            <TransferBars data={query.data} days={Number(days)} />
            <Source simulated={query.data.simulated} at={query.data.fetched_at} />
          </>
        )}
      </Read>
    </Card>
  );
}

function Month({ data }: { data: Bandwidth }) {
  const { used_share: share } = data.month;
  return (
    <div className="mb-5">
      <p>{monthSentence(data)}</p>
      {share !== null && (
        <svg role="img" aria-label={`${sharePercent(share)} of the plan’s transfer`} width="100%" height={8} className="mt-2 block">
          <rect width="100%" height={8} rx={4} className="fill-raised" />
          <rect width={`${Math.min(100, share * 100)}%`} height={8} rx={4} className={share > 0.9 ? 'fill-bad' : 'fill-accent'} />
        </svg>
      )}
    </div>
  );
}

function TransferBars({ data, days }: { data: Bandwidth; days: number }) {
  const shown = data.days.slice(-days);
  if (shown.length === 0) return <p className="text-ink-2">The provider has counted nothing yet.</p>;
  const total = shown.reduce((sum, day) => sum + day.outgoing_bytes, 0);
  // A date of the provider's, which counts in UTC: no other time zone may move it.
  const label = (date: string): string => long.format(new Date(`${date}T12:00:00`));
  return (
    <Bars
      summary={`${bytes(total)} went out in ${shown.length === 1 ? 'one day' : `${shown.length} days`}.`}
      names={['Out', 'In']}
      format={bytes}
      groups={shown.map((day) => ({ label: label(day.date), values: [day.outgoing_bytes, day.incoming_bytes] }))}
      table={{
        head: ['Day', 'Out', 'In'],
        rows: shown.toReversed().map((day) => [day.date, bytes(day.outgoing_bytes), bytes(day.incoming_bytes)]),
      }}
    />
  );
}

function Use({ vps }: { vps: VpsDetail }) {
  // A day of a server that is an hour old would be a dot.
  const [hours, setHours] = useState(() => (Date.now() - Date.parse(vps.created_at) < YOUNG_MS ? '1' : '24'));
  const cannot = featureProblem(vps, 'metrics') ?? nothingToRead(vps);
  const query = useQuery({ ...metricsQuery(vps.id, Number(hours)), enabled: cannot === null });
  return (
    <Card
      title="Processor and network"
      actions={cannot === null && <Choice label="Time of the graphs" value={hours} options={RANGES} onChange={setHours} />}
    >
      <Read cannot={cannot} what="the graphs" query={query}>
        {query.data && (
          <div className="flex flex-col gap-6">
            <Processor data={query.data} />
            <Network data={query.data} />
            <Source simulated={query.data.simulated} at={query.data.fetched_at} />
          </div>
        )}
      </Read>
    </Card>
  );
}

const pointsOf = (data: Metrics, metric: Metrics['series'][number]['metric']): Point[] | null =>
  data.series.find((series) => series.metric === metric)?.points.map(({ at, value }) => ({ at: Date.parse(at), value })) ?? null;

function axisOf(data: Metrics) {
  const from = Date.parse(data.from);
  const to = Date.parse(data.to);
  const days = (to - from) / 86_400_000;
  const axis = days <= 1.5 ? short : days <= 4 ? both : long;
  return { from, to, formatTime: (at: number) => axis.format(at) };
}

function Processor({ data }: { data: Metrics }) {
  const points = pointsOf(data, 'cpu');
  if (points === null) return null;
  if (points.length === 0) return <p className="text-ink-2">{seriesSentence('Processor', 'percent', points)}</p>;
  const format = (value: number): string => valueIn('percent', value);
  const rows = thinned(points, TABLE_ROWS).toReversed();
  return (
    <Lines
      {...axisOf(data)}
      summary={seriesSentence('Processor', 'percent', points)}
      names={['Processor']}
      lines={[points]}
      format={format}
      atLeast={CALM_PERCENT}
      table={{ head: ['Time', 'Processor'], rows: rows.map(({ at, value }) => [both.format(at), format(value)]) }}
    />
  );
}

function Network({ data }: { data: Metrics }) {
  const out = pointsOf(data, 'network-out');
  const into = pointsOf(data, 'network-in');
  if (out === null && into === null) return null;
  const format = (value: number): string => valueIn('bytes_per_second', value);
  const [goes, comes] = [out ?? [], into ?? []];
  if (goes.length + comes.length === 0) return <p className="text-ink-2">{seriesSentence('Network', 'bytes_per_second', goes)}</p>;
  const incoming = new Map(thinned(comes, TABLE_ROWS).map(({ at, value }) => [at, value]));
  const cell = (value: number | undefined): string => (value === undefined ? '–' : format(value));
  return (
    <Lines
      {...axisOf(data)}
      summary={`${seriesSentence('Out', 'bytes_per_second', goes)} ${seriesSentence('In', 'bytes_per_second', comes)}`}
      names={['Out', 'In']}
      lines={[goes, comes]}
      format={format}
      table={{
        head: ['Time', 'Out', 'In'],
        rows: thinned(goes, TABLE_ROWS)
          .toReversed()
          .map(({ at, value }) => [both.format(at), format(value), cell(incoming.get(at))]),
      }}
    />
  );
}

interface ReadProps {
  cannot: string | null;
  what: string;
  query: { readonly data: unknown; readonly error: unknown; readonly refetch: () => unknown };
  children: ReactNode;
}

function Read({ cannot, what, query, children }: ReadProps) {
  if (cannot !== null) return <p className="text-ink-2">{cannot}</p>;
  return (
    <>
      {query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} /> : null}
      {!query.data && !query.error ? <Loading what={what} /> : null}
      {children}
    </>
  );
}

function Source({ simulated, at }: { simulated: boolean; at: string }) {
  return (
    <p className="mt-3 flex flex-wrap items-center gap-2 text-xs text-ink-2">
      <span>
        Read at the provider <Time at={at} />.
      </span>
      {simulated && <SimulatedBadge />}
    </p>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: readonly { readonly value: string; readonly label: string }[];
  onChange: (value: string) => void;
}

/** A choice in a card's heading; its label is for readers, as the options say it themselves. */
function Choice({ label, value, options, onChange }: ChoiceProps) {
  return <SelectField label={label} hideLabel value={value} options={options} onChange={(event) => onChange(event.target.value)} />;
}
