/** How much of an account is used: servers, money, calls. Asked at the provider each time; nothing of it is kept. */
import type { AccountUsage } from '../../contract/provider.ts';
import type { ComputeClient } from '../../providers/provider.ts';
import { countVpsesAt } from '../store/accounts.ts';
import type { Account } from '../store/database.ts';
import { clientOf, providerOf } from './accounts.ts';
import type { Services } from './services.ts';

const TIMEOUT_MS = 30_000;

/** @throws ProviderError when the provider refuses the key or does not answer. */
export async function accountUsage(services: Services, account: Account): Promise<AccountUsage> {
  const { compute, dns } = clientOf(services, account);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const client = compute ?? dns;
  if (!client) throw new Error(`The provider "${account.provider}" has neither servers nor DNS.`);
  const [info, used, ours] = await Promise.all([
    client.account({ signal }),
    compute ? countInstances(compute, signal) : 0,
    countVpsesAt(services.db, account.id),
  ]);
  const { left, requests, perMs, pausedMs } = services.budgetFor(account.id, providerOf(services, account)).state();
  return {
    provider_id: account.id as AccountUsage['provider_id'],
    simulated: account.endpointKind === 'simulator',
    account_name: info.name,
    account_status: info.status,
    instances: compute ? { used, ours, limit: info.instanceLimit ?? null } : null,
    balance: info.balance ?? null,
    rate: { left, requests, per_ms: perMs, paused_ms: pausedMs },
    at: new Date().toISOString(),
  };
}

async function countInstances(compute: ComputeClient, signal: AbortSignal): Promise<number> {
  let found = 0;
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<ComputeClient['listInstances']>> = await compute.listInstances(cursor, { signal });
    found += page.items.length;
    cursor = page.next;
  } while (cursor !== null);
  return found;
}
