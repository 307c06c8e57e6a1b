/** How a stack program declares what a provider sells, and where its state keeps what lists tell. */
import type * as pulumi from '@pulumi/pulumi';
import type { OwnedObject } from './instance-extras.ts';

/** What a stack program asks of a provider's instance, already planned and validated. */
export interface InstanceRequest {
  /** Label at the provider, within `limits`. */
  readonly label: string;
  readonly hostname: string;
  readonly region: string;
  readonly plan: string;
  readonly image: string;
  /** The provider's id of a snapshot that a new server's disk begins with, in place of `image`; absent = the image. */
  readonly snapshotId?: string;
  readonly windows: boolean;
  readonly ipv6: boolean;
  readonly backups: boolean;
  /** The mark first (see identity.ts), then the caller's tags; the module puts it where `descriptor.mark` says. */
  readonly tags: readonly string[];
  /** OpenSSH public keys; the module registers them as key resources named after the VPS. */
  readonly sshPublicKeys: readonly string[];
  /** cloud-init document (`#cloud-config …`) or Windows script, plain text; null = none. */
  readonly userData: pulumi.Input<string> | null;
  /** A script for the first boot, of a provider that takes no user data; secret. null = none. */
  readonly setupScript?: pulumi.Input<string> | null;
  /** Secret. The administrator password; unused where the provider makes its own. */
  readonly rootPassword: pulumi.Output<string>;
  /** Allow-list of inbound traffic; null = no firewall resource. */
  readonly firewall: readonly FirewallRule[] | null;
  /** An imported server for which no rules were set here: what shields it at the provider is not touched. */
  readonly keepsFirewall?: boolean;
  /** Provider-specific account options (`descriptor.options`). */
  readonly options: Readonly<Record<string, unknown>>;
  /** What a person answered to the tasks of the server, by field; secrets are secret outputs. Absent where there are no tasks. */
  readonly answers?: Readonly<Record<string, pulumi.Input<string>>>;
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
  /** Of the purchase, where the provider tells a number of it; '' where it did not. */
  readonly purchaseId?: pulumi.Output<string>;
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
  /** Paths that tie a server to its firewall: left alone while `keepsFirewall`. */
  readonly firewallPaths?: readonly string[];
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
 * Where a stack's state keeps what lists tell: output property names of the vendor's resources, or paths such as `tags.Name`
 * and `disks.0.size`. Lets a sweep compare the two without the engine.
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
    /** What carries the mark; absent = `tags`. */
    readonly mark?: string;
  };
  readonly record?: {
    readonly token: string;
    readonly zoneId: string;
    readonly name: string;
    readonly type: string;
    readonly content: string;
    /** Absent where the provider has no proxy. */
    readonly proxied?: string;
  };
}
