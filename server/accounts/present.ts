/** An account on the wire. Its credential is never read here. */
import type { Account as AccountWire } from '../../contract/provider.ts';
import { configurationOnWire } from './options.ts';
import type { Account } from '../kernel/database.ts';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export function presentAccount(account: Account): AccountWire {
  return {
    id: account.id,
    name: account.name,
    type: account.provider,
    endpoint: account.endpointKind,
    simulated: account.endpointKind === 'simulator',
    status: account.status,
    check_message: account.checkMessage,
    last_checked_at: iso(account.lastCheckedAt),
    key_fingerprint: account.fingerprint,
    key_last4: account.last4,
    key_version: account.secretVersion,
    active: account.active,
    configuration: configurationOnWire(account),
    created_at: account.createdAt.toISOString(),
    updated_at: account.updatedAt.toISOString(),
  } as AccountWire;
}
