/** Following an operation: a line per step, a live line with the time it takes, and how it ended. */
import type { Operation, OperationEvent } from '../contract/operation.ts';
import type { Api } from './api.ts';
import type { Context } from './command.ts';
import { EXIT, type ExitCode } from './errors.ts';
import { type Cell, duration, paint, plain, wantsColour } from './output.ts';
import { operationEvents } from './stream.ts';

const TICK_MS = 200;
const SAYING: Readonly<Record<string, readonly [doing: string, done: string]>> = {
  create: ['creating', 'created'],
  update: ['changing', 'changed'],
  delete: ['deleting', 'deleted'],
  replace: ['replacing', 'replaced'],
  'create-replacement': ['creating anew', 'created anew'],
  'delete-replaced': ['deleting the old', 'deleted the old'],
  read: ['reading', 'read'],
  refresh: ['asking', 'asked'],
  import: ['importing', 'imported'],
  discard: ['forgetting', 'forgot'],
};

/** Follows to the end and prints on the way. With `--json`: each event on a line of standard output, if `events` says so. */
export async function follow(context: Context, api: Api, operation: Operation, events: 'print' | 'quiet' = 'print'): Promise<Operation> {
  const { io, json } = context;
  const live = new LiveLine(context, Date.parse(operation.created_at));
  try {
    for await (const event of operationEvents(api, operation.id)) {
      if (json) {
        if (events === 'print') io.out(`${JSON.stringify(event)}\n`);
        continue;
      }
      live.doing(event);
      const line = eventLine(event);
      if (line) live.print(`${paint(sinceStart(event, operation), 'dim', live.colour)}  ${paint(line.text, line.tone, live.colour)}`);
    }
  } finally {
    live.close();
  }
  return (await api.get<{ operation: Operation }>(`/api/operations/${operation.id}`)).operation;
}

/** 0 for success, else 1. Says why on standard error. */
export function outcome(context: Context, operation: Operation): ExitCode {
  if (operation.status === 'succeeded') return EXIT.ok;
  if (context.json) return EXIT.failed;
  const { fault } = operation;
  context.io.err(
    `The operation ${operation.id} ${operation.status === 'cancelled' ? 'was cancelled' : operation.status}${fault ? `: ${plain(fault.message)}` : '.'}\n`,
  );
  if (operation.status !== 'cancelled')
    context.io.err(
      `Run it again with: plinth vps retry ${operation.vps_id} (it looks first and adopts what is there). Its story: plinth operation show ${operation.id}\n`,
    );
  return EXIT.failed;
}

function sinceStart(event: OperationEvent, operation: Operation): string {
  return duration(Date.parse(event.at) - Date.parse(operation.created_at)).padStart(7);
}

/** One event as people read it; null for those that say nothing to them. */
export function eventLine({ type, data }: OperationEvent): Cell | null {
  const fields = (data ?? {}) as Record<string, unknown>;
  const text = (name: string): string => plain(String(fields[name] ?? ''));
  const fault = fields['fault'] as { message?: string } | null | undefined;
  switch (type) {
    case 'queued':
      return { text: `queued: ${text('kind')}`, tone: 'dim' };
    case 'attempt-started':
      return Number(fields['attempt']) > 1
        ? { text: `attempt ${text('attempt')} on ${text('worker')}`, tone: 'warn' }
        : { text: `a worker has it (${text('worker')})`, tone: 'dim' };
    case 'recovered':
      return { text: 'took over from a worker that died; looking for what it left', tone: 'warn' };
    case 'step-finished': {
      const op = String(fields['op']);
      if (op === 'same' || op === 'read') return null;
      const word = fields['planned'] === true ? `would ${op}` : (SAYING[op]?.[1] ?? op);
      return { text: `${word} ${text('name')} (${text('resourceType')})${changes(fields['changed'])}`, tone: 'good' };
    }
    case 'step-failed':
      return { text: `could not ${text('op')} ${text('name')} (${text('resourceType')})`, tone: 'bad' };
    case 'progress':
      return { text: text('message') };
    case 'diagnostic':
      return { text: `${text('severity')}: ${text('message')}`, tone: fields['severity'] === 'error' ? 'bad' : 'warn' };
    case 'waits-for-person':
      return { text: `waits for a person: ${text('title')} (plinth task show ${text('task')})`, tone: 'warn' };
    case 'person-answered':
      return { text: `answered by ${text('by')}; it goes on`, tone: 'dim' };
    case 'retry-later':
      return { text: `will be tried again in ${duration(Number(fields['waitMs']))}: ${plain(fault?.message ?? '')}`, tone: 'warn' };
    case 'cancel-requested':
      return { text: `${text('by')} asked to stop`, tone: 'warn' };
    case 'succeeded':
      return { text: 'succeeded', tone: 'good' };
    case 'failed':
    case 'stalled':
    case 'cancelled':
      return { text: `${type}${fault?.message === undefined ? '' : `: ${plain(fault.message)}`}`, tone: 'bad' };
    default:
      return null;
  }
}

function changes(changed: unknown): string {
  const paths = Array.isArray(changed) ? changed.map((change: { path?: string }) => plain(String(change.path ?? ''))).filter(Boolean) : [];
  return paths.length === 0 ? '' : `: ${paths.join(', ')}`;
}

/** The last line of the terminal: what goes on now, and for how long. Nothing without a terminal. */
class LiveLine {
  readonly colour: boolean;
  readonly #context: Context;
  readonly #startedAt: number;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #active = new Map<string, string>();
  #waiting = 'waiting for a worker';

  constructor(context: Context, startedAt: number) {
    this.#context = context;
    this.#startedAt = startedAt;
    this.colour = wantsColour(context.io.env, context.io.outIsTty);
    if (context.io.outIsTty && !context.json) this.#timer = setInterval(() => this.#draw(), TICK_MS);
  }

  doing({ type, data }: OperationEvent): void {
    const fields = (data ?? {}) as { urn?: string; op?: string; name?: string };
    const urn = fields.urn ?? '';
    if (type === 'attempt-started') this.#waiting = 'starting';
    if (type === 'retry-later') this.#waiting = 'waiting to try again';
    if (type === 'step-started' && fields.op !== 'same')
      this.#active.set(urn, `${SAYING[fields.op ?? '']?.[0] ?? fields.op} ${plain(fields.name ?? '')}`);
    if (type === 'step-finished' || type === 'step-failed') this.#active.delete(urn);
  }

  print(line: string): void {
    this.#clear();
    this.#context.io.out(`${line}\n`);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#clear();
  }

  #clear(): void {
    if (this.#timer) this.#context.io.out('\r\u001b[2K');
  }

  #draw(): void {
    const elapsed = duration(Date.now() - this.#startedAt).padStart(7);
    const what = [...this.#active.values()].join(', ') || this.#waiting;
    this.#context.io.out(`\r\u001b[2K${`${elapsed}  ${what} …`.slice(0, this.#context.io.columns - 1)}`);
  }
}
