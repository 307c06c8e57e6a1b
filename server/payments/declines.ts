/** Limits against those who try stolen cards: after so many declined ones no page takes another, for an hour. */
import { timeNow } from '../kernel/clock.ts';
import type { Db } from '../kernel/database.ts';
import { raiseAlert } from '../kernel/kill-switches/store.ts';
import { Refusal } from '../kernel/problem.ts';
import { orderPolicy } from '../orders/policy.ts';
import { countDecline, declinesWithinAnHour, openPages } from './declines-store.ts';
import { changeAttempt } from './store.ts';

/** @throws Refusal 429 */
export async function requireFewDeclines(tx: Db, organizationId: string): Promise<void> {
  const { declines_an_hour: most } = await orderPolicy(tx);
  const declines = await declinesWithinAnHour(tx, organizationId);
  if (declines >= most)
    throw new Refusal(
      429,
      'too_many_declines',
      `${declines} cards were declined within an hour. Try again in an hour, or pay by transfer.`,
      [],
      {
        'retry-after': '3600',
      },
    );
}

/** A card was declined on the page of a payment. At the limit the organization's pages end. */
export async function noteDecline(tx: Db, provider: string, payment: string): Promise<void> {
  const attempt = await countDecline(tx, provider, payment);
  if (!attempt) return;
  const { organizationId } = attempt;
  const declines = await declinesWithinAnHour(tx, organizationId);
  if (declines < (await orderPolicy(tx)).declines_an_hour) return;
  for (const id of await openPages(tx, organizationId)) await changeAttempt(tx, id, { cancelRequested: true, nextPollAt: timeNow() });
  await raiseAlert(tx, {
    kind: 'card-testing',
    target: `organization:${organizationId}`,
    message: `${declines} cards were declined for one customer within an hour. Its payment pages are closed for an hour; look whether somebody tries stolen cards.`,
    data: { organization_id: organizationId, declines },
  });
}
