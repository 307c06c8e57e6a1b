/** Whom a thing is told, what they were told, and what they do not want to be. */
import { randomUUID } from 'node:crypto';
import type { AlertKind } from '../../contract/alerts.ts';
import type { StaffRole } from '../../contract/permissions.ts';
import { timeNow } from '../kernel/clock.ts';
import type { Db } from '../kernel/database.ts';

/** Whom servers' matters are told: who runs them. */
export const WHO_RUNS = ['owner', 'admin', 'operator'];
/** Whom matters of money are told. */
export const WHO_PAYS = ['owner', 'admin', 'billing'];

export interface Hearer {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly locale: string;
  /** `kind/channel` that they turned off. */
  readonly off: ReadonlySet<string>;
}

interface Listener extends Omit<Hearer, 'off'> {
  readonly preferences: readonly { readonly kind: string; readonly channel: string }[];
}

export async function hearersOf(db: Db, organizationId: string, roles: readonly string[]): Promise<Hearer[]> {
  const members = await db.member.findMany({
    where: { organizationId, role: { in: [...roles] }, user: { disabledAt: null, emailVerified: true } },
    include: { user: { include: { preferences: { where: { enabled: false } } } } },
  });
  return members.map(({ user }) => hearer(user));
}

function hearer({ id, email, name, locale, preferences }: Listener): Hearer {
  return { id, email, name, locale, off: new Set(preferences.map(({ kind, channel }) => `${kind}/${channel}`)) };
}

/** Staff with one of these roles. */
export async function staffWith(db: Db, roles: readonly StaffRole[]): Promise<Hearer[]> {
  const users = await db.user.findMany({
    where: { staffRole: { in: [...roles] }, disabledAt: null, emailVerified: true },
    include: { preferences: { where: { enabled: false } } },
  });
  return users.map(hearer);
}

/** What a mail about a VPS names. */
export async function vpsTold(db: Db, id: string) {
  return await db.vps.findUnique({
    where: { id },
    select: { label: true, ipv4: true, ipv6: true, organizationId: true, terminateDueAt: true, importing: true },
  });
}

/** What a notification is about. */
export type Subjects =
  | { vps_id: string; label: string; address?: string }
  | { invoice_id: string | null; label: string }
  | { ticket_id: string; label: string }
  | { maintenance_id: string; label: string }
  | { alert_id: string; alert: AlertKind; message: string };

/** The same cause is told a person once. */
export async function insertNotification(
  db: Db,
  row: { userId: string; kind: string; causeKey: string; organizationId: string | null; subjects: Subjects },
): Promise<void> {
  await db.notification.createMany({ data: [{ id: randomUUID(), createdAt: timeNow(), ...row }], skipDuplicates: true });
}

export async function notificationsOf(db: Db, userId: string, limit: number) {
  return await db.notification.findMany({ where: { userId }, orderBy: [{ createdAt: 'desc' }, { id: 'asc' }], take: limit });
}

export async function countUnread(db: Db, userId: string): Promise<number> {
  return await db.notification.count({ where: { userId, readAt: null } });
}

export async function markRead(db: Db, userId: string, ids: readonly string[] | undefined): Promise<void> {
  const which = ids === undefined ? {} : { id: { in: [...ids] } };
  await db.notification.updateMany({ where: { userId, readAt: null, ...which }, data: { readAt: timeNow() } });
}

export async function preferencesOf(db: Db, userId: string) {
  return await db.notificationPreference.findMany({ where: { userId } });
}

export async function setPreference(db: Db, row: { userId: string; kind: string; channel: string; enabled: boolean }): Promise<void> {
  const { userId, kind, channel } = row;
  await db.notificationPreference.upsert({ where: { userId_kind_channel: { userId, kind, channel } }, create: row, update: row });
}
