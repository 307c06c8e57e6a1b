/** What customers and staff say to each other, told to the other side: in their list and by mail, as each wants it, once. */
import { GRANTS, STAFF_ROLES } from '../../contract/permissions.ts';
import type { SUPPORT_KINDS } from '../../contract/notification.ts';
import type { Db } from '../kernel/database.ts';
import type { PlacedEvent } from '../kernel/events/event-store.ts';
import { type Processor, processor } from '../kernel/events/processor.ts';
import { publicAddress } from '../kernel/public-address.ts';
import type { Services } from '../kernel/services.ts';
import { affectedBy, windowById } from '../support/maintenance/store.ts';
import { messagesOf, ticketById } from '../support/tickets/store.ts';
import { dateFormat } from './mail/words.ts';
import { type Hearer, hearersOf, staffWith, type Subjects, WHO_RUNS } from './store.ts';
import { tellEach } from './tell.ts';

const KINDS = ['ticket.opened', 'ticket.written', 'maintenance.planned', 'maintenance.changed', 'maintenance.cancelled'] as const;
type Told = PlacedEvent<(typeof KINDS)[number]>;
type Using = Pick<Services, 'config' | 'mail'>;

interface Message {
  readonly kind: (typeof SUPPORT_KINDS)[number];
  readonly cause: string;
  readonly people: readonly Hearer[];
  readonly subjects: Subjects;
  /** Below the service's address. */
  readonly path: string;
  readonly words: (locale: string) => Readonly<Record<string, string>>;
}

/** A mail names so many servers, then says how many more there are. */
const NAMED = 10;
const STAFF_OF_TICKETS = STAFF_ROLES.filter((role) => GRANTS.staff[role].has('ticket:write'));

export function supportTeller(services: Using): Processor {
  return processor({ name: 'notifications.support', kinds: KINDS, run: (event, tx) => tell(services, event as Told, tx) });
}

async function tell({ config, mail }: Using, event: Told, tx: Db): Promise<void> {
  const organizationId = event.organization_id;
  if (organizationId === null) return;
  const message = 'ticket_id' in event.data ? await ticketTold(tx, event, event.data) : await workTold(tx, organizationId, event);
  if (message === null) return;
  const { kind, cause, people, subjects, path, words } = message;
  const link = publicAddress(config) + path;
  await tellEach(mail, tx, people, { kind, cause, organizationId, subjects, data: (locale) => ({ ...words(locale), link }) });
}

async function ticketTold(tx: Db, event: Told, data: { ticket_id: string; side: 'customer' | 'staff' }): Promise<Message | null> {
  const ticket = await ticketById(tx, event.organization_id, data.ticket_id);
  const said = ticket && (await messagesOf(tx, ticket.id, false)).findLast(({ side }) => side === data.side);
  if (!ticket || !said) return null;
  const isAnswer = data.side === 'staff';
  return {
    kind: isAnswer ? 'ticket-answered' : 'ticket-waiting',
    cause: `ticket:${event.id}`,
    people: isAnswer ? await hearersOf(tx, ticket.organizationId, WHO_RUNS) : await staffWith(tx, STAFF_OF_TICKETS),
    subjects: { ticket_id: ticket.id, label: ticket.subject },
    path: `/tickets/${ticket.id}`,
    words: () => ({ number: String(ticket.number), title: ticket.subject, text: said.text, author: said.authorName }),
  };
}

async function workTold(tx: Db, organizationId: string, event: Told): Promise<Message | null> {
  const { maintenance_id: id } = event.data as { maintenance_id: string };
  const window = await windowById(tx, id);
  const affected = await affectedBy(tx, [id], organizationId);
  if (!window || affected.length === 0) return null;
  const { title, text, startsAt, endsAt } = window;
  const names = affected.slice(0, NAMED).map(({ label }) => label);
  const servers = [...names, ...(affected.length > NAMED ? [`+${affected.length - NAMED}`] : [])].join(', ');
  return {
    kind: event.kind.replace('.', '-') as Message['kind'],
    cause: `maintenance:${event.id}`,
    people: await hearersOf(tx, organizationId, WHO_RUNS),
    subjects: { maintenance_id: id, label: title },
    path: '/',
    words: (locale) => ({ title, text, servers, from: timeIn(locale, startsAt), until: timeIn(locale, endsAt) }),
  };
}

function timeIn(locale: string, at: Date): string {
  return `${dateFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(at)} UTC`;
}
