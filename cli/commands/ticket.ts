/** `plinth ticket …`: what customers ask the seller, and what is answered. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Ticket, TICKET_STATUSES, type TicketMessage } from '../../contract/ticket.ts';
import { type Command, command, type Context, MUTATION_OPTIONS, PAGE_OPTIONS, type Positional } from '../command.ts';
import { EXIT, usage } from '../errors.ts';
import { findVps, organizationId } from '../find.ts';
import { ago, pairs, plain, remarkMore, show, status, table } from '../output.ts';

type Whole = { ticket: Ticket; messages: TicketMessage[] };

const TICKET: Positional = { name: 'ticket', help: 'id, as plinth ticket list shows it' };
const TEXT = {
  text: { type: 'string', value: 'TEXT', help: 'what to say' },
  'text-file': { type: 'string', value: 'FILE', help: 'a file with what to say' },
} as const;
const path = (id: string): string => `/api/tickets/${encodeURIComponent(id)}`;

const list = command({
  path: ['ticket', 'list'],
  summary: 'List tickets, the one that changed last first',
  options: {
    status: { type: 'string', value: 'STATUS', choices: TICKET_STATUSES, help: 'only these' },
    vps: { type: 'string', value: 'VPS', help: 'only about this VPS: id or label' },
    ...PAGE_OPTIONS,
  },
  examples: ['ticket list --status waiting'],
  run: async (context, _args, { vps, status: wanted, limit, cursor }) => {
    const api = await context.api();
    const vps_id = vps === undefined ? undefined : (await findVps(api, vps)).id;
    const page = await api.get<{ tickets: Ticket[]; next: string | null }>('/api/tickets', { status: wanted, vps_id, limit, cursor });
    const rows = page.tickets.map((each) => [
      String(each.number),
      each.id,
      status(each.status),
      plain(each.subject),
      plain(each.vps_label ?? '-'),
      ago(each.changed_at),
    ]);
    show(context, page, (colour) =>
      rows.length === 0 ? 'There are no tickets.\n' : table(['NUMBER', 'ID', 'STATUS', 'SUBJECT', 'VPS', 'CHANGED'], rows, colour),
    );
    remarkMore(context, page.next);
    return EXIT.ok;
  },
});

const one = command({
  path: ['ticket', 'show'],
  summary: 'Show a ticket with all that was said',
  positionals: [TICKET],
  examples: ['ticket show 0f7c2f0e-3f55-4f3e-9d0b-0a6b9a3f1c11'],
  run: async (context, [id = '']) => shown(context, await (await context.api()).get<Whole>(path(id))),
});

const open = command({
  path: ['ticket', 'open'],
  summary: 'Ask the seller something',
  positionals: [{ name: 'subject', help: 'in a few words' }],
  options: {
    ...TEXT,
    vps: { type: 'string', value: 'VPS', help: 'about this VPS: id or label' },
    organization: { type: 'string', value: 'ORGANIZATION', help: 'for whom, by id or name; for staff' },
    ...MUTATION_OPTIONS,
  },
  examples: ['ticket open "No route to my server" --text "Since this morning ..." --vps web-1'],
  run: async (context, [subject = ''], options) => {
    const api = await context.api();
    const vps_id = options.vps === undefined ? undefined : (await findVps(api, options.vps)).id;
    const organization_id = options.organization === undefined ? undefined : await organizationId(api, options.organization);
    const body = { subject, text: await textOf(context, 'ticket open', options), vps_id, organization_id };
    return shown(context, await api.change<Whole>('POST', '/api/tickets', { body, idempotencyKey: options['idempotency-key'] }));
  },
});

const answer = command({
  path: ['ticket', 'write'],
  summary: 'Write in a ticket',
  positionals: [TICKET],
  options: { ...TEXT, internal: { type: 'boolean', help: 'a note among staff' }, ...MUTATION_OPTIONS },
  examples: ['ticket write 0f7c2f0e-3f55-4f3e-9d0b-0a6b9a3f1c11 --text "It is back; the switch was replaced."'],
  run: async (context, [id = ''], options) => {
    const api = await context.api();
    const body = { text: await textOf(context, 'ticket write', options), internal: options.internal ?? false };
    return shown(context, await api.change<Whole>('POST', `${path(id)}/messages`, { body, idempotencyKey: options['idempotency-key'] }));
  },
});

const close = command({
  path: ['ticket', 'close'],
  summary: 'Close a ticket that is settled',
  positionals: [TICKET],
  options: MUTATION_OPTIONS,
  examples: ['ticket close 0f7c2f0e-3f55-4f3e-9d0b-0a6b9a3f1c11'],
  run: async (context, [id = ''], options) => {
    const api = await context.api();
    return shown(context, await api.change<Whole>('POST', `${path(id)}/close`, { idempotencyKey: options['idempotency-key'] }));
  },
});

async function textOf(context: Context, words: string, options: { text?: string; 'text-file'?: string }): Promise<string> {
  if ((options.text === undefined) === (options['text-file'] === undefined))
    throw usage(`plinth ${words}: say it with --text TEXT or --text-file FILE.`);
  return options.text ?? (await readFile(resolve(context.io.cwd, options['text-file']!), 'utf8'));
}

function shown(context: Context, whole: Whole): number {
  const { ticket, messages } = whole;
  show(context, whole, (colour) => {
    const facts = pairs(
      [
        ['status', status(ticket.status)],
        ['id', ticket.id],
        ['vps', ticket.vps_id && `${plain(ticket.vps_label ?? '')} (${ticket.vps_id})`],
        ['opened', `${ticket.created_at} by ${plain(ticket.opened_by)}`],
      ],
      colour,
    );
    const said = messages.map(
      ({ author, side, internal, created_at: at, text }) =>
        `\n${plain(author)} (${side}${internal ? ', among staff' : ''}), ${ago(at)}\n${text.split('\n').map(plain).join('\n')}\n`,
    );
    return `Ticket ${ticket.number}: ${plain(ticket.subject)}\n\n${facts}${said.join('')}`;
  });
  return EXIT.ok;
}

export const ticketCommands: readonly Command[] = [list, one, open, answer, close];
