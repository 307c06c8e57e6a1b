/** `plinth queue …`: what waits and runs, and what stands still until a person decides. `plinth events`: every change, live. */
import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import type { Change } from '../../contract/changes.ts';
import { Topic } from '../../contract/events.ts';
import {
  DEAD_LETTER_SOURCES,
  type DeadLetter,
  type DeadLetterAnswer,
  type DeadLetterList,
  type DeadLetterRetried,
  type DeadLettersRetried,
  type GivenUpEvents,
  type QueueState,
} from '../../contract/jobs.ts';
import { problemError } from '../api.ts';
import { type Command, command, type Context, MUTATION_OPTIONS } from '../command.ts';
import { EXIT, usage } from '../errors.ts';
import { ago, pairs, plain, remark, show, status, table } from '../output.ts';
import { numberOf } from '../parse.ts';
import { messages } from '../stream.ts';

const RECONNECT_MS = 1_000;
const path = (id: string, verb: string): string => `/api/admin/dead-letters/${encodeURIComponent(id)}/${verb}`;

const showQueue = command({
  path: ['queue', 'show'],
  summary: 'Show what waits, runs and is tried again later',
  details: 'Exit code 1 when something stands still and waits for a person. See: plinth queue letters',
  examples: ['queue show', 'queue show --json'],
  run: async (context) => {
    const queue = await (await context.api()).get<QueueState>('/api/admin/jobs');
    show(context, queue, (colour) => {
      const facts = pairs(
        [
          ['waiting', String(queue.waiting)],
          ['active', String(queue.active)],
          ['scheduled', `${queue.scheduled}${queue.next_retry_at === null ? '' : `, the next at ${queue.next_retry_at}`}`],
          ['oldest', ago(queue.oldest_at)],
          ['dead letters', { text: String(queue.dead_letters), tone: queue.dead_letters === 0 ? 'good' : 'bad' }],
        ],
        colour,
      );
      const row = (name: string, each: { waiting: number; active: number; scheduled: number; oldest_at: string | null }) => [
        name,
        String(each.waiting),
        String(each.active),
        String(each.scheduled),
        ago(each.oldest_at),
      ];
      const rows = [...queue.kinds.map((each) => row(each.kind, each)), ...queue.queues.map((each) => row(`queue ${each.name}`, each))];
      return `${facts}\n${table(['KIND', 'WAITING', 'ACTIVE', 'SCHEDULED', 'OLDEST'], rows, colour)}`;
    });
    return queue.dead_letters === 0 ? EXIT.ok : EXIT.failed;
  },
});

const letters = command({
  path: ['queue', 'letters'],
  summary: 'List what stands still and waits for a person, with what to do about it',
  details: 'operation: stalled. sweep: its last run failed. job: a wake-up that no worker could take.',
  options: {
    source: { type: 'string', value: 'SOURCE', choices: DEAD_LETTER_SOURCES, help: 'only these' },
    fault: { type: 'string', value: 'FAULT', help: 'only this class of fault' },
    dismissed: { type: 'boolean', help: 'also those that were dismissed' },
  },
  examples: ['queue letters', 'queue letters --fault timeout'],
  run: async (context, _args, { source, fault, dismissed }) => {
    const query = { source, fault, dismissed };
    const answer = await (await context.api()).get<z.infer<typeof DeadLetterList>>('/api/admin/dead-letters', query);
    show(context, answer, (colour) => table(['ID', 'WHAT', 'VPS', 'FAULT', 'SINCE', 'MESSAGE'], answer.letters.map(letterRow), colour));
    if (context.json) return EXIT.ok;
    if (answer.letters.length === 0) remark(context, 'Nothing waits for a person.');
    for (const remedy of new Set(answer.letters.filter((each) => each.dismissed === null).map((each) => `${each.fault}: ${each.remedy}`)))
      remark(context, remedy);
    return EXIT.ok;
  },
});

function letterRow(letter: DeadLetter) {
  const note = letter.dismissed === null ? letter.message : `dismissed by ${letter.dismissed.by}: ${letter.dismissed.reason}`;
  return [letter.id, letter.what, plain(letter.vps_label ?? '-'), status(letter.fault), ago(letter.happened_at), plain(note)];
}

const retry = command({
  path: ['queue', 'retry'],
  summary: 'Run one dead letter again, or all of one class of fault',
  positionals: [{ name: 'letter', help: 'its id; leave it out with --fault', optional: true }],
  options: {
    fault: { type: 'string', value: 'FAULT', help: 'all of this class' },
    limit: { type: 'string', value: 'N', help: 'with --fault: at most so many, 1 to 500; default 100' },
    ...MUTATION_OPTIONS,
  },
  examples: ['queue retry operation:01976f6c-6c2f-7b1e-9d55-0a6b1c2d3e4f', 'queue retry --fault engine_crashed'],
  run: async (context, [id = ''], { fault, limit, 'idempotency-key': idempotencyKey }) => {
    if ((id === '') === (fault === undefined))
      throw usage('plinth queue retry: name one letter, or a class with --fault. See: plinth queue letters');
    return id === '' ? await retryMany(context, { fault, limit }, idempotencyKey) : await retryOne(context, id, idempotencyKey);
  },
});

async function retryOne(context: Context, id: string, idempotencyKey: string | undefined): Promise<number> {
  const answer = await (
    await context.api()
  ).change<z.infer<typeof DeadLetterRetried>>('POST', path(id, 'retry'), { body: {}, idempotencyKey });
  show(context, answer, () => `${answer.letter.what} runs again.\n`);
  if (answer.operation !== null && !context.json) remark(context, `Follow it with: plinth operation watch ${answer.operation.id}`);
  return EXIT.ok;
}

async function retryMany(
  context: Context,
  { fault, limit }: { fault: string | undefined; limit: string | undefined },
  idempotencyKey: string | undefined,
): Promise<number> {
  const body = { fault, ...(limit === undefined ? {} : { limit: numberOf('queue retry', 'limit', limit) }) };
  const answer = await (
    await context.api()
  ).change<z.infer<typeof DeadLettersRetried>>('POST', '/api/admin/dead-letters/retry', { body, idempotencyKey });
  show(context, answer, () => `${answer.retried.length} run again, ${answer.refused.length} refused.\n`);
  if (!context.json) for (const refused of answer.refused) remark(context, `${refused.id}: ${refused.detail}`);
  return answer.refused.length === 0 ? EXIT.ok : EXIT.failed;
}

const dismiss = command({
  path: ['queue', 'dismiss'],
  summary: 'Take a dead letter off the list until it happens again',
  positionals: [{ name: 'letter', help: 'its id' }],
  options: { reason: { type: 'string', value: 'TEXT', help: 'why; kept in the audit trail' }, ...MUTATION_OPTIONS },
  examples: ['queue dismiss sweep:drift --reason "known outage at the provider"'],
  run: async (context, [id = ''], { reason, 'idempotency-key': idempotencyKey }) => {
    if (reason === undefined) throw usage('plinth queue dismiss: --reason is missing. Say why in a few words.');
    const api = await context.api();
    const answer = await api.change<z.infer<typeof DeadLetterAnswer>>('POST', path(id, 'dismiss'), { body: { reason }, idempotencyKey });
    show(context, answer, () => `${answer.letter.what} is dismissed until it happens again.\n`);
    return EXIT.ok;
  },
});

const givenUp = command({
  path: ['queue', 'events'],
  summary: 'List events that could not be handled (a mail or a webhook was not made of them)',
  examples: ['queue events'],
  run: async (context) => {
    const answer = await (await context.api()).get<z.infer<typeof GivenUpEvents>>('/api/admin/given-up-events');
    const rows = answer.events.map((each) => [
      `${each.processor}/${each.position}`,
      each.kind,
      each.subject,
      plain(each.error ?? ''),
      ago(each.at),
    ]);
    show(context, answer, (colour) => table(['EVENT', 'KIND', 'SUBJECT', 'ERROR', 'HAPPENED'], rows, colour));
    return answer.events.length === 0 ? EXIT.ok : EXIT.failed;
  },
});

const decided = (path: string, verb: 'retry' | 'drop', summary: string): Command =>
  command({
    path: ['queue', path],
    summary,
    positionals: [{ name: 'event', help: 'as `queue events` names it' }],
    options: MUTATION_OPTIONS,
    examples: [`queue ${path} webhooks/1234`],
    run: async (context, [event = ''], { 'idempotency-key': idempotencyKey }) => {
      const api = await context.api();
      const where = event.split('/').map(encodeURIComponent).join('/');
      const answer = await api.change<object>('POST', `/api/admin/given-up-events/${where}/${verb}`, { idempotencyKey });
      show(context, answer, () => (verb === 'retry' ? `${event} is handled again.\n` : `${event} is left unhandled.\n`));
      return EXIT.ok;
    },
  });

const events = command({
  path: ['events'],
  summary: 'Follow everything that happens, until Ctrl-C',
  details: 'Survives lost connections. --after goes on where an earlier run ended; with --json: one change per line, with its id.',
  options: {
    after: { type: 'string', value: 'ID', help: 'only what came after this change' },
    topics: { type: 'string', value: 'LIST', help: `of ${Topic.options.join(', ')}; vps,operation where left out` },
  },
  examples: ['events', 'events --topics drift,alert,sweep', 'events --json'],
  run: async (context, _args, { after, topics = 'vps,operation' }) => {
    const api = await context.api();
    let last = after;
    while (!api.signal.aborted) {
      const silent = new AbortController();
      try {
        const headers = { accept: 'text/event-stream', ...(last === undefined ? {} : { 'last-event-id': last }) };
        const response = await api.open('GET', `/api/events?topics=${encodeURIComponent(topics)}`, {
          headers,
          signal: AbortSignal.any([api.signal, silent.signal]),
        });
        if (!response.ok && response.status < 500) throw problemError(response.status, await response.text(), api.connection);
        if (response.ok && response.body)
          for await (const data of messages(response.body, silent)) last = printChange(context, data) ?? last;
      } catch (error) {
        if (error instanceof Error && error.name === 'CliError') throw error;
      }
      await delay(RECONNECT_MS, undefined, { signal: api.signal }).catch(() => undefined);
    }
    return EXIT.ok;
  },
});

/** Its id; undefined for the greeting. */
function printChange({ io, json }: Context, data: string): string | undefined {
  const change = JSON.parse(data) as Partial<z.infer<typeof Change>>;
  if (change.id === undefined) return undefined;
  const { operation_id, vps_id } = change;
  const what = operation_id ? `operation ${operation_id}` : vps_id ? 'vps' : Object.values(change.data ?? {}).join(' ');
  io.out(json ? `${data}\n` : `${change.at}  ${vps_id ?? change.kind}  ${change.status ?? ''}  ${what}\n`);
  return change.id;
}

const decisions = [
  decided('retry-event', 'retry', 'Have an event handled again'),
  decided('drop-event', 'drop', 'Leave an event unhandled for good'),
];

export const queueCommands: readonly Command[] = [showQueue, letters, retry, dismiss, givenUp, ...decisions, events];
