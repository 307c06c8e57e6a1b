/**
 * The worker's provider hosts: one per (provider, account, credential), opened when an operation needs
 * it, kept warm for a while after, and one rate budget per account that outlives them all.
 */
import { createHash } from 'node:crypto';
import type { AccountConnection, Descriptor, Provider } from '../../providers/provider.ts';
import { RateBudget } from '../../providers/rate-budget.ts';
import { openProviderHost, type ProviderHost, type ProviderHostOptions } from './host.ts';

const DEFAULT_WARM_MS = 120_000;
const DEFAULT_DRAIN_MS = 10 * 60_000;

export interface ProviderHostPoolOptions {
  /** Usually `findProvider` of providers/list.ts. */
  readonly find: (providerId: string) => Provider | undefined;
  readonly log: ProviderHostOptions['log'];
  readonly onProgress?: ProviderHostOptions['onProgress'];
  /** Why nothing may be changed at any provider now, or null; asked right before every changing call. */
  readonly forbidden?: () => string | null;
  /** How many times as fast as ours a simulated cloud's time goes, its limits by the minute among it. */
  readonly simulatorSpeed?: number;
  /** How long an unused host stays open, in ms. */
  readonly warmMs?: number;
}

export interface HostLease {
  readonly package: string;
  readonly port: number;
  /** Serves one connection from elsewhere under the guard. */
  serve: ProviderHost['serve'];
  /** Once; the host closes some time after its last lease. */
  release(): void;
}

type Whose = Pick<AccountConnection, 'accountId' | 'endpoint'>;

interface Entry {
  readonly host: Promise<ProviderHost>;
  leases: number;
  idle: NodeJS.Timeout | undefined;
}

export class ProviderHostPool {
  readonly #options: ProviderHostPoolOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #budgets = new Map<string, RateBudget>();
  readonly #closing = new Set<Promise<void>>();
  #closed = false;

  constructor(options: ProviderHostPoolOptions) {
    this.#options = options;
  }

  /** The account's one budget, for the service's own look-ups too. */
  budgetFor({ accountId, endpoint }: Whose, descriptor: Pick<Descriptor, 'id' | 'rate'>): RateBudget {
    const key = JSON.stringify([descriptor.id, accountId, endpoint.kind]);
    let budget = this.#budgets.get(key);
    if (!budget) {
      const { requests, perMs } = descriptor.rate;
      const pace = endpoint.kind === 'simulator' ? (this.#options.simulatorSpeed ?? 1) : 1;
      budget = new RateBudget(requests, perMs / pace, this.#options.forbidden);
      this.#budgets.set(key, budget);
    }
    return budget;
  }

  /**
   * Leases the account's host; the connection's budget is replaced by the account's own. A connection
   * with another credential or endpoint gets another host, while the one before serves out its leases.
   * null is a provider without accounts. Rejects for an unknown provider and after `close`.
   */
  async acquire(providerId: string, account: Omit<AccountConnection, 'budget'> | null): Promise<HostLease> {
    if (this.#closed) throw new Error('The provider hosts are closing; no new operation can start here.');
    const provider = this.#options.find(providerId);
    if (!provider) throw new Error(`Provider "${providerId}" is not in providers/list.ts.`);
    const key = leaseKey(providerId, account);
    const entry = this.#entries.get(key) ?? this.#open(key, provider, account);
    entry.leases += 1;
    clearTimeout(entry.idle);
    let held = true;
    const release = (): void => {
      if (!held) return;
      held = false;
      entry.leases -= 1;
      if (entry.leases === 0) this.#coolDown(key, entry);
    };
    try {
      const host = await entry.host;
      return { package: host.package, port: host.port, serve: host.serve, release };
    } catch (error) {
      // A host that could not open is not kept: the next acquire tries anew.
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      throw error;
    }
  }

  /** Refuses new leases and waits up to `graceMs` for calls in flight, creates above all. */
  async close(graceMs = DEFAULT_DRAIN_MS): Promise<void> {
    this.#closed = true;
    for (const [key, entry] of this.#entries) this.#retire(key, entry, graceMs);
    await Promise.all(this.#closing);
  }

  #open(key: string, provider: Provider, account: Omit<AccountConnection, 'budget'> | null): Entry {
    const { log, onProgress } = this.#options;
    const connection = account && { ...account, budget: this.budgetFor(account, provider.descriptor) };
    const host = openProviderHost({ provider, connection, log, ...(onProgress ? { onProgress } : {}) });
    const entry: Entry = { host, leases: 0, idle: undefined };
    this.#entries.set(key, entry);
    return entry;
  }

  #coolDown(key: string, entry: Entry): void {
    if (this.#closed) return;
    entry.idle = setTimeout(() => this.#retire(key, entry, DEFAULT_DRAIN_MS), this.#options.warmMs ?? DEFAULT_WARM_MS).unref();
  }

  #retire(key: string, entry: Entry, graceMs: number): void {
    clearTimeout(entry.idle);
    this.#entries.delete(key);
    const closing = entry.host
      .then((host) => host.close(graceMs))
      .catch((error: unknown) => this.#options.log('warning', `A provider host did not close cleanly: ${String(error)}`))
      .finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}

/** Credentials are compared by digest, so that the key of a map is not one more place that holds them. */
function leaseKey(providerId: string, account: Omit<AccountConnection, 'budget'> | null): string {
  if (account === null) return JSON.stringify([providerId]);
  const fields = Object.entries(account.credential).sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = createHash('sha256')
    .update(JSON.stringify([fields, account.endpoint]))
    .digest('hex');
  return JSON.stringify([providerId, account.accountId, digest]);
}
