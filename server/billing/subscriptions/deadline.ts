/** When an unpaid subscription is harmed next, for its owner to see. */
import type { Db } from '../../kernel/database.ts';
import { policyOf } from '../dunning/policies.ts';
import { stageTimes } from '../dunning/policy.ts';
import { periodNumber } from './life.ts';
import { lastOutage } from './outage.ts';
import type { Subscription } from './store.ts';

/** Of what is off already the next harm is its end, with its data. */
const NEXT_HARM: Readonly<Record<string, 'suspend' | 'destroy'>> = { past_due: 'suspend', suspended: 'destroy', terminating: 'destroy' };

/** Null for those that nothing threatens. */
export async function deadlines(db: Db, rows: readonly Subscription[]): Promise<Map<string, Date>> {
  const found = new Map<string, Date>();
  const unpaid = rows.filter(({ status, renewalIndex }) => status in NEXT_HARM && renewalIndex !== null);
  if (unpaid.length === 0) return found;
  const outage = await lastOutage(db);
  for (const row of unpaid) {
    const { start } = periodNumber(row, row.renewalIndex!);
    const harm = stageTimes(await policyOf(db, row.organizationId), start, row.billingZone, outage).find(
      ({ stage }) => stage.act === NEXT_HARM[row.status],
    );
    if (harm) found.set(row.id, harm.at);
  }
  return found;
}
