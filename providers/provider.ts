/**
 * The contract every provider folder fulfils. `providers/<id>/index.ts` default-exports nothing and
 * exports one `provider` object of type `Provider`; `providers/list.ts` collects them.
 *
 * A provider has four faces:
 *  - `descriptor`  what it is: credential fields, limits, capabilities (pure data);
 *  - `connect`     a client for one account: look-ups, power, lists (used by the service);
 *  - `resources`   the Pulumi resources it serves through the provider host (used by the engine);
 *  - `instance` / `dnsRecord`  how a stack program declares them with the vendor's own SDK classes.
 * Its simulation lives in `simulator.ts` beside it and is collected by `simulator/list.ts`.
 */
import type { z } from 'zod';
import type { ResourceDefinition, FunctionDefinition } from './resource.ts';
import type { DnsRecordModule, InstanceModule, RecordedAs } from './declaring.ts';
import type { InstanceExtras } from './instance-extras.ts';
import type {
  Consumption,
  Ending,
  EndingClient,
  MarkRules,
  PasswordReset,
  PersonAnswers,
  PersonTask,
  PersonTaskKind,
  PersonTaskSubject,
  PrepaidPeriod,
} from './manners.ts';
import type { CallOptions, Capability, Money } from './terms.ts';
import type { RateBudget } from './rate-budget.ts';

export type * from './declaring.ts';
export type { CallOptions, Capability, Money } from './terms.ts';

export type ProviderId = string;

/** Where an account's API is. `simulator` is shown as such everywhere and refused in production mode. */
export interface Endpoint {
  readonly kind: 'real' | 'simulator';
  /** Origin plus base path, no trailing slash, for example `https://api.digitalocean.com`; empty where the provider has no API. */
  readonly baseUrl: string;
}

/** One credential at one provider, decrypted, in memory only. */
export interface AccountConnection {
  readonly accountId: string;
  /** Fields as `descriptor.credential` parses them, for example `{ token }`; a JSON document is one field's text. */
  readonly credential: Readonly<Record<string, string>>;
  readonly endpoint: Endpoint;
  /** Shared by every caller that uses this account in this process. */
  readonly budget: RateBudget;
  /** The account's settings, as `descriptor.options` parses them, where they say what the provider does not. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** What our own rows know of its servers: all there is where a provider lists none. Absent where nobody needs it. */
  readonly known?: () => Promise<readonly InstanceSummary[]>;
}

export interface Capabilities {
  readonly resizeUp: Capability;
  readonly resizeDown: Capability;
  readonly rebuild: Capability;
  readonly resetPassword: Capability;
  readonly rename: Capability;
  readonly snapshots: Capability;
  /** Whether a kept snapshot can be the first disk of another server of the account. */
  readonly serverFromSnapshot: Capability;
  readonly backups: Capability;
  readonly rescue: Capability;
  readonly firewall: Capability;
  readonly reverseDns: Capability;
  readonly bandwidth: Capability;
  /** Graphs of processor and network use. */
  readonly metrics: Capability;
  readonly startupScript: Capability;
  readonly windows: Capability;
  readonly ipv6: Capability;
  readonly balance: Capability;
  /** What the account used, by time. */
  readonly consumption: Capability;
  /** A screen or serial line of a server, outside its network. */
  readonly console: Capability;
}

export interface CredentialField {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  /** `document` is a JSON document, taken as text or as the object itself; absent = one line of text. */
  readonly type?: 'document';
  /** Left out by an account that does not need it; the schema says so too. */
  readonly optional?: boolean;
}

export interface Descriptor {
  readonly id: ProviderId;
  readonly name: string;
  readonly roles: readonly ('compute' | 'dns' | 'utility')[];
  /** The Pulumi package whose tokens its resources carry, for example `digitalocean`. */
  readonly pulumiPackage: string;
  /** The version reported to the engine; equals the vendor SDK's version in package.json. */
  readonly pulumiPackageVersion: string;
  /** The real API, as `Endpoint.baseUrl`; null where there is none, and the provider is not simulated either. */
  readonly apiBaseUrl: string | null;
  /** Base path below the simulator's origin, for example `/digitalocean`; null where there is no API. */
  readonly simulatorPath: string | null;
  readonly credential: z.ZodObject;
  readonly credentialFields: readonly CredentialField[];
  /** A credential that the simulator takes for that of an account named `token`; absent = the token in every field. */
  readonly simulatedCredential?: (token: string) => Readonly<Record<string, string>>;
  /** What carries a server's mark; absent = a tag, beside others. */
  readonly mark?: MarkRules;
  /** How a server's life ends; absent = now. */
  readonly ending?: Ending;
  /** Whether a stack of it may be run by hand: not where that would buy for a term or wait for a person. Absent = it may. */
  readonly byHand?: Capability;
  /** Who makes a password that is set anew: the caller (absent), the provider, or the provider by mail. */
  readonly newPassword?: PasswordReset['how'];
  /** Account configuration such as allowed regions; strict, with defaults. */
  readonly options: z.ZodObject;
  readonly capabilities: Capabilities;
  readonly limits: {
    /** Largest user data in bytes, before the provider's own base64. */
    readonly userDataBytes: number;
    /** Of a script that runs at the first boot, where there is no user data; absent: there is no such thing either. */
    readonly setupScriptBytes?: number;
    readonly labelMaxLength: number;
    /** What a label may look like at this provider. */
    readonly labelPattern: RegExp;
    /** What a tag may look like, where the provider takes fewer than Plinth; absent = all that Plinth takes. */
    readonly tagPattern?: RegExp;
  };
  /** Initial rate budget; headers of answers refine it. Source in the provider's README. */
  readonly rate: {
    readonly requests: number;
    readonly perMs: number;
    readonly createsPerMs?: { readonly requests: number; readonly perMs: number };
  };
  readonly password: PasswordPolicy;
  /** True where `rebuild` boots with the server's first user data again: a new password then needs a new server. */
  readonly rebuildKeepsPassword?: boolean;
  /** True where a larger plan leaves the disk as large as it was. */
  readonly resizeLeavesDisk?: boolean;
  /** True where restoring a snapshot sets the administrator's password anew. */
  readonly restoreNeedsPassword?: boolean;
  readonly docsUrl: string;
}

/** Rules for a generated administrator password; feeds `random.RandomPassword`. */
export interface PasswordPolicy {
  readonly length: number;
  readonly minLower: number;
  readonly minUpper: number;
  readonly minNumeric: number;
  readonly minSpecial: number;
  /** Special characters that survive shells, cloud-init and RDP clients. */
  readonly overrideSpecial: string;
  /** Bounds for a password that a caller brings, checked before anything is created. */
  readonly minLength: number;
  readonly maxLength: number;
}

export interface AccountInfo {
  /** The provider's own name for the account: e-mail, uuid or login. */
  readonly name: string;
  readonly status: 'active' | 'warning' | 'locked' | 'unknown';
  /** What is owed (positive) or credit (negative), where the provider tells. */
  readonly balance?: Money;
  readonly email?: string;
  /** Used and not yet billed; part of `balance`. */
  readonly pendingCharges?: Money;
  /** `at` ISO 8601. */
  readonly lastPayment?: Money & { readonly at: string };
  readonly instanceLimit?: number;
}

export interface Region {
  readonly id: string;
  readonly name: string;
  /** ISO 3166-1 alpha-2, upper case, or null where the provider does not tell. */
  readonly country: string | null;
  /** Of its city, to two decimals; absent where that is not known. */
  readonly location?: Location;
  readonly available: boolean;
}

/** In degrees; south and west below zero. */
export interface Location {
  readonly latitude: number;
  readonly longitude: number;
}

export interface Plan {
  readonly id: string;
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
  /** Monthly transfer in GB; null = not metered or not told. */
  readonly transferGb: number | null;
  /** Decimal strings in `currency`. */
  readonly priceMonthly: string;
  readonly priceHourly: string;
  readonly currency: string;
  /** Region ids where it can be created now. */
  readonly regions: readonly string[];
  /** Per-region monthly prices where they differ from `priceMonthly`. */
  readonly regionPrices?: Readonly<Record<string, string>>;
  /** What the provider's automatic backups add a month, as Plinth orders them; absent = none, or not told. */
  readonly backupMonthly?: string;
  /** Per-region prices of the backups where they differ from `backupMonthly`. */
  readonly regionBackups?: Readonly<Record<string, string>>;
  readonly available: boolean;
  /** Whether Windows images run on it, where the provider tells; absent = as its images say. */
  readonly windows?: boolean;
  /** Of its processor, where the provider has more than one; images tell theirs in the same words. */
  readonly architecture?: string;
  /** Terms that are paid in advance, shortest first; `priceMonthly` is then a month of the shortest one's renewal. Absent = paid as used. */
  readonly periods?: readonly PrepaidPeriod[];
}

export interface Image {
  readonly id: string;
  readonly name: string;
  readonly family: 'linux' | 'windows' | 'other';
  readonly distribution: string;
  readonly deprecated: boolean;
  readonly minDiskGb: number;
  /** Region ids; null = everywhere. */
  readonly regions: readonly string[] | null;
  /** Of the processors it runs on; absent = on all that there are. */
  readonly architectures?: readonly string[];
}

export type InstanceStatus = 'creating' | 'running' | 'stopped' | 'busy' | 'suspended' | 'unknown';

/** What a list or look-up tells about an instance, normalised. */
export interface InstanceSummary {
  readonly id: string;
  readonly label: string;
  readonly status: InstanceStatus;
  readonly region: string;
  readonly plan: string;
  readonly image: string | null;
  readonly ipv4: string | null;
  readonly ipv6: string | null;
  /** Marks too, whatever carries them there. */
  readonly tags: readonly string[];
  /** The provider backs it up by itself; absent where the list does not tell. */
  readonly backups?: boolean;
  /** ISO 8601. */
  readonly createdAt: string;
  /** ISO 8601: its ordered end, where its life ends with a paid period. Until then it runs and is paid for. */
  readonly endsAt?: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export interface BandwidthDay {
  readonly date: string;
  readonly incomingBytes: number;
  readonly outgoingBytes: number;
}

export type PowerAction = 'on' | 'off' | 'reboot';

export interface ComputeClient extends InstanceExtras {
  /** Also the live credential check: throws ProviderError `credentials` when the key is wrong. */
  account(o?: CallOptions): Promise<AccountInfo>;
  regions(o?: CallOptions): Promise<Region[]>;
  plans(o?: CallOptions): Promise<Plan[]>;
  images(o?: CallOptions): Promise<Image[]>;
  /** One page at the provider's largest page size; `cursor` is `next` of the page before. */
  listInstances(cursor?: string | null, o?: CallOptions): Promise<Page<InstanceSummary>>;
  /** null only on a definite "not found". */
  getInstance(id: string, o?: CallOptions): Promise<InstanceSummary | null>;
  /** Returns when the provider reports the new power state. */
  power(id: string, action: PowerAction, o?: CallOptions): Promise<void>;
  /** Reinstalls in place; all data on the disk is lost. Returns when it runs again. `password` is new credentials where the provider makes them. */
  rebuild(
    id: string,
    args: {
      image: string;
      userData?: string;
      password?: string;
      sshKeyIds?: string[];
      sshPublicKeys?: readonly string[];
      /** Where the first boot runs a script that is no user data (`limits.setupScriptBytes`); `owner`: id of the VPS. Secret. */
      setup?: { readonly owner: string; readonly script: string };
    },
    o?: CallOptions,
  ): Promise<{ password?: string }>;
  bandwidth(id: string, o?: CallOptions): Promise<BandwidthDay[]>;
  /**
   * Renews the administrator's password and returns when the server runs again; absent where `resetPassword` cannot. `password`
   * is what to set where `descriptor.newPassword` leaves it to the caller; what the provider made is told in the answer.
   */
  resetPassword?(id: string, password: string, o?: CallOptions): Promise<PasswordReset>;
  /** Takes one tag off and leaves the others; one that is not there, or whose instance is gone, counts as done. Absent: no imports. */
  removeTag?(id: string, tag: string, o?: CallOptions): Promise<void>;
  /** What the account used between two times (ms since the epoch); absent where `consumption` cannot. */
  consumption?(from: number, to: number, o?: CallOptions): Promise<Consumption>;
  /** Present where `ending.when` is the end of a paid period. */
  readonly endings?: EndingClient;
  /** Deletes what a VPS's first boot alone needed; what is not there counts as done. Absent: nothing is kept for that. */
  dropSetup?(vpsId: string, o?: CallOptions): Promise<void>;
  /** Present where exact packages are sold, each of which is a region: all of them, each once. */
  packages?(o?: CallOptions): Promise<PackageStock>;
}

/** What a provider has of packages that are sold one by one. */
export interface PackageStock {
  /** How many it listed, those that stood twice included. */
  readonly listed: number;
  readonly packages: readonly {
    readonly id: string;
    readonly name: string;
    /** In the provider's words; `active` can be bought. */
    readonly status: string;
    /** Addresses that are free. */
    readonly free: number;
    /** A month by plan, where the provider tells; decimal texts. */
    readonly prices: Readonly<Record<string, string>>;
  }[];
}

export interface Zone {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

export interface DnsRecordSummary {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly content: string;
  readonly comment: string | null;
  /** Its traffic goes through the provider's proxy; null where the provider does not tell. */
  readonly proxied: boolean | null;
}

export interface DnsClient {
  account(o?: CallOptions): Promise<AccountInfo>;
  zones(o?: CallOptions): Promise<Zone[]>;
  /** null when the account has no such zone. */
  findZone(name: string, o?: CallOptions): Promise<Zone | null>;
  listRecords(zoneId: string, cursor?: string | null, o?: CallOptions): Promise<Page<DnsRecordSummary>>;
  findRecords(zoneId: string, name: string, o?: CallOptions): Promise<DnsRecordSummary[]>;
  /** For a record that no stack holds; one that is gone already counts as done. */
  deleteRecord(zoneId: string, recordId: string, o?: CallOptions): Promise<void>;
}

export interface Provider {
  readonly descriptor: Descriptor;
  /** Pulumi resources and functions by type token. */
  readonly resources: readonly ResourceDefinition[];
  readonly functions: readonly FunctionDefinition[];
  /** What a person does where no API does it; absent kinds need nobody. Pure: the same subject makes the same task. */
  readonly tasks?: Readonly<Partial<Record<PersonTaskKind, (subject: PersonTaskSubject, before: PersonAnswers) => PersonTask>>>;
  /** Absent: sweeps compare only what the service's own rows hold. */
  readonly recordedAs?: RecordedAs;
  /** The client object that `resources` receive as `ctx.client` and `compute`/`dns` build on. */
  connect(connection: AccountConnection): unknown;
  compute?(connection: AccountConnection): ComputeClient;
  dns?(connection: AccountConnection): DnsClient;
  /** Loaded lazily so that only stack programs pay for the vendor's SDK. */
  instance?(): Promise<InstanceModule>;
  dnsRecord?(): Promise<DnsRecordModule>;
}
