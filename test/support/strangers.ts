/** Servers that nobody's record knows, at any provider that takes marks off again: made by its own code, then without its mark. */
import { identityTag } from '../../providers/identity.ts';
import type { InstanceSummary } from '../../providers/provider.ts';
import { sampleInstance } from '../../providers/testing/sample-resource.ts';
import { allAccounts, mustCompute, openAccount } from '../../server/accounts/accounts.ts';
import type { Account } from '../../server/kernel/database.ts';
import { findProvider, type Services } from '../../server/kernel/services.ts';

const NOBODY = identityTag('zzzzzzzzzzzzzzzz', 1);

/** One account of each provider that servers can be imported from. */
export async function importableAccounts(services: Services): Promise<Account[]> {
  const all = (await allAccounts(services)).filter((account) => findProvider(services, account.provider)?.compute);
  const first = all.filter((account, index) => all.findIndex(({ provider }) => provider === account.provider) === index);
  return first.filter((account) => mustCompute(services, account).removeTag !== undefined);
}

/** Runs when it is told of. One at a time: what a program declares is captured process-wide. */
export async function strangerAt(services: Services, account: Account, label: string): Promise<InstanceSummary> {
  const provider = findProvider(services, account.provider)!;
  const compute = mustCompute(services, account);
  const { definition, inputs } = await sampleInstance(provider, compute, label, NOBODY);
  const client = provider.connect({
    ...openAccount(services, account),
    budget: services.budgetFor(openAccount(services, account), provider),
  });
  const context = { client, urn: `urn:${label}`, signal: AbortSignal.timeout(60_000), log: () => undefined, progress: () => undefined };
  const { id } = await definition.create(context as never, inputs);
  await compute.removeTag!(id, NOBODY);
  return (await compute.getInstance(id))!;
}
