/** What the services, routes and jobs of one process share. Made once by server/runtime.ts. */
import type { Logger } from 'pino';
import type { AccountConnection, Endpoint, InstanceSummary, Provider } from '../../providers/provider.ts';
import type { RateBudget } from '../../providers/rate-budget.ts';
import type { Permission } from '../../contract/permissions.ts';
import type { Actor } from './actor.ts';
import type { Config } from './config.ts';
import type { DiskWatch } from './disk-watch.ts';
import type { Hooks } from './hooks.ts';
import type { MailOrder } from './mail.ts';
import type { Machines } from './http/machine-door.ts';
import type { Wall } from './http/safe-fetch.ts';
import type { Reader } from './reader.ts';
import type { Recent } from './recent.ts';
import type { SecretBox } from './secrets.ts';
import type { Scope } from './listing.ts';
import type { Database, Db } from './database.ts';

export interface Services {
  readonly config: Config;
  readonly db: Database;
  /** For what pages wait for. */
  readonly reader: Reader;
  /** Who sent the last requests. */
  readonly recent: Recent;
  readonly secrets: SecretBox;
  readonly log: Logger;
  readonly providers: readonly Provider[];
  /** The account's one budget in this process, shared with the provider hosts. */
  readonly budgetFor: (connection: Pick<AccountConnection, 'accountId' | 'endpoint'>, provider: Provider) => RateBudget;
  /** Where an account of that kind is. @throws Refusal when the simulator is off or refused. */
  readonly endpointOf: (provider: Provider, kind: 'real' | 'simulator') => Endpoint;
  /** The servers of an account by our own rows, for providers that list none. */
  readonly knownServers: (accountId: string) => Promise<readonly InstanceSummary[]>;
  /** The stacks' own secrets; see server/backend/. */
  readonly stacks: {
    /**
     * Makes the stack if it is missing; answers the organization's slug, each text as the stack's ciphertext in base64, and
     * what marks a text under the stack's key.
     */
    prepare(
      stack: string,
      secrets: readonly string[],
    ): Promise<{ organization: string; ciphertexts: readonly string[]; markOf(text: string): string }>;
  };
  /**
   * Accounts whose servers this process has still to compare with a database that its data directory does not know, which may
   * be restored from the past: nothing of theirs is destroyed meanwhile.
   */
  readonly uncompared: Set<string>;
  /** Where simulated machines answer, whose addresses nothing routes; absent without a simulator. */
  readonly machines?: Machines;
  /** What may stand where a request names a provider's plan; domains above say it. */
  readonly planNames: PlanNames;
  /** Of the data directory: nothing new is taken while it is full. */
  readonly disk: DiskWatch;
  /** What follows from a paid or voided invoice in its own transaction. */
  readonly hooks: Hooks;
  /** Has somebody told by mail, inside the transaction of what happened. */
  readonly mail: (tx: Db, mail: MailOrder) => Promise<void>;
  /** For calls to addresses that callers chose. */
  readonly wall: Wall;
  /** Enqueues inside the transaction of the row. */
  readonly enqueue: (tx: Db, operation: { id: string; vpsId: string; accountId: string }) => Promise<void>;
}

/** Registered by who knows of more than providers' plans. */
export interface PlanNames {
  /** Where a server of that product is made first; null: there is no such product. */
  ofProduct?: (id: string) => Promise<{ readonly accountId: string; readonly plan: string } | null>;
}

/** An actor with what it may do in the scope in which it acts. */
export interface Principal {
  readonly actor: Actor;
  /** The actor's. */
  readonly name: string;
  /** The word of its role there, for people to read; what it may do stands in `permissions`. */
  readonly role: string;
  /** Null on the platform, where it acts for every organization. */
  readonly organizationId: Scope;
  readonly permissions: ReadonlySet<Permission>;
  /** Of the API token that it came with; null for a person who signed in. */
  readonly tokenId: string | null;
  /** Of a browser that is signed in; absent where a token itself was sent. */
  readonly sessionId?: string;
  /** Of a person's session: when a second factor was last shown in it. */
  readonly secondFactorAt?: Date | null;
  /** Of staff who act as a customer: the impersonation. */
  readonly actingId?: string;
}

/** The same services, whose reads and writes are part of this transaction. Not for what asks a provider. */
export function within(services: Services, tx: Db): Services {
  return Object.create(services, { db: { value: tx, enumerable: true } });
}

export function findProvider(services: Services, id: string): Provider | undefined {
  return services.providers.find((provider) => provider.descriptor.id === id);
}
