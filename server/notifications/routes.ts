/** /api/notifications: what a person was told, and what they want to be told. */
import { remedyOf } from '../../contract/alerts.ts';
import {
  NOTIFICATION_KINDS,
  type VPS_KINDS,
  NotificationChannel,
  NotificationList,
  NotificationPreference,
  NotificationPreferences,
  NotificationsRead,
} from '../../contract/notification.ts';
import { personOf } from '../identity/sign-in/own-routes.ts';
import type { Db } from '../kernel/database.ts';
import { type Route, route } from '../kernel/http/route.ts';
import type { Services } from '../kernel/services.ts';
import { countUnread, markRead, notificationsOf, preferencesOf, setPreference, type Subjects } from './store.ts';

const SHOWN = 100;
const OWN = { permission: 'notification:own' } as const;

export function notificationRoutes(services: Services): Route[] {
  const preferences = async (userId: string, db: Db = services.db) => {
    const off = new Set(
      (await preferencesOf(db, userId)).filter(({ enabled }) => !enabled).map(({ kind, channel }) => `${kind}/${channel}`),
    );
    const all = NOTIFICATION_KINDS.flatMap((kind) => NotificationChannel.options.map((channel) => ({ kind, channel })));
    return { preferences: all.map((each) => ({ ...each, enabled: !off.has(`${each.kind}/${each.channel}`) })) };
  };
  return [
    route({
      ...OWN,
      method: 'get',
      path: '/api/notifications',
      id: 'listNotifications',
      summary: 'What you were told, newest first',
      responses: { 200: { description: 'The newest hundred.', schema: NotificationList } },
      handler: async ({ principal }) => {
        const userId = personOf(principal);
        const rows = await notificationsOf(services.db, userId, SHOWN);
        const notifications = rows.map(({ id, kind, organizationId, subjects, readAt, createdAt }) => {
          return {
            id,
            kind,
            organization_id: organizationId,
            ...about(kind, subjects as Subjects),
            read_at: readAt?.toISOString() ?? null,
            created_at: createdAt.toISOString(),
          };
        });
        return { status: 200, body: { notifications, unread: await countUnread(services.db, userId) } };
      },
    }),
    route({
      ...OWN,
      method: 'post',
      path: '/api/notifications/read',
      id: 'markNotificationsRead',
      summary: 'Mark what you have read',
      body: NotificationsRead,
      responses: { 204: { description: 'Marked.' } },
      transaction: true,
      handler: async ({ principal, body, tx }) => {
        await markRead(tx, personOf(principal), body.ids);
        return { status: 204 };
      },
    }),
    route({
      ...OWN,
      method: 'get',
      path: '/api/notifications/preferences',
      id: 'getNotificationPreferences',
      summary: 'What you are told in the list and by mail',
      responses: { 200: { description: 'Each kind and channel.', schema: NotificationPreferences } },
      handler: async ({ principal }) => ({ status: 200, body: await preferences(personOf(principal)) }),
    }),
    route({
      ...OWN,
      method: 'put',
      path: '/api/notifications/preferences',
      id: 'setNotificationPreference',
      summary: 'Turn a kind on or off for a channel',
      body: NotificationPreference,
      responses: { 200: { description: 'All of them, as they are now.', schema: NotificationPreferences } },
      transaction: true,
      handler: async ({ principal, body, tx }) => {
        const userId = personOf(principal);
        await setPreference(tx, { userId, ...body });
        return { status: 200, body: await preferences(userId, tx) };
      },
    }),
  ];
}

/** A notification's subject on the wire. */
function about(told: string, subjects: Subjects) {
  const none = {
    vps_id: null,
    vps_label: null,
    alert: null,
    invoice_id: null,
    ticket_id: null,
    maintenance_id: null,
    about: null,
    message: null,
  };
  if ('vps_id' in subjects) {
    const { vps_id, label, address = '' } = subjects;
    return { ...none, vps_id, vps_label: label, message: SENTENCES[told as keyof typeof SENTENCES]?.(label, address) ?? null };
  }
  if ('ticket_id' in subjects) return { ...none, ticket_id: subjects.ticket_id, about: subjects.label };
  if ('maintenance_id' in subjects) return { ...none, maintenance_id: subjects.maintenance_id, about: subjects.label };
  if ('label' in subjects) return { ...none, invoice_id: subjects.invoice_id, about: subjects.label };
  const { alert_id: id, alert: kind, message } = subjects;
  return { ...none, alert: { id, kind, message, remedy: remedyOf(kind) } };
}

/** The first two are matched by clients of older systems, to the letter. */
const SENTENCES: Readonly<Record<(typeof VPS_KINDS)[number], (label: string, address: string) => string>> = {
  'vps-provisioning': () => 'Your VPS is being provisioned...',
  'vps-ready': (_, address) => (address === '' ? 'Your VPS is ready!' : `Your VPS is ready! IP: ${address}`),
  'vps-failed': (label) => `A change of ${label} failed.`,
  'vps-suspended': (label) => `${label} is suspended.`,
  'vps-ends-soon': (label) => `${label} ends soon.`,
  'vps-ended': (label) => `${label} has ended.`,
};
