/** `plinth task …`: what waits for a person, because its provider has no API that does it. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PERSON_TASK_STATUSES, type PersonTask } from '../../contract/person-task.ts';
import type { Operation } from '../../contract/operation.ts';
import { type Command, command, MUTATION_OPTIONS, PAGE_OPTIONS, type Positional } from '../command.ts';
import { EXIT, usage } from '../errors.ts';
import { findVps } from '../find.ts';
import { ago, pairs, plain, remarkMore, show, status, table } from '../output.ts';

const TASK: Positional = { name: 'task', help: 'id, as plinth task list shows it' };
const path = (id: string): string => `/api/tasks/${encodeURIComponent(id)}`;

const list = command({
  path: ['task', 'list'],
  summary: 'List what waits for a person, newest first',
  options: {
    vps: { type: 'string', value: 'VPS', help: 'only of this VPS: id or label' },
    status: { type: 'string', value: 'STATUS', choices: PERSON_TASK_STATUSES, help: 'only these' },
    ...PAGE_OPTIONS,
  },
  examples: ['task list --status waiting', 'task list --vps web-1 --json'],
  run: async (context, _args, { vps, status: wanted, limit, cursor }) => {
    const api = await context.api();
    const vps_id = vps === undefined ? undefined : (await findVps(api, vps)).id;
    const page = await api.get<{ tasks: PersonTask[]; next: string | null }>('/api/tasks', { vps_id, status: wanted, limit, cursor });
    const rows = page.tasks.map((task) => [
      task.id,
      plain(task.vps_label),
      task.kind,
      status(task.status),
      plain(task.title),
      ago(task.asked_at),
    ]);
    show(context, page, (colour) =>
      rows.length === 0 ? 'Nothing waits for a person.\n' : table(['ID', 'VPS', 'KIND', 'STATUS', 'WHAT', 'ASKED'], rows, colour),
    );
    remarkMore(context, page.next);
    return EXIT.ok;
  },
});

const one = command({
  path: ['task', 'show'],
  summary: 'Show what to do, and what the form asks for',
  positionals: [TASK],
  examples: ['task show 0f7c2f0e-3f55-4f3e-9d0b-0a6b9a3f1c11'],
  run: async (context, [id = '']) => {
    const api = await context.api();
    const answer = await api.get<{ task: PersonTask }>(path(id));
    const { task } = answer;
    show(context, answer, (colour) => {
      const facts = pairs(
        [
          ['vps', `${plain(task.vps_label)} (${task.vps_id})`],
          ['operation', `${task.kind} ${task.operation_id}`],
          ['status', status(task.status)],
          ['asked', `${task.asked_at} (${ago(task.asked_at)})`],
          ['answered', task.answered_at && `${task.answered_at} by ${plain(task.answered_by ?? '')}`],
        ],
        colour,
      );
      const rows = task.form.map(({ name, label, type, required, help }) => [
        name,
        plain(label),
        type,
        required ? 'yes' : 'no',
        plain(help),
      ]);
      const form = rows.length === 0 ? '' : `\n${table(['FIELD', 'WHAT', 'TYPE', 'NEEDED', 'HELP'], rows, colour)}`;
      return `${plain(task.title)}\n\n${plain(task.text)}\n\n${facts}${form}`;
    });
    return EXIT.ok;
  },
});

const answer = command({
  path: ['task', 'answer'],
  summary: 'Say that it is done; its operation goes on',
  details: 'A value that is secret is better read from a file: --field-file NAME=FILE.',
  positionals: [TASK],
  options: {
    field: { type: 'string', value: 'NAME=VALUE', multiple: true, help: 'a field of the form' },
    'field-file': { type: 'string', value: 'NAME=FILE', multiple: true, help: 'a field whose value stands in a file' },
    ...MUTATION_OPTIONS,
  },
  examples: ['task answer 0f7c2f0e-3f55-4f3e-9d0b-0a6b9a3f1c11 --field ipv4=203.0.113.7 --field-file root_password=password.txt'],
  run: async (context, [id = ''], options) => {
    const typed = options.field.map((text) => pairOf('field', text));
    const read = options['field-file'].map(async (text) => {
      const [name, file] = pairOf('field-file', text);
      return [name, (await readFile(resolve(context.io.cwd, file), 'utf8')).replace(/\r?\n$/, '')] as const;
    });
    const answers = Object.fromEntries([...typed, ...(await Promise.all(read))]);
    const api = await context.api();
    const done = await api.change<{ task: PersonTask; operation: Operation }>('POST', `${path(id)}/answer`, {
      body: { answers },
      idempotencyKey: options['idempotency-key'],
    });
    show(context, done, () => `${plain(done.task.vps_label)}: the ${done.operation.kind} goes on, operation ${done.operation.id}\n`);
    return EXIT.ok;
  },
});

function pairOf(option: string, text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw usage(`plinth task answer: --${option} takes NAME=…, not "${text}".`);
  return [text.slice(0, at), text.slice(at + 1)];
}

export const taskCommands: readonly Command[] = [list, one, answer];
