/** `plinth vps bandwidth` and `plinth vps metrics`. */
import type { Bandwidth, Metrics } from '../../contract/usage.ts';
import { type Command, command, VPS } from '../command.ts';
import { EXIT } from '../errors.ts';
import { findVps } from '../find.ts';
import { pairs, remark, show, table } from '../output.ts';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `1.5 GB`: powers of 1000, as providers count transfer. */
function bytes(count: number): string {
  const power = Math.min(UNITS.length - 1, count < 1 ? 0 : Math.floor(Math.log10(count) / 3));
  const value = count / 1000 ** power;
  return `${power === 0 ? Math.round(value) : value.toFixed(value < 10 ? 2 : 1)} ${UNITS[power]}`;
}

const bandwidth = command({
  path: ['vps', 'bandwidth'],
  summary: 'Show the transfer of a VPS by day, and of this month against the plan’s',
  positionals: [VPS],
  examples: ['vps bandwidth web-1', 'vps bandwidth web-1 --json'],
  run: async (context, [word = '']) => {
    const api = await context.api();
    const answer = await api.get<Bandwidth>(`/api/vps/${(await findVps(api, word)).id}/bandwidth`);
    show(context, answer, (colour) => bandwidthText(answer, colour));
    if (answer.simulated && !context.json) remark(context, 'Simulated: nothing of this was sent.');
    return EXIT.ok;
  },
});

function bandwidthText({ days, month }: Bandwidth, colour: boolean): string {
  const rows = days.map((day) => [day.date, bytes(day.incoming_bytes), bytes(day.outgoing_bytes)]);
  const share = month.used_share === null ? '' : `, ${(month.used_share * 100).toFixed(1)} % used`;
  const included = month.included_bytes === null ? 'not told' : `${bytes(month.included_bytes)}${share}`;
  return (
    (rows.length === 0 ? '' : table(['DAY', 'IN', 'OUT'], rows, colour)) +
    pairs(
      [
        ['since', month.from],
        ['in', bytes(month.incoming_bytes)],
        ['out', bytes(month.outgoing_bytes)],
        ['of the plan', included],
      ],
      colour,
    )
  );
}

const metrics = command({
  path: ['vps', 'metrics'],
  summary: 'Show processor and network use of a VPS over time, where the provider measures them',
  positionals: [VPS],
  options: {
    from: { type: 'string', value: 'TIME', help: 'such as 2026-01-31T12:00:00Z; default a day before the end' },
    to: { type: 'string', value: 'TIME', help: 'default now' },
  },
  examples: ['vps metrics web-1', 'vps metrics web-1 --json'],
  run: async (context, [word = ''], { from, to }) => {
    const api = await context.api();
    const answer = await api.get<Metrics>(`/api/vps/${(await findVps(api, word)).id}/metrics`, { from, to });
    show(context, answer, (colour) => metricsText(answer, colour));
    if (answer.simulated && !context.json) remark(context, 'Simulated: nothing of this was measured.');
    return EXIT.ok;
  },
});

function metricsText({ from, to, series }: Metrics, colour: boolean): string {
  const rows = series.map(({ metric, unit, points }) => {
    const values = points.map(({ value }) => value);
    const text = (value: number | undefined): string =>
      value === undefined ? '-' : unit === 'percent' ? `${value.toFixed(1)} %` : `${bytes(value)}/s`;
    const mean = values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
    const ends = values.length === 0 ? [undefined, undefined] : [Math.min(...values), Math.max(...values)];
    return [metric, text(values.at(-1)), text(ends[0]), text(mean), text(ends[1]), String(values.length)];
  });
  return `${table(['WHAT', 'LAST', 'LEAST', 'MEAN', 'MOST', 'SAMPLES'], rows, colour)}From ${from} to ${to}. --json gives every sample.\n`;
}

export const usageCommands: readonly Command[] = [bandwidth, metrics];
