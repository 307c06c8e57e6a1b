/** Tells people of one thing, in their list and by mail, as each wants it. */
import type { NotificationKind } from '../../contract/notification.ts';
import type { Db } from '../kernel/database.ts';
import type { Services } from '../kernel/services.ts';
import { type Hearer, insertNotification, type Subjects } from './store.ts';

export interface Message {
  readonly kind: NotificationKind;
  /** The same cause is told each person once. */
  readonly cause: string;
  readonly organizationId: string | null;
  readonly subjects: Subjects;
  /** What the mail names, in the reader's language. */
  readonly data: (locale: string) => Readonly<Record<string, string>>;
}

/** Inside the transaction of the event. */
export async function tellEach(
  mail: Services['mail'],
  tx: Db,
  people: readonly Hearer[],
  { kind, cause, organizationId, subjects, data }: Message,
): Promise<void> {
  for (const { id: userId, email, name, locale, off } of people) {
    const causeKey = `${cause}:${userId}`;
    if (!off.has(`${kind}/list`)) await insertNotification(tx, { userId, kind, causeKey, organizationId, subjects });
    if (!off.has(`${kind}/mail`))
      await mail(tx, { kind, to: { address: email, name }, locale, userId, organizationId, causeKey, data: data(locale) });
  }
}
