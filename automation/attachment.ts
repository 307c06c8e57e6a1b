/** The provider hosts that one operation attaches to. */
import { providers } from '../providers/list.ts';
import type { HostLease, ProviderHostPool } from './provider-host/pool.ts';
import type { AttachedAccount } from './types.ts';

export interface ProviderAttachment {
  /** `package:port,…` for PULUMI_DEBUG_PROVIDERS. */
  readonly debugProviders: string;
  release(): void;
}

/**
 * Leases a host per account, and one for each provider that needs no account (passwords).
 * Throws when two accounts of one package are asked for: the engine can attach to one only.
 */
export async function attachProviders(
  hosts: Pick<ProviderHostPool, 'acquire'>,
  accounts: readonly AttachedAccount[],
): Promise<ProviderAttachment> {
  const leases: HostLease[] = [];
  const release = (): void => leases.forEach((lease) => lease.release());
  const ports = new Map<string, number>();
  const attach = async (providerId: string, account: AttachedAccount | null): Promise<void> => {
    const lease = await hosts.acquire(
      providerId,
      account && { accountId: account.accountId, credential: account.credential, endpoint: account.endpoint },
    );
    leases.push(lease);
    const other = ports.get(lease.package);
    if (other !== undefined && other !== lease.port) {
      throw new Error(`one operation cannot use two accounts of ${providerId}: give the VPS and its DNS record the same account`);
    }
    ports.set(lease.package, lease.port);
  };
  try {
    for (const { descriptor } of providers) {
      if (descriptor.roles.includes('utility')) await attach(descriptor.id, null);
    }
    for (const account of accounts) await attach(account.providerId, account);
  } catch (error) {
    release();
    throw error;
  }
  return { debugProviders: [...ports].map(([name, port]) => `${name}:${port}`).join(','), release };
}
