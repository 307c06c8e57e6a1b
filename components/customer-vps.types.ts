/** What a spec becomes before anything is declared, and what can be wrong with it. */
import type { Descriptor, InstanceRequest } from '../providers/provider.ts';
import type { CloudInitPlan } from './cloud-init.ts';

/** What a plan needs to know of the provider. */
export type ComputeRules = Pick<Descriptor, 'name' | 'limits' | 'capabilities' | 'password' | 'options'>;

export interface PlannedRecord {
  /** Part of the resource's logical name; never changes. */
  readonly key: 'a' | 'aaaa';
  readonly type: 'A' | 'AAAA';
  readonly name: string;
  readonly ttl: number;
  readonly proxied: boolean;
  readonly zoneId: string;
  readonly comment: string;
}

/** The request to the provider, but for what is known only when it is declared; `hostname` is ASCII. */
export interface VpsPlan extends Omit<InstanceRequest, 'userData' | 'setupScript' | 'rootPassword'> {
  readonly rootUser: 'root' | 'Administrator';
  /** Arguments of the generated password; a new generation gets a new password. null: an imported server has its own already. */
  readonly password: RandomPasswordPlan | null;
  /** null where the operating system or the provider takes none. */
  readonly cloudInit: CloudInitPlan | null;
  /** For a provider that takes no user data and runs a script at the first boot; null = none. */
  readonly setupScript: string | null;
  readonly records: readonly PlannedRecord[];
  /** IP versions whose address leads back to `dnsName`. */
  readonly reverseNames: readonly (4 | 6)[];
  /** FQDN of the records, or null without DNS. */
  readonly dnsName: string | null;
  readonly generation: number;
  /** The provider's id of a server that was there before its stack; null for one that the stack makes. */
  readonly importId: string | null;
}

export interface RandomPasswordPlan {
  readonly length: number;
  readonly minLower: number;
  readonly minUpper: number;
  readonly minNumeric: number;
  readonly minSpecial: number;
  readonly special: boolean;
  readonly overrideSpecial: string;
  readonly keepers: Readonly<Record<string, string>>;
}

export interface PlanProblem {
  /** Path in the spec, for example `dns.name`. */
  readonly field: string;
  readonly rule: string;
  readonly remedy: string;
}
