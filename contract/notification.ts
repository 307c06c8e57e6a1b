/** What people are told inside the dashboard, and what of it by mail, on the wire. */
import { z } from 'zod';
import { OrganizationId, Timestamp, VpsId } from './ids.ts';

/** Of servers, told to those who run them. */
export const VPS_KINDS = ['vps-provisioning', 'vps-ready', 'vps-failed', 'vps-suspended', 'vps-ends-soon', 'vps-ended'] as const;
/** Of money, told to those who pay. */
export const MONEY_KINDS = [
  'invoice-issued',
  'payment-received',
  'payment-failed',
  'payment-needs-payer',
  'payment-disputed',
  'payment-reminder',
  'payment-overdue',
  'service-suspended',
  'service-ends-soon',
  'subscription-cancelled',
  'subscription-ended',
  'price-change',
  'refund-made',
  'order-failed',
] as const;
/** Of what is said: a ticket's answer to who runs servers, a question to staff, planned work to whose servers it is about. */
export const SUPPORT_KINDS = [
  'ticket-answered',
  'ticket-waiting',
  'maintenance-planned',
  'maintenance-changed',
  'maintenance-cancelled',
] as const;
export const NOTIFICATION_KINDS = [...VPS_KINDS, ...MONEY_KINDS, ...SUPPORT_KINDS, 'alert'] as const;
export const NotificationKind = z.enum(NOTIFICATION_KINDS);
export type NotificationKind = z.infer<typeof NotificationKind>;
export const NotificationChannel = z.enum(['list', 'mail']);

export const NotificationId = z.uuid('a notification id is a UUID');
export const Notification = z.strictObject({
  id: NotificationId,
  kind: NotificationKind,
  organization_id: OrganizationId.nullable(),
  /** null: it is about no VPS. */
  vps_id: VpsId.nullable(),
  /** As it was called when this was told. */
  vps_label: z.string().nullable(),
  /** In one sentence, where it is about a VPS. */
  message: z.string().nullable(),
  /** What staff must look at. */
  alert: z.strictObject({ id: z.uuid(), kind: z.string(), message: z.string(), remedy: z.string() }).nullable(),
  invoice_id: z.uuid().nullable(),
  ticket_id: z.uuid().nullable(),
  maintenance_id: z.uuid().nullable(),
  /** As a person calls it: an invoice's number, a product, a ticket's subject, the title of planned work. */
  about: z.string().nullable(),
  read_at: Timestamp.nullable(),
  created_at: Timestamp,
});
export const NotificationList = z.strictObject({ notifications: z.array(Notification), unread: z.int() });
export const NotificationsRead = z.strictObject({
  /** None: all. */
  ids: z.array(NotificationId).max(200).optional(),
});
export const NotificationPreference = z.strictObject({ kind: NotificationKind, channel: NotificationChannel, enabled: z.boolean() });
export const NotificationPreferences = z.strictObject({ preferences: z.array(NotificationPreference) });
