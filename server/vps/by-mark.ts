/** The server of a VPS as its provider lists it: found by its mark, when no record has its id. */
import { parseIdentityTag } from '../../providers/identity.ts';
import { everyItem } from '../../providers/pages.ts';
import type { InstanceSummary } from '../../providers/provider.ts';
import { mustCompute } from '../accounts/accounts.ts';
import type { Services } from '../kernel/services.ts';
import type { VpsWithAccount } from './store.ts';

/** Undefined: the provider lists none. @throws ProviderError */
export async function serverByMark(
  services: Services,
  { id, account }: Pick<VpsWithAccount, 'id' | 'account'>,
  signal: AbortSignal,
): Promise<InstanceSummary | undefined> {
  const compute = mustCompute(services, account);
  const all = await everyItem((cursor) => compute.listInstances(cursor, { signal }));
  return all.find(({ tags }) => tags.some((tag) => parseIdentityTag(tag)?.vpsId === id));
}
