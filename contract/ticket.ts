/** Tickets on the wire: what a customer asks the seller, and what is answered. */
import { z } from 'zod';
import { Cursor, Limit, OrganizationId, Timestamp, VpsId } from './ids.ts';

/** waiting: for staff. answered: by staff; the customer writes again or closes it. */
export const TICKET_STATUSES = ['waiting', 'answered', 'closed'] as const;
export const TicketStatus = z.enum(TICKET_STATUSES);
export const TicketId = z.uuid('a ticket id is a UUID');
export const TicketParams = z.strictObject({ id: TicketId });

const Text = z.string().trim().min(1).max(10_000);

export const Ticket = z.strictObject({
  id: TicketId,
  /** What people call it by. */
  number: z.int(),
  organization_id: OrganizationId,
  vps_id: VpsId.nullable(),
  vps_label: z.string().nullable(),
  subject: z.string(),
  status: TicketStatus,
  opened_by: z.string(),
  created_at: Timestamp,
  changed_at: Timestamp,
});
export type Ticket = z.infer<typeof Ticket>;

export const TicketMessage = z.strictObject({
  id: z.uuid(),
  side: z.enum(['customer', 'staff']),
  /** Among staff; a customer is never told. */
  internal: z.boolean(),
  author: z.string(),
  text: z.string(),
  created_at: Timestamp,
});
export type TicketMessage = z.infer<typeof TicketMessage>;

export const TicketQuery = z.strictObject({
  cursor: Cursor.optional(),
  limit: Limit,
  status: TicketStatus.optional(),
  vps_id: VpsId.optional(),
});
export const TicketPage = z.strictObject({ tickets: z.array(Ticket), next: z.string().nullable() });
export const TicketOpen = z.strictObject({
  subject: z.string().trim().min(3).max(150),
  text: Text,
  vps_id: VpsId.optional(),
  /** For whom; only for callers that act on the platform. */
  organization_id: OrganizationId.optional(),
});
export const TicketWrite = z.strictObject({
  text: Text,
  /** A note among staff. */
  internal: z.boolean().default(false),
});
/** A ticket with all that was said, the oldest first. */
export const TicketWhole = z.strictObject({ ticket: Ticket, messages: z.array(TicketMessage) });
