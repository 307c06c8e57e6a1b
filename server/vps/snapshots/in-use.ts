/** Snapshots that new servers are being made of: they must not be deleted meanwhile. */
import type { Db } from '../../kernel/database.ts';
import { Refusal } from '../../kernel/problem.ts';
import { beingMadeOf } from './store.ts';

/** @param ids the provider's @throws Refusal 409 with the label of what is being made */
export async function requireUnused(tx: Db, accountId: string, ids: readonly string[]): Promise<void> {
  const [first] = await beingMadeOf(tx, accountId, ids);
  if (first !== undefined) throw new Refusal(409, 'snapshot_in_use', inUse(first));
}

export function inUse(label: string): string {
  return `A new server, "${label}", is being made of the snapshot. It can be deleted when that is there.`;
}
