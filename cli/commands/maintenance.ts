/** `plinth maintenance …`: planned work that customers are told of. */
import type { Maintenance, PlannedWork } from '../../contract/maintenance.ts';
import { type Command, command, type Context, MUTATION_OPTIONS, PAGE_OPTIONS, type Positional } from '../command.ts';
import { EXIT } from '../errors.ts';
import { findAccount, findVps } from '../find.ts';
import { pairs, plain, remarkMore, show, status, table } from '../output.ts';

type Answer = { maintenance: Maintenance };

const WORK: Positional = { name: 'id', help: 'as plinth maintenance list shows it' };
const path = (id: string): string => `/api/admin/maintenance/${encodeURIComponent(id)}`;
const TIME = 'TIME, as 2027-03-01T22:00:00Z';

const list = command({
  path: ['maintenance', 'list'],
  summary: 'List planned work of all accounts, the newest first',
  options: { past: { type: 'boolean', help: 'also what is over or was called off' }, ...PAGE_OPTIONS },
  examples: ['maintenance list'],
  run: async (context, _args, { past, limit, cursor }) => {
    const api = await context.api();
    const query = { past: past ? 'true' : undefined, limit, cursor };
    const page = await api.get<{ maintenance: Maintenance[]; next: string | null }>('/api/admin/maintenance', query);
    const rows = page.maintenance.map((each) => [
      each.id,
      status(each.status),
      plain(each.title),
      each.starts_at,
      each.ends_at,
      String(each.servers),
    ]);
    show(context, page, (colour) =>
      rows.length === 0 ? 'No work is planned.\n' : table(['ID', 'STATUS', 'TITLE', 'FROM', 'UNTIL', 'SERVERS'], rows, colour),
    );
    remarkMore(context, page.next);
    return EXIT.ok;
  },
});

const own = command({
  path: ['maintenance', 'show'],
  summary: 'Show the planned work on the servers that you see, the next first',
  examples: ['maintenance show'],
  run: async (context) => {
    const answer = await (await context.api()).get<{ planned: PlannedWork[] }>('/api/maintenance');
    show(context, answer, (colour) => {
      const rows = answer.planned.map((each) => [
        status(each.status),
        plain(each.title),
        each.starts_at,
        each.ends_at,
        each.servers.map(({ label }) => plain(label)).join(', '),
      ]);
      return rows.length === 0 ? 'No work is planned on them.\n' : table(['STATUS', 'TITLE', 'FROM', 'UNTIL', 'SERVERS'], rows, colour);
    });
    return EXIT.ok;
  },
});

const plan = command({
  path: ['maintenance', 'plan'],
  summary: 'Plan work; the customers whose servers it is about are told',
  positionals: [{ name: 'title', help: 'in a few words' }],
  options: {
    text: { type: 'string', value: 'TEXT', help: 'what customers are told' },
    from: { type: 'string', value: TIME, help: 'when it begins' },
    until: { type: 'string', value: TIME, help: 'when it is over' },
    account: { type: 'string', value: 'ACCOUNT', help: 'the servers of this account: id or name' },
    region: { type: 'string', value: 'REGION', multiple: true, help: 'only in this region of the account' },
    vps: { type: 'string', value: 'VPS', multiple: true, help: 'instead, this VPS: id or label' },
    ...MUTATION_OPTIONS,
  },
  examples: [
    'maintenance plan "New switches" --text "The network is away for some minutes." --from 2027-03-01T22:00:00Z --until 2027-03-02T00:00:00Z --account hetzner',
  ],
  run: async (context, [title = ''], options) => {
    const api = await context.api();
    const account_id = options.account === undefined ? undefined : (await findAccount(api, options.account)).id;
    const vps_ids = await Promise.all(options.vps.map(async (word) => (await findVps(api, word)).id));
    const times = { starts_at: options.from, ends_at: options.until };
    const body = { title, text: options.text, ...times, account_id, regions: options.region, vps_ids };
    const key = options['idempotency-key'];
    return shown(context, await api.change<Answer>('POST', '/api/admin/maintenance', { body, idempotencyKey: key }));
  },
});

const change = command({
  path: ['maintenance', 'change'],
  summary: 'Move planned work, or say it in other words',
  positionals: [WORK],
  options: {
    title: { type: 'string', value: 'TITLE', help: 'another title' },
    text: { type: 'string', value: 'TEXT', help: 'what customers are told' },
    from: { type: 'string', value: TIME, help: 'when it begins' },
    until: { type: 'string', value: TIME, help: 'when it is over' },
    ...MUTATION_OPTIONS,
  },
  examples: ['maintenance change 0f7c2f0e-3f55-4f3e-9d0b-0a6b9a3f1c11 --until 2027-03-02T02:00:00Z'],
  run: async (context, [id = ''], { title, text, from, until, ...options }) => {
    const api = await context.api();
    const body = { title, text, starts_at: from, ends_at: until };
    return shown(context, await api.change<Answer>('PATCH', path(id), { body, idempotencyKey: options['idempotency-key'] }));
  },
});

const cancel = command({
  path: ['maintenance', 'cancel'],
  summary: 'Call planned work off; the customers are told',
  positionals: [WORK],
  options: MUTATION_OPTIONS,
  examples: ['maintenance cancel 0f7c2f0e-3f55-4f3e-9d0b-0a6b9a3f1c11'],
  run: async (context, [id = ''], options) => {
    const api = await context.api();
    return shown(context, await api.change<Answer>('POST', `${path(id)}/cancel`, { idempotencyKey: options['idempotency-key'] }));
  },
});

function shown(context: Context, answer: Answer): number {
  const { id, title, text, status: state, starts_at: from, ends_at: until, servers, organizations } = answer.maintenance;
  show(context, answer, (colour) => {
    const facts = pairs(
      [
        ['id', id],
        ['status', status(state)],
        ['from', from],
        ['until', until],
        ['servers', `${servers} of ${organizations} organizations`],
      ],
      colour,
    );
    return `${plain(title)}\n\n${text.split('\n').map(plain).join('\n')}\n\n${facts}`;
  });
  return EXIT.ok;
}

export const maintenanceCommands: readonly Command[] = [list, own, plan, change, cancel];
