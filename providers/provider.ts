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
import type * as pulumi from '@pulumi/pulumi';
import type { z } from 'zod';
import type { ResourceDefinition, FunctionDefinition } from './resource.ts';
import type { InstanceExtras, OwnedObject } from './instance-extras.ts';
import type { CallOptions, Money } from './terms.ts';
import type { RateBudget } from './rate-budget.ts';

export type { CallOptions, Money } from './terms.ts';

export type ProviderId = string;

/** Where an account's API is. `simulator` is shown as such everywhere and refused in production mode. */
export interface Endpoint {
  readonly kind: 'real' | 'simulator';
  /** Origin plus base path, no trailing slash, for example `https://api.digitalocean.com`. */
  readonly baseUrl: string;
}

/** One credential at one provider, decrypted, in memory only. */
export interface AccountConnection {
  readonly accountId: string;
  /** Fields as `descriptor.credential` parses them, for example `{ token }`. */
  readonly credential: Readonly<Record<string, string>>;
  readonly endpoint: Endpoint;
  /** Shared by every caller that uses this account in this process. */
  readonly budget: RateBudget;
}

/** `cannot` carries the sentence a person reads next to a disabled action. */
export type Capability = { readonly can: true } | { readonly can: false; readonly reason: string };

export interface Capabilities {
  readonly resizeUp: Capability;
  readonly resizeDown: Capability;
  readonly rebuild: Capability;
  readonly resetPassword: Capability;
  readonly rename: Capability;
  readonly snapshots: Capability;
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
}

export interface CredentialField {
  readonly name: string;
  readonly label: string;
  readonly help: string;
}

export interface Descriptor {
  readonly id: ProviderId;
  readonly name: string;
  readonly roles: readonly ('compute' | 'dns' | 'utility')[];
  /** The Pulumi package whose tokens its resources carry, for example `digitalocean`. */
  readonly pulumiPackage: string;
  /** The version reported to the engine; equals the vendor SDK's version in package.json. */
  readonly pulumiPackageVersion: string;
  /** The real API, as `Endpoint.baseUrl`. */
  readonly apiBaseUrl: string;
  /** Base path below the simulator's origin, for example `/digitalocean`. */
  readonly simulatorPath: string;
  readonly credential: z.ZodObject;
  readonly credentialFields: readonly CredentialField[];
  /** Account configuration such as allowed regions; strict, with defaults. */
  readonly options: z.ZodObject;
  readonly capabilities: Capabilities;
  readonly limits: {
    /** Largest user data in bytes, before the provider's own base64. */
    readonly userDataBytes: number;
    readonly labelMaxLength: number;
    /** What a label may look like at this provider. */
    readonly labelPattern: RegExp;
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
  readonly instanceLimit?: number;
}

export interface Region {
  readonly id: string;
  readonly name: string;
  /** ISO 3166-1 alpha-2, upper case, or null where the provider does not tell. */
  readonly country: string | null;
  readonly available: boolean;
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
  readonly tags: readonly string[];
  /** The provider backs it up by itself; absent where the list does not tell. */
  readonly backups?: boolean;
  /** ISO 8601. */
  readonly createdAt: string;
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
    args: { image: string; userData?: string; password?: string; sshKeyIds?: string[] },
    o?: CallOptions,
  ): Promise<{ password?: string }>;
  bandwidth(id: string, o?: CallOptions): Promise<BandwidthDay[]>;
  /** Sets the administrator's password and returns when the server runs again; absent where `resetPassword` cannot. */
  resetPassword?(id: string, password: string, o?: CallOptions): Promise<void>;
  /** Takes one tag off and leaves the others; one that is not there, or whose instance is gone, counts as done. Absent: no imports. */
  removeTag?(id: string, tag: string, o?: CallOptions): Promise<void>;
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

/** What a stack program asks of a provider's instance, already planned and validated. */
export interface InstanceRequest {
  /** Label at the provider, within `limits`. */
  readonly label: string;
  readonly hostname: string;
  readonly region: string;
  readonly plan: string;
  readonly image: string;
  readonly windows: boolean;
  readonly ipv6: boolean;
  readonly backups: boolean;
  /** Identity tag first (see identity.ts), then the caller's. */
  readonly tags: readonly string[];
  /** OpenSSH public keys; the module registers them as key resources named after the VPS. */
  readonly sshPublicKeys: readonly string[];
  /** cloud-init document (`#cloud-config …`) or Windows script, plain text; null = none. */
  readonly userData: pulumi.Input<string> | null;
  /** Secret. The administrator password; unused where the provider makes its own. */
  readonly rootPassword: pulumi.Output<string>;
  /** Allow-list of inbound traffic; null = no firewall resource. */
  readonly firewall: readonly FirewallRule[] | null;
  /** Provider-specific account options (`descriptor.options`). */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface FirewallRule {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** `22`, `80-443`, or null for icmp. */
  readonly ports: string | null;
  /** CIDRs. */
  readonly sources: readonly string[];
}

/** The resources an instance module declared, with the outputs the component needs. */
export interface InstanceHandle {
  readonly resource: pulumi.CustomResource;
  readonly instanceId: pulumi.Output<string>;
  readonly ipv4: pulumi.Output<string>;
  /** Single address without prefix length, or '' when off. */
  readonly ipv6: pulumi.Output<string>;
  /** Secret. Set where the provider makes the password (Vultr Windows); else undefined. */
  readonly generatedPassword?: pulumi.Output<string>;
}

export interface ReverseNameRequest {
  readonly instance: InstanceHandle;
  /** FQDN that the address shall lead back to. Its own record stands before this is declared. */
  readonly name: string;
  readonly ipVersion: 4 | 6;
}

export interface InstanceModule {
  /** Input property paths never changed after creation outside a reinstall, for example `userData`. */
  readonly ignoreChanges: readonly string[];
  /** Further paths that come from the account's settings: left alone on a server that was imported, until its next reinstall. */
  readonly importedIgnoreChanges?: readonly string[];
  /**
   * Declares the instance and its own helpers (keys, firewall, start-up script) as children of `opts.parent`.
   * Logical names: `<name>` for the instance, `<name>-key-<n>`, `<name>-firewall`; they never change.
   */
  declare(name: string, request: InstanceRequest, opts: pulumi.CustomResourceOptions): InstanceHandle;
  /** Declares the reverse name of one address as the resource `name`; absent where `capabilities.reverseDns` cannot. */
  declareReverseName?(name: string, request: ReverseNameRequest, opts: pulumi.CustomResourceOptions): pulumi.CustomResource;
}

export interface DnsRecordRequest {
  readonly zoneId: pulumi.Input<string>;
  /** FQDN. */
  readonly name: string;
  readonly type: 'A' | 'AAAA';
  readonly content: pulumi.Input<string>;
  readonly ttl: number;
  readonly proxied: boolean;
  /** Identity: who owns the record, for example `plinth vps-abc`. */
  readonly comment: string;
}

export interface DnsRecordModule {
  declare(
    name: string,
    request: DnsRecordRequest,
    opts: pulumi.CustomResourceOptions,
  ): { resource: pulumi.CustomResource; recordId: pulumi.Output<string> };
}

/**
 * Where a stack's state keeps what lists tell: output property names of the vendor's resources. Lets a sweep compare the
 * two without the engine.
 */
export interface RecordedAs {
  /** Tokens of what stands beside an instance, for deleting one that no stack holds any more. */
  readonly helpers?: Partial<Record<Exclude<OwnedObject['kind'], 'snapshot'>, string>>;
  readonly instance?: {
    readonly token: string;
    readonly label: string;
    readonly region: string;
    readonly plan: string;
    readonly ipv4: string;
    readonly ipv6: string;
  };
  readonly record?: {
    readonly token: string;
    readonly zoneId: string;
    readonly name: string;
    readonly type: string;
    readonly content: string;
  };
}

export interface Provider {
  readonly descriptor: Descriptor;
  /** Pulumi resources and functions by type token. */
  readonly resources: readonly ResourceDefinition[];
  readonly functions: readonly FunctionDefinition[];
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
