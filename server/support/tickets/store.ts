/** Tickets and what was said in them. */
import { randomUUID } from 'node:crypto';
import type { Ticket, TicketMessage } from '../../../prisma/generated/client.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';
import { type Place, type Scope, scoped } from '../../kernel/listing.ts';

const WITH_VPS = { vps: { select: { label: true } } } as const;

export type { TicketMessage };
export type TicketWithVps = Ticket & { readonly vps: { readonly label: string } | null };
export interface TicketFilter {
  readonly status?: string | undefined;
  readonly vpsId?: string | undefined;
}

/** The one that changed last first. */
export async function listTickets(
  db: Db,
  scope: Scope,
  filter: TicketFilter,
  place: Place | undefined,
  limit: number,
): Promise<TicketWithVps[]> {
  const { status, vpsId } = filter;
  const at = place && new Date(place[0]);
  return await db.ticket.findMany({
    where: {
      ...scoped(scope),
      ...(status === undefined ? {} : { status }),
      ...(vpsId === undefined ? {} : { vpsId }),
      ...(at ? { OR: [{ changedAt: { lt: at } }, { changedAt: at, id: { lt: place![1] } }] } : {}),
    },
    include: WITH_VPS,
    orderBy: [{ changedAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  });
}

export async function ticketById(db: Db, scope: Scope, id: string): Promise<TicketWithVps | null> {
  return await db.ticket.findFirst({ where: { id, ...scoped(scope) }, include: WITH_VPS });
}

/** Holds the row until the transaction ends. */
export async function lockTicket(tx: Db, scope: Scope, id: string): Promise<TicketWithVps | null> {
  await tx.$queryRaw`SELECT 1 FROM "ticket" WHERE "id" = ${id} FOR UPDATE`;
  return await ticketById(tx, scope, id);
}

/** What the customer may see, or all. */
export async function messagesOf(db: Db, ticketId: string, withInternal: boolean): Promise<TicketMessage[]> {
  return await db.ticketMessage.findMany({ where: { ticketId, ...(withInternal ? {} : { internal: false }) }, orderBy: { place: 'asc' } });
}

export async function countMessages(db: Db, ticketId: string): Promise<number> {
  return await db.ticketMessage.count({ where: { ticketId } });
}

/** Those that are not closed. Holds the organization's row, so that two at once are counted one after the other. */
export async function countOpen(tx: Db, organizationId: string): Promise<number> {
  await tx.$queryRaw`SELECT 1 FROM "organization" WHERE "id" = ${organizationId} FOR UPDATE`;
  return await tx.ticket.count({ where: { organizationId, status: { not: 'closed' } } });
}

export type NewTicket = Pick<Ticket, 'organizationId' | 'vpsId' | 'subject' | 'status' | 'openedBy'>;

export async function insertTicket(tx: Db, ticket: NewTicket): Promise<TicketWithVps> {
  const now = timeNow();
  return await tx.ticket.create({ data: { id: randomUUID(), createdAt: now, changedAt: now, ...ticket }, include: WITH_VPS });
}

export type NewMessage = Pick<TicketMessage, 'side' | 'internal' | 'authorKind' | 'authorId' | 'authorName' | 'text'>;

/** `place`: how many are there already; the ticket's row is locked. */
export async function insertMessage(tx: Db, ticketId: string, place: number, message: NewMessage): Promise<void> {
  await tx.ticketMessage.create({ data: { id: randomUUID(), ticketId, place, createdAt: timeNow(), ...message } });
}

export async function setTicketStatus(tx: Db, id: string, status: string): Promise<TicketWithVps> {
  return await tx.ticket.update({ where: { id }, data: { status, changedAt: timeNow() }, include: WITH_VPS });
}
