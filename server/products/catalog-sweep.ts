/** Keeps what every place costs and whether it can be had, so that nothing is offered that a provider does not have. */
import { allAccounts } from '../accounts/accounts.ts';
import { timeNow } from '../kernel/clock.ts';
import type { SweepReport } from '../kernel/schedule/runner.ts';
import type { Services } from '../kernel/services.ts';
import { offerOf } from './offer.ts';
import { costColumns } from './products.ts';
import { allCandidates, updateCandidate } from './store.ts';

export async function catalogSweep(services: Services, signal: AbortSignal): Promise<SweepReport> {
  const accounts = new Map((await allAccounts(services)).map((account) => [account.id, account]));
  const [seen, gone, unread] = [[] as string[], [] as string[], new Set<string>()];
  for (const candidate of await allCandidates(services.db)) {
    signal.throwIfAborted();
    const account = accounts.get(candidate.accountId ?? '');
    if (!account || unread.has(account.id)) continue;
    try {
      const offer = await offerOf(services, account, candidate.plan, candidate.regions);
      const change = offer ? costColumns(offer, timeNow()) : { available: false, reason: 'The provider has no such plan any more.' };
      await updateCandidate(services.db, candidate.id, change);
      (change.available ? seen : gone).push(candidate.id);
    } catch (error) {
      // What could not be read stays as it was; one account's fault is not another's.
      unread.add(account.id);
      services.log.warn({ err: error, account: account.id }, 'the catalogue of an account could not be read');
    }
  }
  const message = `${seen.length} places can be had, ${gone.length} cannot${unread.size > 0 ? `; ${unread.size} accounts could not be read` : ''}.`;
  return { outcome: unread.size > 0 ? 'partial' : 'ok', message, result: { available: seen.length, unavailable: gone.length } };
}
