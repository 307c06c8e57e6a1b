/** `plinth operation …` */
import { OPERATION_KINDS, OPERATION_STATUSES, type Operation, type OperationEvent } from '../../contract/operation.ts';
import { type Command, command, MUTATION_OPTIONS, PAGE_OPTIONS, type Positional } from '../command.ts';
import { EXIT } from '../errors.ts';
import { findVps } from '../find.ts';
import { ago, duration, paint, pairs, remarkMore, show, status, table } from '../output.ts';
import { eventLine, follow, outcome } from '../watch.ts';

const OPERATION: Positional = { name: 'operation', help: 'its id' };
const path = (id: string): string => `/api/operations/${encodeURIComponent(id)}`;

function took(operation: Operation): string {
  if (operation.started_at === null) return '-';
  return duration((operation.finished_at === null ? Date.now() : Date.parse(operation.finished_at)) - Date.parse(operation.started_at));
}

const list = command({
  path: ['operation', 'list'],
  summary: 'List operations, newest first',
  options: {
    vps: { type: 'string', value: 'VPS', help: 'only of this VPS: id or label' },
    status: { type: 'string', value: 'STATUS', choices: OPERATION_STATUSES, help: 'only these' },
    kind: { type: 'string', value: 'KIND', choices: OPERATION_KINDS, help: 'only these' },
    ...PAGE_OPTIONS,
  },
  examples: ['operation list --status failed', 'operation list --vps web-1 --json'],
  run: async (context, _args, { vps, status: wanted, kind, limit, cursor }) => {
    const api = await context.api();
    const vps_id = vps === undefined ? undefined : (await findVps(api, vps)).id;
    const page = await api.get<{ operations: Operation[]; next: string | null }>('/api/operations', {
      vps_id,
      status: wanted,
      kind,
      limit,
      cursor,
    });
    show(context, page, (colour) =>
      table(
        ['ID', 'VPS', 'KIND', 'STATUS', 'TRIES', 'TOOK', 'BY', 'ORDERED'],
        page.operations.map((each) => [
          each.id,
          each.vps_label,
          each.kind,
          status(each.status),
          String(each.attempt),
          took(each),
          each.actor,
          ago(each.created_at),
        ]),
        colour,
      ),
    );
    remarkMore(context, page.next);
    return EXIT.ok;
  },
});

const one = command({
  path: ['operation', 'show'],
  summary: 'Show one operation and its story',
  positionals: [OPERATION],
  examples: ['operation show 01976f6c-6c2f-7b1e-9d55-0a6b1c2d3e4f'],
  run: async (context, [id = '']) => {
    const api = await context.api();
    const answer = await api.get<{ operation: Operation }>(path(id));
    const { operation } = answer;
    const { events } = context.json ? { events: [] } : await api.get<{ events: OperationEvent[] }>(`${path(id)}/events`, { limit: 1000 });
    show(context, answer, (colour) => {
      const facts = pairs(
        [
          ['id', operation.id],
          ['vps', `${operation.vps_label} (${operation.vps_id})`],
          ['kind', operation.kind],
          ['status', status(operation.status)],
          ['by', operation.actor],
          ['attempt', `${operation.attempt} of at most ${operation.max_attempts}`],
          ['ordered', `${operation.created_at} (${ago(operation.created_at)})`],
          ['took', took(operation)],
          ['next attempt', operation.next_attempt_at],
          ['fault', operation.fault === null ? null : { text: `${operation.fault.kind}: ${operation.fault.message}`, tone: 'bad' }],
        ],
        colour,
      );
      const lines = events.flatMap((event) => {
        const line = eventLine(event);
        const since = duration(Date.parse(event.at) - Date.parse(operation.created_at)).padStart(7);
        return line ? [`${paint(since, 'dim', colour)}  ${paint(line.text, line.tone, colour)}\n`] : [];
      });
      return `${facts}\n${lines.join('')}`;
    });
    return EXIT.ok;
  },
});

const watch = command({
  path: ['operation', 'watch'],
  summary: 'Follow an operation to its end',
  details: 'Survives lost connections. The exit code tells how it ended. With --json: one event per line.',
  positionals: [OPERATION],
  examples: ['operation watch 01976f6c-6c2f-7b1e-9d55-0a6b1c2d3e4f'],
  run: async (context, [id = '']) => {
    const api = await context.api();
    const { operation } = await api.get<{ operation: Operation }>(path(id));
    return outcome(context, await follow(context, api, operation));
  },
});

const cancel = command({
  path: ['operation', 'cancel'],
  summary: 'Cancel an operation',
  details: 'A waiting one ends at once. A running one finishes the call it is in, so that nothing is left unrecorded.',
  positionals: [OPERATION],
  options: MUTATION_OPTIONS,
  examples: ['operation cancel 01976f6c-6c2f-7b1e-9d55-0a6b1c2d3e4f'],
  run: async (context, [id = ''], options) => {
    const api = await context.api();
    const answer = await api.change<{ operation: Operation }>('POST', `${path(id)}/cancel`, { idempotencyKey: options['idempotency-key'] });
    const { operation } = answer;
    show(context, answer, () => (operation.status === 'cancelled' ? 'It is cancelled.\n' : 'It is asked to stop.\n'));
    return EXIT.ok;
  },
});

export const operationCommands: readonly Command[] = [list, one, watch, cancel];
