/**
 * What happens, as events: one kind a line, with the ids it carries. The live feed, mails and webhooks are made from them.
 * An event names things and never copies them: who wants to know more asks for the thing.
 */
import { z } from 'zod';
import { AlertKind } from './alerts.ts';
import { AccountId, OperationId, OrganizationId, Timestamp, VpsId } from './ids.ts';
import type { Permission } from './permissions.ts';

/** What an event is about, and the permission with which it is told; an organization is told its own only. */
export const TOPICS = {
  vps: 'vps:read',
  operation: 'operation:read',
  bulk: 'bulk:read',
  drift: 'drift:read',
  inventory: 'inventory:read',
  sweep: 'sweep:read',
  account: 'account:read',
  alert: 'alert:read',
  order: 'order:read',
  subscription: 'subscription:read',
  invoice: 'invoice:read',
  payment: 'payment:read',
  refund: 'refund:read',
  ticket: 'ticket:read',
  maintenance: 'vps:read',
} as const satisfies Record<string, Permission>;
export type Topic = keyof typeof TOPICS;
export const Topic = z.enum(Object.keys(TOPICS) as [Topic, ...Topic[]]);

interface Kind<Shape extends z.ZodRawShape = z.ZodRawShape> {
  /** The field whose thing it is told in the order of. */
  readonly orderedBy: string;
  readonly data: z.ZodObject<Shape, z.core.$strict>;
}
const kind = <Shape extends z.ZodRawShape>(orderedBy: keyof Shape & string, shape: Shape): Kind<Shape> => ({
  orderedBy,
  data: z.strictObject(shape),
});

const VPS = { vps_id: VpsId, status: z.string() };
/** `operation` is its kind. Ordered by its VPS, so that what a VPS went through is told as it was. */
const OPERATION = { vps_id: VpsId, operation_id: OperationId, operation: z.string(), status: z.string() };
/** `vps_id` null: the server is known to no VPS. */
const DRIFT = { account_id: AccountId, drift_id: z.uuid(), vps_id: VpsId.nullable(), drift: z.string() };
const SWEEP = { sweep: z.string() };
const ACCOUNT = { account_id: AccountId };
const BULK = { bulk_run_id: z.uuid(), status: z.string() };
const ORDER = { order_id: z.uuid(), status: z.string() };
/** `what` as its own history says it: begun, renewal-issued, remind-7, suspend …; `invoice_id`: of which invoice. */
const SUBSCRIPTION = { subscription_id: z.uuid(), what: z.string(), status: z.string(), invoice_id: z.uuid().nullable() };
const INVOICE = { invoice_id: z.uuid(), status: z.string() };
const PAYMENT = { payment_id: z.uuid(), invoice_id: z.uuid().nullable() };
/** `status` of the dispute: open, won or lost. */
const DISPUTE = { ...PAYMENT, dispute_id: z.uuid(), status: z.string() };
/** A try to get an invoice's money without its payer. */
const ATTEMPT = { attempt_id: z.uuid(), invoice_id: z.uuid() };
const REFUND = { refund_id: z.uuid(), payment_id: z.uuid(), status: z.string() };
/** `side`: who wrote or closed it, the customer or staff. */
const TICKET = { ticket_id: z.uuid(), status: z.string(), side: z.enum(['customer', 'staff']) };
/** One for each organization that has a server in it. */
const MAINTENANCE = { maintenance_id: z.uuid() };
const ALERT = { alert_id: z.uuid(), alert: AlertKind, target: z.string() };

export const EVENTS = {
  'vps.created': kind('vps_id', VPS),
  /** Anything of it that its page shows. */
  'vps.changed': kind('vps_id', VPS),
  /** To whom had it before; the new owner is told `vps.received`. */
  'vps.given': kind('vps_id', VPS),
  'vps.received': kind('vps_id', VPS),
  'operation.requested': kind('vps_id', OPERATION),
  'operation.started': kind('vps_id', OPERATION),
  /** It waits for its next attempt. */
  'operation.postponed': kind('vps_id', OPERATION),
  /** It waits for a person. */
  'operation.waiting': kind('vps_id', OPERATION),
  'operation.cancel-requested': kind('vps_id', OPERATION),
  'operation.succeeded': kind('vps_id', OPERATION),
  'operation.failed': kind('vps_id', OPERATION),
  'operation.cancelled': kind('vps_id', OPERATION),
  /** One that a person ran fell silent. */
  'operation.stalled': kind('vps_id', OPERATION),
  'drift.found': kind('account_id', DRIFT),
  'drift.changed': kind('account_id', DRIFT),
  'drift.resolved': kind('account_id', DRIFT),
  'inventory.changed': kind('account_id', ACCOUNT),
  'sweep.requested': kind('sweep', SWEEP),
  'sweep.started': kind('sweep', SWEEP),
  'sweep.ended': kind('sweep', { ...SWEEP, outcome: z.string() }),
  'account.created': kind('account_id', ACCOUNT),
  'account.changed': kind('account_id', ACCOUNT),
  'account.removed': kind('account_id', ACCOUNT),
  'bulk.started': kind('bulk_run_id', BULK),
  'bulk.changed': kind('bulk_run_id', BULK),
  'bulk.ended': kind('bulk_run_id', BULK),
  'alert.raised': kind('alert_id', ALERT),
  'alert.resolved': kind('alert_id', ALERT),
  'order.placed': kind('order_id', ORDER),
  'order.changed': kind('order_id', ORDER),
  'subscription.changed': kind('subscription_id', SUBSCRIPTION),
  /** It has its number. */
  'invoice.issued': kind('invoice_id', INVOICE),
  'invoice.paid': kind('invoice_id', INVOICE),
  'invoice.voided': kind('invoice_id', INVOICE),
  'invoice.credited': kind('invoice_id', { ...INVOICE, credit_note_id: z.uuid() }),
  'payment.received': kind('payment_id', PAYMENT),
  /** Taken back by a bank. */
  'payment.lost': kind('payment_id', PAYMENT),
  'payment.disputed': kind('payment_id', DISPUTE),
  'payment.failed': kind('attempt_id', ATTEMPT),
  /** The payer has to confirm it with their bank. */
  'payment.needs-payer': kind('attempt_id', ATTEMPT),
  'refund.changed': kind('refund_id', REFUND),
  'ticket.opened': kind('ticket_id', TICKET),
  'ticket.written': kind('ticket_id', TICKET),
  'ticket.closed': kind('ticket_id', TICKET),
  'maintenance.planned': kind('maintenance_id', MAINTENANCE),
  'maintenance.changed': kind('maintenance_id', MAINTENANCE),
  'maintenance.cancelled': kind('maintenance_id', MAINTENANCE),
} as const satisfies Record<`${Topic}.${string}`, Kind>;

export type EventKind = keyof typeof EVENTS;
export const EVENT_KINDS = Object.keys(EVENTS) as [EventKind, ...EventKind[]];
export const EventKind = z.enum(EVENT_KINDS);

/** An event as it is read: `PlinthEvent<'vps.created' | 'vps.changed'>` are these two. */
export type PlinthEvent<K extends EventKind = EventKind> = {
  [P in K]: {
    readonly id: string;
    readonly kind: P;
    /** Whose it is; null: the seller's. */
    readonly organization_id: string | null;
    readonly at: string;
    readonly data: z.output<(typeof EVENTS)[P]['data']>;
  };
}[K];

export const PlinthEvent = z
  .discriminatedUnion(
    'kind',
    EVENT_KINDS.map((name) =>
      z.strictObject({
        id: z.uuid(),
        kind: z.literal(name),
        organization_id: OrganizationId.nullable(),
        at: Timestamp,
        data: EVENTS[name].data,
      }),
    ) as never,
  )
  .meta({ description: 'Something that happened.' }) as unknown as z.ZodType<PlinthEvent>;

export function topicOf(name: EventKind): Topic {
  return name.slice(0, name.indexOf('.')) as Topic;
}

/** Events of one subject are told in the order in which they were committed. */
export function subjectOf(name: EventKind, data: object): string {
  const { orderedBy } = EVENTS[name];
  return `${orderedBy.replace(/_id$/, '')}:${String((data as Record<string, unknown>)[orderedBy])}`;
}
