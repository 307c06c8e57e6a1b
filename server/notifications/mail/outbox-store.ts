/** The outbox of mails, and the mailbox that catches them in development. What they say is sealed. */
import type { MailboxMail, MailDelivery } from '../../../prisma/generated/client.ts';
import { timeIn, timeNow } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';

export type { MailboxMail, MailDelivery };
/** Caught mails that are kept. */
const KEPT = 500;

/** False when the same cause has one already. */
export async function insertMail(
  db: Db,
  mail: Pick<
    MailDelivery,
    'id' | 'kind' | 'causeKey' | 'userId' | 'organizationId' | 'address' | 'addressName' | 'locale' | 'data' | 'messageId'
  >,
): Promise<boolean> {
  return (await db.mailDelivery.createMany({ data: [mail], skipDuplicates: true })).count === 1;
}

/** Of other kinds than `held`. */
export async function dueMails(db: Db, limit: number, held: readonly string[]): Promise<MailDelivery[]> {
  return await db.mailDelivery.findMany({
    where: { status: 'waiting', nextAttemptAt: { lte: timeNow() }, kind: { notIn: [...held] } },
    orderBy: { nextAttemptAt: 'asc' },
    take: limit,
  });
}

/** Those of these kinds that waited before that moment never go. */
export async function withhold(db: Db, kinds: readonly string[], before: Date): Promise<void> {
  await db.mailDelivery.updateMany({
    where: { status: 'waiting', kind: { in: [...kinds] }, createdAt: { lt: before } },
    data: { status: 'failed', data: null, lastError: 'The database was restored: it may have been sent before.' },
  });
}

/** What it said is forgotten with it. */
export async function markSent(db: Db, id: string): Promise<void> {
  await db.mailDelivery.update({
    where: { id },
    data: { status: 'sent', sentAt: timeNow(), data: null, lastError: null, attempts: { increment: 1 } },
  });
}

/** null: no further attempt. */
export async function markFailed(db: Db, id: string, error: string, retryInMs: number | null): Promise<void> {
  const next = retryInMs === null ? { status: 'failed', data: null } : { nextAttemptAt: timeIn(retryInMs) };
  await db.mailDelivery.update({ where: { id }, data: { ...next, lastError: error, attempts: { increment: 1 } } });
}

export async function insertCaught(db: Db, mail: Pick<MailboxMail, 'id' | 'source'>): Promise<void> {
  await db.mailboxMail.create({ data: { ...mail, receivedAt: timeNow() } });
  const old = await db.mailboxMail.findMany({ orderBy: { receivedAt: 'desc' }, skip: KEPT, select: { id: true } });
  if (old.length > 0) await db.mailboxMail.deleteMany({ where: { id: { in: old.map(({ id }) => id) } } });
}

export async function listCaught(db: Db, limit: number): Promise<MailboxMail[]> {
  return await db.mailboxMail.findMany({ orderBy: [{ receivedAt: 'desc' }, { id: 'asc' }], take: limit });
}

export async function caughtById(db: Db, id: string): Promise<MailboxMail | null> {
  return await db.mailboxMail.findUnique({ where: { id } });
}

export async function deleteCaught(db: Db): Promise<number> {
  return (await db.mailboxMail.deleteMany({})).count;
}
