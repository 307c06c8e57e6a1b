/** Purchases at one account in a row, where two at once could not tell whose is which. */
import type { RateBudget } from '../rate-budget.ts';

const turns = new WeakMap<RateBudget, Promise<unknown>>();

/** Runs `work` when what came before it at the account, which its budget stands for, has ended, however that went. */
export function inTurn<T>(account: RateBudget, work: () => Promise<T>): Promise<T> {
  const turn = (turns.get(account) ?? Promise.resolve()).then(work);
  turns.set(
    account,
    turn.catch(() => undefined),
  );
  return turn;
}
