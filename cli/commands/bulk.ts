/** `plinth bulk …`: one action over many VPSes. */
import { setTimeout as delay } from 'node:timers/promises';
import { BULK_ITEM_STATUSES, BULK_STATUSES, type BulkItem, type BulkPreview, type BulkRun } from '../../contract/bulk.ts';
import type { Api } from '../api.ts';
import {
  type Command,
  command,
  type Context,
  MUTATION_OPTIONS,
  type OptionSpecs,
  PAGE_OPTIONS,
  type Positional,
  YES_OPTION,
} from '../command.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import { confirm } from '../find.ts';
import { ago, duration, pairs, plain, remark, remarkMore, show, status, table } from '../output.ts';
import { ACTION, PACE_OPTIONS, paceOf, WHAT_OPTIONS, whatOf } from './bulk-options.ts';

type Answer = { run: BulkRun };
const RUN: Positional = { name: 'run', help: 'its id' };
const WATCH_MS = 1_000;
const WATCH = {
  watch: { type: 'boolean', short: 'w', help: 'follow it until it has ended or paused; the exit code tells which' },
} as const satisfies OptionSpecs;
const path = (id: string): string => `/api/bulk/${encodeURIComponent(id)}`;

const preview = command({
  path: ['bulk', 'preview'],
  summary: 'Show whom a bulk run would touch, who is refused and why, and what it costs',
  positionals: [ACTION],
  options: WHAT_OPTIONS,
  examples: ['bulk preview reboot --region fra1', 'bulk preview resize --plan s-2vcpu-2gb --search shop-'],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const answer = await api.change<BulkPreview>('POST', '/api/bulk/preview', { body: await whatOf(context, api, word, options) });
    show(context, answer, (colour) => previewText(answer, colour));
    return EXIT.ok;
  },
});

function previewText(answer: BulkPreview, colour: boolean): string {
  const facts = pairs(
    [
      ['matched', String(answer.matched)],
      ['ready', answer.busy === 0 ? String(answer.ready) : `${answer.ready}, of which ${answer.busy} are busy and waited for`],
      ['refused', { text: String(answer.refused), ...(answer.refused > 0 ? { tone: 'warn' as const } : {}) }],
      ...answer.price.map(({ currency, difference, before, after }): [string, string] => [
        'price',
        `${difference} ${currency} a month (${before} now, ${after} then)`,
      ]),
      ...(answer.price_unknown > 0 ? [['price', `not known for ${answer.price_unknown}`] as [string, string]] : []),
      ...(answer.data_loss ? [['data', { text: 'is lost', tone: 'warn' }] as [string, { text: string; tone: 'warn' }]] : []),
      ['approval', answer.approval],
    ],
    colour,
  );
  const rows = answer.refusals.map(({ label, vps_id: id, code, reason }) => [id, label, code, reason]);
  return rows.length === 0 ? facts : `${facts}\n${table(['ID', 'LABEL', 'REFUSED', 'WHY'], rows, colour)}`;
}

const start = command({
  path: ['bulk', 'start'],
  summary: 'Do one action to many VPSes, first to a few, then at a chosen pace',
  details:
    'Shows the dry run first and does exactly that: when the selection changes in between, nothing is done. What loses data asks, or needs --yes.',
  positionals: [ACTION],
  options: {
    ...WHAT_OPTIONS,
    ...PACE_OPTIONS,
    note: { type: 'string', value: 'TEXT', help: 'what this run is for' },
    approval: { type: 'string', value: 'ID', help: 'of an earlier preview: do exactly what it showed, or nothing' },
    ...YES_OPTION,
    ...WATCH,
    ...MUTATION_OPTIONS,
  },
  examples: [
    'bulk start reboot --region fra1 --canary 2 --soak 60 --parallel 10 --watch',
    'bulk start resize --plan s-2vcpu-2gb --search shop- --max-failures 10%',
    'bulk start destroy --status error --grace-hours 24 --yes',
  ],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const what = await whatOf(context, api, word, options);
    const dry = await api.change<BulkPreview>('POST', '/api/bulk/preview', { body: what });
    if (!context.json) context.io.err(`${word}: ${dry.ready} of ${dry.matched}${dry.refused > 0 ? `, ${dry.refused} are refused` : ''}.\n`);
    if (dry.data_loss) await confirm(context, options.yes, `${word} ${dry.ready}`, `the data of ${dry.ready} VPSes will be lost`);
    const key = options['idempotency-key'];
    // A call that is repeated with its key is the same call, though the world may have moved since.
    const fresh = key === undefined || dry.approval_required ? dry.approval : undefined;
    const approval = options.approval ?? fresh;
    const body = {
      ...what,
      ...(options.note === undefined ? {} : { note: options.note }),
      pace: paceOf(options),
      ...(approval === undefined ? {} : { approval }),
    };
    const answer = await api.change<Answer>('POST', '/api/bulk', { body, idempotencyKey: key });
    return await started(context, api, answer, options.watch);
  },
});

async function started(context: Context, api: Api, answer: Answer, watch: boolean | undefined): Promise<ExitCode> {
  if (watch) return await follow(context, api, answer.run.id);
  show(context, answer, () => `${line(answer.run)}\n`);
  if (!context.json) remark(context, `Follow it with: plinth bulk show ${answer.run.id} --watch`);
  return EXIT.ok;
}

/** A line whenever something changed, until it has ended or waits for a person. */
async function follow(context: Context, api: Api, id: string): Promise<ExitCode> {
  let last = '';
  for (;;) {
    const { run } = await api.get<Answer>(path(id));
    const text = context.json ? JSON.stringify(run) : line(run);
    if (text !== last) context.io.out(`${text}\n`);
    last = text;
    const still = run.status === 'running' || (run.status !== 'finished' && run.counts.ordered > 0);
    if (!still) {
      const done = run.status === 'finished' && run.counts.failed === 0;
      if (!done && !context.json) remark(context, endOf(run));
      return done ? EXIT.ok : EXIT.failed;
    }
    await delay(WATCH_MS, undefined, { signal: api.signal });
  }
}

function endOf(run: BulkRun): string {
  if (run.status === 'paused') return `It is paused: ${plain(run.reason ?? '')} Go on with: plinth bulk resume ${run.id}`;
  if (run.status === 'cancelled') return `It was cancelled: ${plain(run.reason ?? '')}`;
  return `${run.counts.failed} failed. See: plinth bulk items ${run.id} --status failed; again with: plinth bulk retry ${run.id}`;
}

function line({ id, action, status: now, counts, waiting, reason }: BulkRun): string {
  const parts = BULK_ITEM_STATUSES.filter((each) => counts[each] > 0).map((each) => `${counts[each]} ${each}`);
  const why = waiting ?? reason;
  return `${action.action} ${id}: ${now}, ${parts.join(', ')}${why === null ? '' : `. ${plain(why)}`}`;
}

const list = command({
  path: ['bulk', 'list'],
  summary: 'List bulk runs, newest first',
  options: { status: { type: 'string', value: 'STATUS', choices: BULK_STATUSES, help: 'only these' }, ...PAGE_OPTIONS },
  examples: ['bulk list', 'bulk list --status paused'],
  run: async (context, _args, { status: wanted, limit, cursor }) => {
    const api = await context.api();
    const page = await api.get<{ runs: BulkRun[]; next: string | null }>('/api/bulk', { status: wanted, limit, cursor });
    const rows = page.runs.map((run) => [
      run.id,
      run.action.action,
      status(run.status),
      `${run.counts.succeeded}/${run.counts.total}`,
      String(run.counts.failed),
      run.started_by,
      ago(run.created_at),
      run.note ?? '-',
    ]);
    show(context, page, (colour) => table(['ID', 'ACTION', 'STATUS', 'DONE', 'FAILED', 'BY', 'STARTED', 'NOTE'], rows, colour));
    remarkMore(context, page.next);
    return EXIT.ok;
  },
});

const one = command({
  path: ['bulk', 'show'],
  summary: 'Show one bulk run',
  positionals: [RUN],
  options: WATCH,
  examples: ['bulk show 01976f6c-6c2f-7b1e-9d55-0a6b1c2d3e4f', 'bulk show 01976f6c-6c2f-7b1e-9d55-0a6b1c2d3e4f --watch'],
  run: async (context, [id = ''], { watch }) => {
    const api = await context.api();
    if (watch) return await follow(context, api, id);
    const answer = await api.get<Answer>(path(id));
    show(context, answer, (colour) => runText(answer.run, colour));
    return EXIT.ok;
  },
});

function runText(run: BulkRun, colour: boolean): string {
  const { pace } = run;
  const first =
    pace.canary &&
    `${pace.canary.count}${pace.canary.at_once ? ' at once' : ''}, soak ${duration(pace.canary.soak_seconds * 1000)}: ${run.canary}`;
  return pairs(
    [
      ['id', run.id],
      ['action', JSON.stringify(run.action)],
      ['note', run.note],
      ['status', status(run.status)],
      ['reason', run.reason],
      ['waiting', run.waiting],
      ...BULK_ITEM_STATUSES.map((each): [string, string] => [each, String(run.counts[each])]),
      ['canary', first],
      ['parallel', String(pace.max_parallel)],
      ['per minute', pace.max_per_minute === null ? null : String(pace.max_per_minute)],
      ['max failures', String(pace.max_failures)],
      ['started', `${run.created_at} (${ago(run.created_at)}) by ${plain(run.started_by)}`],
      ['finished', run.finished_at],
    ],
    colour,
  );
}

const items = command({
  path: ['bulk', 'items'],
  summary: 'List what became of each VPS of a bulk run',
  positionals: [RUN],
  options: { status: { type: 'string', value: 'STATUS', choices: BULK_ITEM_STATUSES, help: 'only these' }, ...PAGE_OPTIONS },
  examples: ['bulk items 01976f6c-6c2f-7b1e-9d55-0a6b1c2d3e4f --status failed'],
  run: async (context, [id = ''], { status: wanted, limit, cursor }) => {
    const api = await context.api();
    const page = await api.get<{ items: BulkItem[]; next: string | null }>(`${path(id)}/items`, { status: wanted, limit, cursor });
    const rows = page.items.map((item) => [
      item.vps_id,
      item.label,
      status(item.status),
      String(item.attempts),
      item.operation_id ?? '-',
      item.fault?.message ?? item.waiting ?? '-',
    ]);
    show(context, page, (colour) => table(['VPS', 'LABEL', 'STATUS', 'TRIES', 'OPERATION', 'WHY'], rows, colour));
    remarkMore(context, page.next);
    return EXIT.ok;
  },
});

function steer(word: 'pause' | 'resume' | 'cancel', summary: string): Command {
  const own: OptionSpecs = word === 'resume' ? WATCH : { reason: { type: 'string', value: 'TEXT', help: 'why; kept with it' } };
  return command({
    path: ['bulk', word],
    summary,
    positionals: [RUN],
    options: { ...own, ...MUTATION_OPTIONS },
    examples: [`bulk ${word} 01976f6c-6c2f-7b1e-9d55-0a6b1c2d3e4f`],
    run: async (context, [id = ''], given) => {
      const options = given as { reason?: string; watch?: boolean; 'idempotency-key'?: string };
      const api = await context.api();
      const body = options.reason === undefined ? {} : { reason: options.reason };
      const answer = await api.change<Answer>('POST', `${path(id)}/${word}`, { body, idempotencyKey: options['idempotency-key'] });
      if (word === 'resume') return await started(context, api, answer, options.watch);
      show(context, answer, () => `${line(answer.run)}\n`);
      return EXIT.ok;
    },
  });
}

const retry = command({
  path: ['bulk', 'retry'],
  summary: 'Order again what failed in a bulk run, and go on',
  positionals: [RUN],
  options: { refused: { type: 'boolean', help: 'also those that were refused' }, ...WATCH, ...MUTATION_OPTIONS },
  examples: ['bulk retry 01976f6c-6c2f-7b1e-9d55-0a6b1c2d3e4f --watch'],
  run: async (context, [id = ''], { refused, watch, 'idempotency-key': idempotencyKey }) => {
    const api = await context.api();
    const body = { include_refused: refused === true };
    return await started(context, api, await api.change<Answer>('POST', `${path(id)}/retry-failed`, { body, idempotencyKey }), watch);
  },
});

export const bulkCommands: readonly Command[] = [
  preview,
  start,
  list,
  one,
  items,
  steer('pause', 'Order nothing more in a bulk run until it is resumed'),
  steer('resume', 'Go on with a paused bulk run'),
  steer('cancel', 'Skip what a bulk run has not ordered yet'),
  retry,
];
