/**
 * A key of another account would see none of the servers, and "not found" would then be taken for "gone": a destroy would
 * prove itself on an account that never had the server. So a new key must see what the old one made.
 */
import type { ComputeClient, DnsClient } from '../../providers/provider.ts';
import { refuseField } from '../kernel/problem.ts';
import type { Db } from '../kernel/database.ts';
import { newestInstances, zonesInUse } from './store.ts';

/** One may have been deleted behind our back; not all of them. */
const SAMPLE = 5;
const TIMEOUT_MS = 30_000;

/** @throws Refusal when the account has servers or zones in use and the clients see none of them. */
export async function assertSameAccount(db: Db, accountId: string, clients: { compute?: ComputeClient; dns?: DnsClient }): Promise<void> {
  const { compute, dns } = clients;
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  if (compute) {
    const instances = await newestInstances(db, accountId, SAMPLE);
    for (const [index, instanceId] of instances.entries()) {
      if ((await compute.getInstance(instanceId, { signal })) !== null) break;
      if (index === instances.length - 1) throw stranger(`sees none of this account's servers (looked for ${instances.length})`);
    }
  }
  if (dns) {
    const used = await zonesInUse(db, accountId);
    const seen = used.length === 0 ? [] : await dns.zones({ signal });
    if (used.length > 0 && !seen.some(({ id }) => used.includes(id))) throw stranger('sees none of the zones that VPSes have records in');
  }
}

function stranger(rule: string) {
  return refuseField(
    'api_key',
    rule,
    'Use a key of the same account. For another account, add it as one of its own.',
    422,
    'other_account',
  );
}
