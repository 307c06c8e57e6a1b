/** What a period was charged with and is not used: credit notes over its invoices. */
import { formatAmount, money } from '../../../contract/money.ts';
import type { Db } from '../../kernel/database.ts';
import type { Services } from '../../kernel/services.ts';
import type { CreditKind } from '../credit/credit.ts';
import { issueCreditNote } from '../invoices/credit-note.ts';
import { creditNotesOf } from '../invoices/credit-notes-store.ts';
import { invoiceById, type WholeInvoice } from '../invoices/store.ts';
import { changesOf, type Subscription, type SubscriptionPeriod } from './store.ts';

export interface GivingBack {
  readonly reason: string;
  readonly text: string;
  readonly creditKind?: CreditKind;
  readonly causeKey: string;
  readonly at: Date;
  readonly actor: string;
}

/**
 * So much to the balance, as its lines count: without tax that is added. A period that was changed was charged by several
 * invoices, so the newest one that is paid gives as much as it has left, then the one before.
 */
export async function creditPeriod(
  services: Services,
  tx: Db,
  subscription: Subscription,
  period: SubscriptionPeriod,
  amount: bigint,
  how: GivingBack,
): Promise<void> {
  const changes = (await changesOf(tx, subscription.id)).filter(
    ({ status, invoiceId, changeDate }) => status === 'applied' && invoiceId !== null && changeDate! >= period.startDate,
  );
  const ids = new Set([...changes.toReversed().map(({ invoiceId }) => invoiceId!), ...(period.invoiceId ? [period.invoiceId] : [])]);
  const { reason, text, creditKind, causeKey, at, actor } = how;
  let open = amount;
  for (const [place, invoiceId] of [...ids].entries()) {
    const invoice = await invoiceById(tx, null, invoiceId);
    if (open <= 0n || invoice?.status !== 'paid') continue;
    const { lineId, left } = await leftOf(tx, invoice, subscription);
    const given = open < left ? open : left;
    if (given <= 0n || lineId === null) continue;
    open -= given;
    const said = `${text}: ${formatAmount(money(given, invoice.currency))} ${invoice.currency}`;
    await issueCreditNote(services, tx, {
      invoiceId,
      of: { lines: [{ lineId, amount: given, text: said }] },
      reason,
      to: 'balance',
      ...(creditKind === undefined ? {} : { creditKind }),
      causeKey: place === 0 ? causeKey : `${causeKey}:${place}`,
      at,
      actor,
    });
  }
}

/** What the invoice charged for periods of that subscription, less what credit notes took off; never more than is left of all of it. */
async function leftOf(tx: Db, invoice: WholeInvoice, { id, orderItemId }: Subscription): Promise<{ lineId: string | null; left: bigint }> {
  const sum = (list: readonly { amount: bigint }[]): bigint => list.reduce((all, each) => all + each.amount, 0n);
  const own = invoice.lines.filter(
    ({ kind, subscriptionId, orderItemId: item, periodIndex }) =>
      (subscriptionId === id || item === orderItemId) && kind !== 'setup' && (kind !== 'discount' || periodIndex !== null),
  );
  const mine = new Set(own.map((line) => line.id));
  const notes = (await creditNotesOf(tx, invoice.id)).flatMap(({ lines }) => lines);
  const left = sum(own) - sum(notes.filter(({ invoiceLineId }) => invoiceLineId !== null && mine.has(invoiceLineId)));
  const all = invoice.total === 0n ? 0n : ((invoice.total - invoice.amountCredited) * sum(invoice.lines)) / invoice.total;
  const largest = own.toSorted((a, b) => Number(b.amount - a.amount))[0];
  return { lineId: largest && largest.amount > 0n ? largest.id : null, left: left < all ? left : all };
}
