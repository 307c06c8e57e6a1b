/** Opening, answering and closing tickets. Staff act on the platform; whoever acts in an organization is its customer. */
import type { z } from 'zod';
import type { TicketOpen, TicketWrite } from '../../../contract/ticket.ts';
import { organizationById } from '../../kernel/settings.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { onPlatform } from '../../kernel/can.ts';
import type { Db } from '../../kernel/database.ts';
import { emit } from '../../kernel/events/emit.ts';
import { notFound, Refusal, refuseField } from '../../kernel/problem.ts';
import type { Principal } from '../../kernel/services.ts';
import { vpsById } from '../../vps/store.ts';
import {
  countMessages,
  countOpen,
  insertMessage,
  insertTicket,
  lockTicket,
  type NewTicket,
  setTicketStatus,
  ticketById,
  type TicketWithVps,
} from './store.ts';

/** Of one organization at once. */
const MOST_OPEN = 50;
const MOST_MESSAGES = 500;

type Side = 'customer' | 'staff';
const sideOf = (principal: Principal): Side => (onPlatform(principal) ? 'staff' : 'customer');

/** @throws Refusal 404 */
export async function mustTicket(db: Db, principal: Principal, id: string): Promise<TicketWithVps> {
  const ticket = await ticketById(db, principal.organizationId, id);
  if (!ticket) throw notFound('ticket', id);
  return ticket;
}

/** @throws Refusal 404 of the VPS, 409 `too_many_tickets`, 422 of the organization */
export async function openTicket(
  tx: Db,
  principal: Principal,
  { subject, text, ...wish }: z.output<typeof TicketOpen>,
): Promise<TicketWithVps> {
  const organizationId = await forWhom(tx, principal, wish);
  if ((await countOpen(tx, organizationId)) >= MOST_OPEN)
    throw new Refusal(
      409,
      'too_many_tickets',
      `${MOST_OPEN} tickets are open already. Close those that are settled, or write in one of them.`,
    );
  const side = sideOf(principal);
  const status = side === 'customer' ? 'waiting' : 'answered';
  const row = { organizationId, vpsId: wish.vps_id ?? null, subject, status, openedBy: principal.name };
  return await beginTicket(tx, row, { author: principal, side, text });
}

interface FirstWord {
  readonly author: Principal;
  readonly side: Side;
  readonly text: string;
}

/** With what is written first. `more`: for the audit trail. */
export async function beginTicket(
  tx: Db,
  row: NewTicket,
  { author, side, text }: FirstWord,
  more: Readonly<Record<string, string>> = {},
): Promise<TicketWithVps> {
  const ticket = await insertTicket(tx, row);
  await say(tx, author, side, ticket, 0, text, false);
  await note(tx, row.openedBy, ticket, 'opened', more);
  const { organizationId, status } = row;
  await emit(tx, { kind: 'ticket.opened', organizationId, data: { ticket_id: ticket.id, status, side } });
  return ticket;
}

async function forWhom(
  tx: Db,
  principal: Principal,
  wish: { vps_id?: string | undefined; organization_id?: string | undefined },
): Promise<string> {
  const vps = wish.vps_id === undefined ? null : await vpsById(tx, principal.organizationId, wish.vps_id);
  if (wish.vps_id !== undefined && !vps) throw notFound('vps', wish.vps_id);
  const asked = wish.organization_id ?? vps?.organizationId ?? principal.organizationId;
  if (asked === null) throw refuseField('organization_id', 'is missing', 'Name the organization, or one of its servers with vps_id.');
  const isForeign = !onPlatform(principal) && asked !== principal.organizationId;
  if (isForeign || !(await organizationById(tx, asked))) throw refuseField('organization_id', 'no such organization', 'Leave it out.');
  if (vps && vps.organizationId !== asked) throw refuseField('vps_id', 'is not a server of that organization', 'Name one of its own.');
  return asked;
}

/** The customer's word makes it wait for staff, also when it was closed; theirs makes it wait for the customer. */
export async function writeInTicket(
  tx: Db,
  principal: Principal,
  id: string,
  { text, internal }: z.output<typeof TicketWrite>,
): Promise<TicketWithVps> {
  const side = sideOf(principal);
  if (internal && side === 'customer') throw refuseField('internal', 'is for staff', 'Leave it out.');
  const ticket = await mustLock(tx, principal, id);
  const place = await countMessages(tx, id);
  if (place >= MOST_MESSAGES) throw new Refusal(409, 'ticket_full', `This ticket has ${MOST_MESSAGES} messages. Open another one.`);
  await say(tx, principal, side, ticket, place, text, internal);
  const { organizationId } = ticket;
  if (internal) return ticket;
  const status = side === 'customer' ? 'waiting' : 'answered';
  const changed = await setTicketStatus(tx, id, status);
  await emit(tx, { kind: 'ticket.written', organizationId, data: { ticket_id: id, status, side } });
  return changed;
}

/** Closed twice is closed. */
export async function closeTicket(tx: Db, principal: Principal, id: string): Promise<TicketWithVps> {
  const ticket = await mustLock(tx, principal, id);
  if (ticket.status === 'closed') return ticket;
  const changed = await setTicketStatus(tx, id, 'closed');
  await note(tx, principal.name, changed, 'closed');
  const data = { ticket_id: id, status: 'closed', side: sideOf(principal) };
  await emit(tx, { kind: 'ticket.closed', organizationId: ticket.organizationId, data });
  return changed;
}

async function mustLock(tx: Db, principal: Principal, id: string): Promise<TicketWithVps> {
  const ticket = await lockTicket(tx, principal.organizationId, id);
  if (!ticket) throw notFound('ticket', id);
  return ticket;
}

async function say(
  tx: Db,
  { actor, name: authorName }: Principal,
  side: Side,
  { id }: TicketWithVps,
  place: number,
  text: string,
  internal: boolean,
): Promise<void> {
  await insertMessage(tx, id, place, { side, internal, authorKind: actor.kind, authorId: actor.id, authorName, text });
}

async function note(
  tx: Db,
  actor: string,
  { id, number, organizationId, vpsId }: TicketWithVps,
  verb: string,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const data = { number, ...more, ...(vpsId === null ? {} : { vps: vpsId }) };
  await appendAudit(tx, { actor, action: `ticket.${verb}`, target: id, organizationId, data });
}
