/** /api/tickets: what customers ask, and what they are answered. */
import { TicketOpen, TicketPage, TicketParams, TicketQuery, TicketWhole, TicketWrite } from '../../../contract/ticket.ts';
import { onPlatform } from '../../kernel/can.ts';
import type { Db } from '../../kernel/database.ts';
import { decodeCursor, pageOf } from '../../kernel/http/cursor.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { listTickets, messagesOf, type TicketMessage, type TicketWithVps } from './store.ts';
import { closeTicket, mustTicket, openTicket, writeInTicket } from './tickets.ts';

const whole = (description: string) => ({ description, schema: TicketWhole });

export function ticketRoutes(services: Services): Route[] {
  return [...reading(services), ...writing()];
}

function reading(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/tickets',
      summary: 'List tickets',
      permission: 'ticket:read',
      query: TicketQuery,
      responses: { 200: { description: 'One page, the one that changed last first.', schema: TicketPage } },
      handler: async ({ principal, query }) => {
        const filter = { status: query.status, vpsId: query.vps_id };
        const rows = await listTickets(services.db, principal.organizationId, filter, decodeCursor(query.cursor, true), query.limit);
        const { page, next } = pageOf(rows, query.limit, ({ changedAt, id }) => [changedAt.toISOString(), id]);
        return { status: 200, body: { tickets: page.map(presentTicket), next } };
      },
    }),
    route({
      method: 'get',
      path: '/api/tickets/:id',
      summary: 'A ticket with all that was said',
      permission: 'ticket:read',
      params: TicketParams,
      responses: { 200: whole('The oldest message first.') },
      handler: async ({ principal, params }) => ({
        status: 200,
        body: await shown(services.db, principal, await mustTicket(services.db, principal, params.id)),
      }),
    }),
  ];
}

function writing(): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/tickets',
      id: 'openTicket',
      summary: 'Ask the seller something, about a server or in general',
      permission: 'ticket:write',
      body: TicketOpen,
      responses: { 201: whole('Staff are told.') },
      transaction: true,
      handler: async ({ principal, body, tx }) => ({
        status: 201,
        body: await shown(tx, principal, await openTicket(tx, principal, body)),
      }),
    }),
    route({
      method: 'post',
      path: '/api/tickets/:id/messages',
      id: 'writeInTicket',
      summary: 'Write in a ticket; one that was closed is open again when its customer does',
      permission: 'ticket:write',
      params: TicketParams,
      body: TicketWrite,
      responses: { 201: whole('The other side is told, except of a note among staff.') },
      transaction: true,
      handler: async ({ principal, params, body, tx }) => ({
        status: 201,
        body: await shown(tx, principal, await writeInTicket(tx, principal, params.id, body)),
      }),
    }),
    route({
      method: 'post',
      path: '/api/tickets/:id/close',
      summary: 'Close a ticket that is settled',
      permission: 'ticket:write',
      params: TicketParams,
      responses: { 200: whole('Closed.') },
      transaction: true,
      handler: async ({ principal, params, tx }) => ({
        status: 200,
        body: await shown(tx, principal, await closeTicket(tx, principal, params.id)),
      }),
    }),
  ];
}

async function shown(db: Db, principal: Principal, ticket: TicketWithVps) {
  const messages = await messagesOf(db, ticket.id, onPlatform(principal));
  return { ticket: presentTicket(ticket), messages: messages.map(presentMessage) };
}

function presentTicket({ id, number, organizationId, vpsId, vps, subject, status, openedBy, createdAt, changedAt }: TicketWithVps) {
  return {
    id,
    number,
    organization_id: organizationId,
    vps_id: vpsId,
    vps_label: vps?.label ?? null,
    subject,
    status,
    opened_by: openedBy,
    created_at: createdAt.toISOString(),
    changed_at: changedAt.toISOString(),
  };
}

function presentMessage({ id, side, internal, authorName, text, createdAt }: TicketMessage) {
  return { id, side, internal, author: authorName, text, created_at: createdAt.toISOString() };
}
