/** What people read: aligned tables, key-value lists, colour where a terminal wants it. */
import type { Context } from './command.ts';
import type { Io } from './io.ts';

export type Tone = 'good' | 'bad' | 'warn' | 'dim' | 'bold';
const CODES: Readonly<Record<Tone, string>> = { good: '32', bad: '31', warn: '33', dim: '2', bold: '1' };

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}
export type Row = readonly (string | Cell)[];

/** Colour only on a terminal, and never with NO_COLOR or TERM=dumb. */
export function wantsColour(env: Io['env'], isTty: boolean): boolean {
  return isTty && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}

export function paint(text: string, tone: Tone | undefined, colour: boolean): string {
  return colour && tone !== undefined && text !== '' ? `\u001b[${CODES[tone]}m${text}\u001b[0m` : text;
}

/** Text from elsewhere without control characters: a label must not move the cursor. */
export function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}

/** Columns aligned to their widest cell, two spaces apart; the last is not padded. */
export function table(head: readonly string[], rows: readonly Row[], colour: boolean): string {
  const cells = rows.map((row) =>
    row.map((cell) => (typeof cell === 'string' ? { text: plain(cell) } : { ...cell, text: plain(cell.text) })),
  );
  const all: Cell[][] = [head.map((text) => ({ text, tone: 'bold' as const })), ...cells];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.text.length ?? 0)));
  const line = (row: readonly Cell[]): string =>
    row
      .map(
        ({ text, tone }, column) =>
          paint(text, tone, colour) + (column === head.length - 1 ? '' : ' '.repeat(widths[column]! - text.length + 2)),
      )
      .join('')
      .trimEnd();
  return `${all.map(line).join('\n')}\n`;
}

export function pairs(rows: readonly (readonly [string, string | Cell | null])[], colour: boolean): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => {
    const cell = value === null ? { text: '-' } : typeof value === 'string' ? { text: value } : value;
    return `${paint(name.padEnd(width), 'dim', colour)}  ${paint(plain(cell.text), cell.tone, colour)}`;
  });
  return `${lines.join('\n')}\n`;
}

const GOOD: ReadonlySet<string> = new Set(['active', 'succeeded', 'finished', 'ok', 'available']);
const BAD: ReadonlySet<string> = new Set(['error', 'leaked', 'failed', 'refused', 'stalled', 'fail', 'revoked', 'expired']);
const WARN: ReadonlySet<string> = new Set([
  'provisioning',
  'suspended',
  'terminating',
  'destroying',
  'ending',
  'queued',
  'waiting_for_person',
  'waiting',
  'ordered',
  'running',
  'paused',
  'unreachable',
  'unchecked',
  'warn',
  'sold out',
]);

export function status(text: string): Cell {
  if (GOOD.has(text)) return { text, tone: 'good' };
  if (BAD.has(text)) return { text, tone: 'bad' };
  return WARN.has(text) ? { text, tone: 'warn' } : { text, tone: 'dim' };
}

/** `4 s`, `3 min`, `5 h`, `12 d`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}

export function ago(at: string | null, now = Date.now()): string {
  return at === null ? '-' : `${duration(now - Date.parse(at))} ago`;
}

/** The answer as JSON with `--json`, else the text made for people. */
export function show(context: Context, answer: unknown, forPeople: (colour: boolean) => string): void {
  const { io, json } = context;
  io.out(json ? `${JSON.stringify(answer, null, 2)}\n` : forPeople(wantsColour(io.env, io.outIsTty)));
}

/** A remark beside the answer; never in the way of a script. */
export function remark(context: Context, text: string): void {
  context.io.err(`${text}\n`);
}

/** How to get the next page, where there is one. */
export function remarkMore(context: Context, next: string | null): void {
  if (next !== null && !context.json) remark(context, `There are more: --cursor ${next}`);
}
