/** What the services, routes and jobs of one process share. Made once by server/runtime.ts. */
import type { Logger } from 'pino';
import type { Endpoint, Provider } from '../../providers/provider.ts';
import type { RateBudget } from '../../providers/rate-budget.ts';
import type { Role } from '../../contract/ids.ts';
import type { Config } from '../config.ts';
import type { SecretBox } from '../secrets.ts';
import type { StackCare } from '../state/care.ts';
import type { Database, Db } from '../store/database.ts';

export interface Services {
  readonly config: Config;
  readonly db: Database;
  readonly secrets: SecretBox;
  readonly log: Logger;
  readonly providers: readonly Provider[];
  /** The account's one budget in this process, shared with the provider hosts. */
  readonly budgetFor: (accountId: string, provider: Provider) => RateBudget;
  /** Where an account of that kind is. @throws Refusal when the simulator is off or refused. */
  readonly endpointOf: (provider: Provider, kind: 'real' | 'simulator') => Endpoint;
  /** The stacks' own secrets; see server/state/. */
  readonly stacks: {
    /** Makes the stack if it is missing; answers the organization's slug and each text as the stack's ciphertext, in base64. */
    prepare(stack: string, secrets: readonly string[]): Promise<{ organization: string; ciphertexts: readonly string[] }>;
    /** History, checks, rollback and forgetting. */
    readonly care: StackCare;
  };
  /** Enqueues inside the transaction of the row. */
  readonly enqueue: (tx: Db, operation: { id: string; vpsId: string; accountId: string }) => Promise<void>;
}

/** Who asks. `organizationId` null may see every organization. */
export interface Principal {
  readonly tokenId: string;
  readonly name: string;
  readonly role: Role;
  readonly organizationId: string | null;
}

export function findProvider(services: Services, id: string): Provider | undefined {
  return services.providers.find((provider) => provider.descriptor.id === id);
}
