/** Deletes single objects at a provider that no stack holds any more. */
import { identityTag, SHARED_KEY_PREFIX } from '../../../providers/identity.ts';
import type { OwnedObject } from '../../../providers/instance-extras.ts';
import type { Provider } from '../../../providers/provider.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { Account } from '../../kernel/database.ts';
import { clientOf, openAccount, providerOf } from '../../accounts/accounts.ts';
import type { Services } from '../../kernel/services.ts';

const DELETE_TIMEOUT_MS = 10 * 60_000;

export interface Leftover {
  readonly kind: 'instance' | OwnedObject['kind'];
  /** The provider's. */
  readonly id: string;
  readonly name: string;
  /** Whose it is by its tag or name. */
  readonly vpsId: string | null;
}

/**
 * Answers when the provider no longer has it; what is gone already counts as done.
 * @throws Refusal 501 where this version cannot delete the kind, ProviderError
 */
export async function deleteLeftover(services: Services, account: Account, leftover: Leftover, signal?: AbortSignal): Promise<void> {
  const provider = providerOf(services, account);
  const patience = AbortSignal.timeout(DELETE_TIMEOUT_MS);
  const until = signal ? AbortSignal.any([signal, patience]) : patience;
  if (leftover.kind === 'snapshot') {
    const { snapshots } = clientOf(services, account).compute ?? {};
    if (!snapshots) throw cannot(provider, leftover);
    await snapshots.delete(leftover.id, { signal: until });
    return;
  }
  if (leftover.kind === 'ssh-key' && leftover.name.startsWith(SHARED_KEY_PREFIX)) {
    const { sharedKeys } = clientOf(services, account).compute ?? {};
    if (!sharedKeys) throw cannot(provider, leftover);
    await sharedKeys.remove(leftover.id, { signal: until });
    return;
  }
  const token = tokenOf(provider, leftover.kind);
  const resource = provider.resources.find((each) => each.token === token);
  if (!resource) throw cannot(provider, leftover);
  const { providerId: _, ...connection } = openAccount(services, account);
  const context = {
    client: provider.connect({ ...connection, budget: services.budgetFor(connection, provider) }),
    urn: `urn:pulumi:inventory::plinth::${resource.token}::${leftover.id}`,
    signal: until,
    log: (severity: string, message: string) => services.log.debug({ severity, object: leftover.id }, message),
    progress: () => undefined,
  };
  const tags = leftover.vpsId === null ? [] : [identityTag(leftover.vpsId, 1)];
  await resource.delete(context, leftover.id, leftover.kind === 'instance' ? { tags } : { name: leftover.name });
}

function tokenOf({ recordedAs }: Provider, kind: Exclude<Leftover['kind'], 'snapshot'>): string | undefined {
  return kind === 'instance' ? recordedAs?.instance?.token : recordedAs?.helpers?.[kind];
}

function cannot({ descriptor }: Provider, { kind, id }: Leftover): Refusal {
  return new Refusal(501, 'cannot_delete', `Plinth cannot delete the ${kind} ${id} at ${descriptor.name} by itself. Delete it there.`);
}
