/** How much of an account is used: servers, money, calls. Asked at the provider each time; nothing of it is kept. */
import type { AccountUsage } from '../../contract/provider.ts';
import { everyItem } from '../../providers/pages.ts';
import { timeNow } from '../kernel/clock.ts';
import { countVpsesAt } from './store.ts';
import type { Account } from '../kernel/database.ts';
import { clientOf, openAccount, providerOf } from './accounts.ts';
import type { Services } from '../kernel/services.ts';

const TIMEOUT_MS = 30_000;

/** @throws ProviderError when the provider refuses the key or does not answer. */
export async function accountUsage(services: Services, account: Account): Promise<AccountUsage> {
  const { compute, dns } = clientOf(services, account);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const client = compute ?? dns;
  if (!client) throw new Error(`The provider "${account.provider}" has neither servers nor DNS.`);
  const [info, instances, ours] = await Promise.all([
    client.account({ signal }),
    compute ? everyItem((cursor) => compute.listInstances(cursor, { signal })) : [],
    countVpsesAt(services.db, account.id),
  ]);
  const { left, requests, perMs, pausedMs } = services.budgetFor(openAccount(services, account), providerOf(services, account)).state();
  return {
    provider_id: account.id as AccountUsage['provider_id'],
    simulated: account.endpointKind === 'simulator',
    account_name: info.name,
    account_status: info.status,
    instances: compute ? { used: instances.length, ours, limit: info.instanceLimit ?? null } : null,
    balance: info.balance ?? null,
    pending: info.pendingCharges ?? null,
    rate: { left, requests, per_ms: perMs, paused_ms: pausedMs },
    at: timeNow().toISOString(),
  };
}
