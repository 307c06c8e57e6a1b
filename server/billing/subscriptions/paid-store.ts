/** What was paid for a subscription beside its order. */
import type { Db } from '../../kernel/database.ts';

/** Paid changes of it of which something is left. */
export async function invoicesToGiveBack(db: Db, subscriptionId: string): Promise<string[]> {
  const rows = await db.invoice.findMany({
    where: { subscriptionId, kind: 'change', status: 'paid', amountPaid: { gt: 0 } },
    select: { id: true },
    orderBy: { createdAt: 'asc' },
  });
  return rows.map(({ id }) => id);
}
