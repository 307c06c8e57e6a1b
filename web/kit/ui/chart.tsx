/** Two plain graphs, drawn by ourselves: bars per day and lines over time, each with its numbers in a table below. */
import { type PointerEvent, type ReactNode, useState } from 'react';
import { nearest, type Point, runs, ticks, timeTicks } from '../lib/chart.ts';
import { cn } from '../lib/cn.ts';
import { useWidth } from '../lib/use-width.ts';
import { Table } from './table.tsx';

const HEIGHT = 180;
const LEFT = 64;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 22;
const TICK_WIDTH = 90;
const STROKES = ['stroke-accent', 'stroke-busy'] as const;
const FILLS = ['fill-accent', 'fill-busy'] as const;
const SWATCHES = ['bg-accent', 'bg-busy'] as const;

interface ChartProps {
  /** What it shows and its main numbers, for who does not see it; also stands above it. */
  summary: string;
  names: readonly string[];
  /** A value as people read it. */
  format: (value: number) => string;
  /** Of what there are no parts: the scale has whole values only. */
  whole?: boolean;
  table: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
  /** Of the table; English where none are given. */
  words?: { readonly asTable: string; readonly numbers: string };
}

const WORDS = { asTable: 'As a table', numbers: 'The numbers of the graph' };

function Figure({
  summary,
  names,
  table,
  words = WORDS,
  now,
  children,
}: Omit<ChartProps, 'format' | 'whole'> & { now: string | null; children: ReactNode }) {
  return (
    <figure className="flex flex-col gap-2">
      <figcaption className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <span>{summary}</span>
        {names.length > 1 &&
          names.map((name, index) => (
            <span key={name} className="inline-flex items-center gap-1.5 text-xs text-ink-2">
              <span aria-hidden="true" className={cn('size-2.5 rounded-xs', SWATCHES[index])} />
              {name}
            </span>
          ))}
      </figcaption>
      {children}
      <p aria-hidden="true" className="min-h-4 text-right text-xs text-ink-2">
        {now}
      </p>
      <details className="text-xs">
        <summary className="w-fit text-ink-2 hover:text-ink">{words.asTable}</summary>
        <Table label={words.numbers} head={table.head} boxClass="mt-2 max-h-64 overflow-auto">
          {table.rows.map((row) => (
            <tr key={row[0]}>
              {row.map((cell, index) => (
                <td key={table.head[index]} className="py-1 pr-4 whitespace-nowrap">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </Table>
      </details>
    </figure>
  );
}

/** Horizontal lines with their values. */
function Scale({
  values,
  format,
  y,
  width,
}: {
  values: readonly number[];
  format: (value: number) => string;
  y: (v: number) => number;
  width: number;
}) {
  return values.map((value) => (
    <g key={value}>
      <line x1={LEFT} x2={width - RIGHT} y1={y(value)} y2={y(value)} className="stroke-line" />
      <text x={LEFT - 8} y={y(value) + 4} textAnchor="end" className="fill-ink-2 text-[11px]">
        {format(value)}
      </text>
    </g>
  ));
}

interface BarsProps extends ChartProps {
  /** One group of bars each, in order; `label` below the axis. */
  groups: readonly { readonly label: string; readonly values: readonly number[] }[];
}

export function Bars({ groups, format, whole, ...rest }: BarsProps) {
  const { box, width } = useWidth();
  const [at, setAt] = useState<number | null>(null);
  const scale = ticks(Math.max(0, ...groups.flatMap(({ values }) => values)), whole);
  const top = scale.at(-1)!;
  const y = (value: number): number => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM);
  const slot = (width - LEFT - RIGHT) / Math.max(1, groups.length);
  const each = Math.max(1, Math.min(16, (slot * 0.7) / Math.max(1, rest.names.length)));
  const every = Math.max(1, Math.ceil((groups.length * TICK_WIDTH) / Math.max(1, width - LEFT)));
  const shown = at === null ? null : groups[at];
  const now = shown ? `${shown.label}: ${shown.values.map((value, n) => `${rest.names[n]} ${format(value)}`).join(', ')}` : null;
  return (
    <Figure {...rest} now={now}>
      <div ref={box} onPointerLeave={() => setAt(null)}>
        {width > 0 && (
          <svg role="img" aria-label={rest.summary} width={width} height={HEIGHT} className="block">
            <Scale values={scale} format={format} y={y} width={width} />
            {groups.map(({ label, values }, index) => {
              const left = LEFT + index * slot;
              const start = left + (slot - each * values.length) / 2;
              return (
                <g key={label} onPointerEnter={() => setAt(index)}>
                  <rect
                    x={left}
                    y={TOP}
                    width={slot}
                    height={HEIGHT - TOP - BOTTOM}
                    className={index === at ? 'fill-raised' : 'fill-transparent'}
                  />
                  {values.map((value, n) => (
                    <rect
                      key={rest.names[n]}
                      x={start + n * each}
                      y={y(value)}
                      width={Math.max(1, each - 1)}
                      height={Math.max(0, HEIGHT - BOTTOM - y(value))}
                      className={FILLS[n]}
                    />
                  ))}
                  {index % every === 0 && (
                    <text x={left + slot / 2} y={HEIGHT - 6} textAnchor="middle" className="fill-ink-2 text-[11px]">
                      {label}
                    </text>
                  )}
                </g>
              );
            })}
          </svg>
        )}
      </div>
    </Figure>
  );
}

interface LinesProps extends ChartProps {
  from: number;
  to: number;
  lines: readonly (readonly Point[])[];
  formatTime: (at: number) => string;
  /** The scale reaches at least this. */
  atLeast?: number;
}

export function Lines({ from, to, lines, format, formatTime, atLeast = 0, whole, ...rest }: LinesProps) {
  const { box, width } = useWidth();
  const [at, setAt] = useState<number | null>(null);
  const scale = ticks(
    lines.flat().reduce((most, { value }) => Math.max(most, value), atLeast),
    whole,
  );
  const top = scale.at(-1)!;
  const plot = Math.max(1, width - LEFT - RIGHT);
  const x = (time: number): number => LEFT + ((time - from) / (to - from)) * plot;
  const y = (value: number): number => HEIGHT - BOTTOM - (Math.max(0, value) / top) * (HEIGHT - TOP - BOTTOM);
  const path = (points: readonly Point[]): string =>
    points.map((point, n) => `${n === 0 ? 'M' : 'L'}${x(point.at).toFixed(1)} ${y(point.value).toFixed(1)}`).join('');
  const follow = (event: PointerEvent<SVGSVGElement>): void =>
    setAt(from + ((event.clientX - event.currentTarget.getBoundingClientRect().left - LEFT) / plot) * (to - from));
  const found = at === null ? [] : lines.map((points) => nearest(points, at));
  const place = found.find((point) => point !== null) ?? null;
  const told = found.flatMap((point, n) => (point ? [`${rest.names[n]} ${format(point.value)}`] : []));
  return (
    <Figure {...rest} now={place && `${formatTime(place.at)}: ${told.join(', ')}`}>
      <div ref={box}>
        {width > 0 && (
          <svg
            role="img"
            aria-label={rest.summary}
            width={width}
            height={HEIGHT}
            className="block touch-pan-y"
            onPointerMove={follow}
            onPointerLeave={() => setAt(null)}
          >
            <Scale values={scale} format={format} y={y} width={width} />
            {timeTicks(from, to, Math.max(3, Math.floor(plot / TICK_WIDTH))).map((time) => (
              <text key={time} x={x(time)} y={HEIGHT - 6} textAnchor="middle" className="fill-ink-2 text-[11px]">
                {formatTime(time)}
              </text>
            ))}
            {place && <line x1={x(place.at)} x2={x(place.at)} y1={TOP} y2={HEIGHT - BOTTOM} className="stroke-line-strong" />}
            {lines.map((points, n) =>
              runs(points).map((run) =>
                run.length === 1 ? (
                  <circle key={`${n} ${run[0]!.at}`} cx={x(run[0]!.at)} cy={y(run[0]!.value)} r={1.5} className={FILLS[n]} />
                ) : (
                  <path
                    key={`${n} ${run[0]!.at}`}
                    d={path(run)}
                    fill="none"
                    strokeWidth={1.5}
                    strokeLinejoin="round"
                    className={STROKES[n]}
                  />
                ),
              ),
            )}
          </svg>
        )}
      </div>
    </Figure>
  );
}
