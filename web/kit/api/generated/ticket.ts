/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type Ticket = {
  id: string;
  number: number;
  organization_id: string;
  vps_id: string | null;
  vps_label: string | null;
  subject: string;
  status: TicketStatus;
  opened_by: string;
  created_at: string;
  changed_at: string;
};
export type TicketMessage = { id: string; side: 'customer' | 'staff'; internal: boolean; author: string; text: string; created_at: string };
export type TicketOpen = { subject: string; text: string; vps_id?: string; organization_id?: string };
export type TicketPage = { tickets: Ticket[]; next: string | null };
export type TicketStatus = 'waiting' | 'answered' | 'closed';
export type TicketWhole = { ticket: Ticket; messages: TicketMessage[] };
export type TicketWrite = { text: string; internal?: boolean };
