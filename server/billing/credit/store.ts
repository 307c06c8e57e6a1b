/** The credit ledger: entries only grow, and a trigger adds each to the balance, which is never below zero. */
import { randomUUID } from 'node:crypto';
import type { CreditBalance, CreditEntry } from '../../../prisma/generated/client.ts';
import type { Db } from '../../kernel/database.ts';
import { behind, type Place, type Scope, scoped } from '../../kernel/listing.ts';
import { timeNow } from '../../kernel/clock.ts';

export type { CreditBalance, CreditEntry };

/** The id of the new entry; null when the same cause has made one already. */
export async function insertCreditEntry(db: Db, entry: Omit<CreditEntry, 'id' | 'createdAt'>): Promise<string | null> {
  const id = randomUUID();
  const inserted = await db.$executeRaw`
    INSERT INTO "credit_entry" ("id", "organizationId", "currency", "amount", "kind", "invoiceId", "causeKey", "note", "actor", "at", "createdAt")
    VALUES (${id}, ${entry.organizationId}, ${entry.currency}, ${entry.amount}, ${entry.kind}, ${entry.invoiceId}, ${entry.causeKey},
      ${entry.note}, ${entry.actor}, ${entry.at}, ${timeNow()}) ON CONFLICT ("causeKey") DO NOTHING`;
  return inserted === 1 ? id : null;
}

export async function creditEntryByCause(db: Db, causeKey: string): Promise<CreditEntry | null> {
  return await db.creditEntry.findUnique({ where: { causeKey } });
}

/** The balance, its row locked until the transaction ends. */
export async function lockBalance(db: Db, organizationId: string, currency: string): Promise<bigint> {
  const rows = await db.$queryRaw<{ amount: bigint }[]>`
    SELECT "amount" FROM "credit_balance" WHERE "organizationId" = ${organizationId} AND "currency" = ${currency} FOR UPDATE`;
  return rows[0]?.amount ?? 0n;
}

export async function balancesOf(db: Db, organizationId: string): Promise<CreditBalance[]> {
  return await db.creditBalance.findMany({ where: { organizationId }, orderBy: { currency: 'asc' } });
}

export async function listCreditEntries(
  db: Db,
  scope: Scope,
  organizationId: string,
  after: Place | undefined,
  take: number,
): Promise<CreditEntry[]> {
  return await db.creditEntry.findMany({
    where: { AND: [{ organizationId }, scoped(scope), behind(after)] },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take,
  });
}
