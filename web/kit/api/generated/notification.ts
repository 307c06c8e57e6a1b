/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type Notification = {
  id: string;
  kind: NotificationKind;
  organization_id: string | null;
  vps_id: string | null;
  vps_label: string | null;
  message: string | null;
  alert: { id: string; kind: string; message: string; remedy: string } | null;
  invoice_id: string | null;
  ticket_id: string | null;
  maintenance_id: string | null;
  about: string | null;
  read_at: string | null;
  created_at: string;
};
export type NotificationKind =
  | 'vps-provisioning'
  | 'vps-ready'
  | 'vps-failed'
  | 'vps-suspended'
  | 'vps-ends-soon'
  | 'vps-ended'
  | 'invoice-issued'
  | 'payment-received'
  | 'payment-failed'
  | 'payment-needs-payer'
  | 'payment-disputed'
  | 'payment-reminder'
  | 'payment-overdue'
  | 'service-suspended'
  | 'service-ends-soon'
  | 'subscription-cancelled'
  | 'subscription-ended'
  | 'price-change'
  | 'refund-made'
  | 'order-failed'
  | 'ticket-answered'
  | 'ticket-waiting'
  | 'maintenance-planned'
  | 'maintenance-changed'
  | 'maintenance-cancelled'
  | 'alert';
export type NotificationList = { notifications: Notification[]; unread: number };
export type NotificationPreference = { kind: NotificationKind; channel: 'list' | 'mail'; enabled: boolean };
export type NotificationPreferences = { preferences: NotificationPreference[] };
export type NotificationsRead = { ids?: string[] };
