/** What a server uses: traffic against the month's share, processor and network over time, where they are measured. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Bandwidth, Metrics, VpsDetail } from '../../kit/api/client.ts';
import { bandwidthQuery, metricsQuery } from '../../kit/api/panel-queries.ts';
import { formatLocale } from '../../kit/i18n/language.ts';
import { bytes, type Point, sharePercent, thinned, valueIn } from '../../kit/lib/chart.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Bars, Lines } from '../../kit/ui/chart.tsx';
import { SelectField } from '../../kit/ui/field.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Banner } from '../parts/page.tsx';
import { panelWords } from '../words/panels.ts';
import { has } from './why.ts';

const DAYS = 30;
/** From here on a customer is warned. */
const NEARLY_USED = 0.8;
const TABLE_ROWS = 48;
/** A processor that does next to nothing does not look busy. */
const CALM_PERCENT = 10;
const YOUNG_MS = 3 * 3_600_000;
type Unit = Metrics['series'][number]['unit'];

export function Graphs({ vps }: { vps: VpsDetail }) {
  return (
    <div className="flex flex-col gap-5">
      {has(vps, 'bandwidth') && <Traffic vps={vps} />}
      {has(vps, 'metrics') && <Use vps={vps} />}
    </div>
  );
}

const axisOf = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => new Intl.DateTimeFormat(formatLocale(), options);

function Traffic({ vps }: { vps: VpsDetail }) {
  const t = panelWords.use();
  const query = useQuery({ ...bandwidthQuery(vps.id), enabled: vps.has_server });
  return (
    <Card title={t('traffic')}>
      {query.error && <ProblemNote error={query.error} retry={() => void query.refetch()} />}
      {!query.data && !query.error && <Loading what={t('theTraffic')} />}
      {query.data && (
        <>
          <Month month={query.data.month} />
          <Days days={query.data.days.slice(-DAYS)} />
        </>
      )}
    </Card>
  );
}

function Month({ month }: { month: Bandwidth['month'] }) {
  const t = panelWords.use();
  const { included_bytes: included, used_share: share, outgoing_bytes: out, incoming_bytes: into } = month;
  const left = bytes(Math.max(0, (included ?? 0) - out));
  return (
    <div className="mb-5 flex flex-col gap-2">
      {share !== null && share >= NEARLY_USED && <Banner tone="warn">{t('nearlyUsed', { share: sharePercent(share), left })}</Banner>}
      <p>
        {t('month', { out: bytes(out), into: bytes(into) })}{' '}
        {included === null ? t('unmetered') : t('ofIncluded', { used: bytes(out), included: bytes(included), left })}
      </p>
      {share !== null && (
        <svg role="img" aria-label={t('usedShare', { share: sharePercent(share) })} width="100%" height={8} className="block">
          <rect width="100%" height={8} rx={4} className="fill-raised" />
          <rect width={`${Math.min(100, share * 100)}%`} height={8} rx={4} className={share >= NEARLY_USED ? 'fill-bad' : 'fill-accent'} />
        </svg>
      )}
    </div>
  );
}

function Days({ days }: { days: Bandwidth['days'] }) {
  const t = panelWords.use();
  if (days.length === 0) return <p className="text-ink-2">{t('nothingCounted')}</p>;
  const long = axisOf({ day: 'numeric', month: 'short' });
  const total = days.reduce((sum, day) => sum + day.outgoing_bytes, 0);
  return (
    <Bars
      words={{ asTable: t('asTable'), numbers: t('numbers') }}
      summary={t('wentOut', { amount: bytes(total), days: days.length })}
      names={[t('out'), t('into')]}
      format={bytes}
      // A date of the provider's, which counts in UTC: no other time zone may move it.
      groups={days.map((day) => ({
        label: long.format(new Date(`${day.date}T12:00:00`)),
        values: [day.outgoing_bytes, day.incoming_bytes],
      }))}
      table={{
        head: [t('day'), t('out'), t('into')],
        rows: days.toReversed().map((day) => [day.date, bytes(day.outgoing_bytes), bytes(day.incoming_bytes)]),
      }}
    />
  );
}

function Use({ vps }: { vps: VpsDetail }) {
  const t = panelWords.use();
  // A day of a server that is an hour old would be a dot.
  const [hours, setHours] = useState(() => (Date.now() - Date.parse(vps.created_at) < YOUNG_MS ? '1' : '24'));
  const query = useQuery({ ...metricsQuery(vps.id, Number(hours)), enabled: vps.has_server });
  const spans = [
    { value: '1', label: t('lastHour') },
    { value: '24', label: t('lastDay') },
    { value: '168', label: t('lastWeek') },
    { value: '720', label: t('lastMonth') },
  ];
  return (
    <Card
      title={t('use')}
      actions={<SelectField label={t('span')} hideLabel value={hours} options={spans} onChange={(event) => setHours(event.target.value)} />}
    >
      {query.error && <ProblemNote error={query.error} retry={() => void query.refetch()} />}
      {!query.data && !query.error && <Loading what={t('theGraphs')} />}
      {query.data && (
        <div className="flex flex-col gap-6">
          <Series data={query.data} unit="percent" metrics={['cpu']} names={[t('processor')]} atLeast={CALM_PERCENT} />
          <Series data={query.data} unit="bytes_per_second" metrics={['network-out', 'network-in']} names={[t('out'), t('into')]} />
        </div>
      )}
    </Card>
  );
}

interface SeriesProps {
  data: Metrics;
  unit: Unit;
  metrics: readonly Metrics['series'][number]['metric'][];
  names: readonly string[];
  atLeast?: number;
}

function Series({ data, unit, metrics, names, atLeast }: SeriesProps) {
  const t = panelWords.use();
  const lines = metrics.map((metric) =>
    (data.series.find((each) => each.metric === metric)?.points ?? []).map(({ at, value }): Point => ({ at: Date.parse(at), value })),
  );
  const format = (value: number): string => valueIn(unit, value);
  const sentence = (name: string, points: readonly Point[]): string => {
    const values = points.map(({ value }) => value);
    const sum = values.reduce((all, value) => all + value, 0);
    return t('series', { name, mean: format(sum / values.length), most: format(Math.max(...values)), now: format(values.at(-1)!) });
  };
  const summary = names
    .map((name, index) => (lines[index]!.length === 0 ? t('nothingMeasured', { name }) : sentence(name, lines[index]!)))
    .join(' ');
  if (lines.every((points) => points.length === 0)) return <p className="text-ink-2">{summary}</p>;
  const [from, to] = [Date.parse(data.from), Date.parse(data.to)];
  const axis = to - from > 1.5 * 86_400_000 ? axisOf({ day: 'numeric', month: 'short' }) : axisOf({ hour: '2-digit', minute: '2-digit' });
  const both = axisOf({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  const columns = lines.map((points) => new Map(thinned(points, TABLE_ROWS).map(({ at, value }) => [at, value])));
  const times = [...columns[0]!.keys()].toReversed();
  return (
    <Lines
      words={{ asTable: t('asTable'), numbers: t('numbers') }}
      from={from}
      to={to}
      formatTime={(at) => axis.format(at)}
      summary={summary}
      names={names}
      lines={lines}
      format={format}
      {...(atLeast === undefined ? {} : { atLeast })}
      table={{
        head: [t('time'), ...names],
        rows: times.map((at) => [both.format(at), ...columns.map((column) => (column.has(at) ? format(column.get(at)!) : '–'))]),
      }}
    />
  );
}
