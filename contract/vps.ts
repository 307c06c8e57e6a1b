/** A customer's server on the wire. */
import { z } from 'zod';
import { FirewallRules, HostnameText, IdText, LabelText, Password, Reason, SshKeys, Tags } from './fields.ts';
import { AccountId, Cursor, Flag, Limit, OrganizationId, Timestamp, VpsId } from './ids.ts';
import { ActionCapability, ChangePreview, Evidence, VpsCapabilities } from './lifecycle.ts';
import { Operation } from './operation.ts';
import { VPS_STATUSES } from './words.ts';

export { VPS_STATUSES } from './words.ts';

export const VpsStatus = z.enum(VPS_STATUSES);
export type VpsStatus = z.infer<typeof VpsStatus>;

export const VPS_FEATURES = ['snapshots', 'backups', 'rescue', 'bandwidth', 'metrics', 'firewall', 'reverse_dns'] as const;

const CloudInit = z.strictObject({
  packages: z.array(z.string().max(101)).max(100).optional(),
  package_update: z.boolean().optional(),
  package_upgrade: z.boolean().optional(),
  users: z
    .array(
      z.strictObject({
        name: z.string(),
        sudo: z.boolean().optional(),
        shell: z.string().optional(),
        ssh_keys: z.array(z.string()).max(50).optional(),
      }),
    )
    .max(20)
    .optional(),
  files: z
    .array(
      z.strictObject({
        path: z.string(),
        content: z.string().max(16_384),
        owner: z.string().optional(),
        permissions: z.string().optional(),
      }),
    )
    .max(50)
    .optional(),
  services: z.array(z.string()).max(50).optional(),
  timezone: z.string().optional(),
});

export const VpsCreate = z.strictObject({
  label: LabelText.meta({ examples: ['web-1'] }),
  /** The provider's plan id. */
  type: IdText.meta({ examples: ['s-1vcpu-1gb'] }),
  region: IdText.meta({ examples: ['fra1'] }),
  image: IdText.meta({ examples: ['ubuntu-24-04-x64'] }),
  /** Generated when absent. */
  root_pass: Password.optional(),
  ssh_keys: SshKeys.default([]),
  /** The account; may be left out when exactly one account offers the plan. */
  provider_id: AccountId.optional(),
  dns: z
    .strictObject({
      enabled: z.boolean().default(true),
      zone: HostnameText.optional(),
      name: HostnameText.optional(),
      /** Default: the DNS account's. */
      proxied: z.boolean().optional(),
      /** The addresses lead back to the name, where the provider can. */
      reverse: z.boolean().optional(),
    })
    .optional(),
  hostname: HostnameText.optional(),
  ipv6: z.boolean().optional(),
  /** Default: the account's `backup_enabled`. */
  backups: z.boolean().optional(),
  firewall: FirewallRules.optional(),
  cloud_init: CloudInit.optional(),
  tags: Tags.default([]),
  external_reference: z.string().min(1).max(200).optional(),
  /** Only for callers that may act for several organizations. */
  organization_id: OrganizationId.optional(),
});
export type VpsCreate = z.infer<typeof VpsCreate>;

export const Vps = z.strictObject({
  id: VpsId,
  organization_id: OrganizationId,
  label: z.string(),
  hostname: z.string(),
  status: VpsStatus,
  provider: z.string(),
  provider_id: AccountId,
  /** True when the account is at the simulator: no such server exists in the world. */
  simulated: z.boolean(),
  region: z.string(),
  plan: z.string(),
  image: z.string(),
  ipv4: z.string().nullable(),
  ipv6: z.string().nullable(),
  instance_id: z.string().nullable(),
  dns_name: z.string().nullable(),
  /** The addresses lead back to `dns_name`. */
  reverse_dns: z.boolean(),
  backups: z.boolean(),
  firewall: FirewallRules.nullable(),
  generation: z.int(),
  tags: z.array(z.string()),
  password_available: z.boolean(),
  password_revealed: z.boolean(),
  external_reference: z.string().nullable(),
  /** As last seen. */
  power_state: z.enum(['running', 'stopped']).nullable(),
  notes: z.string().nullable(),
  delete_protection: z.boolean(),
  maintenance: z.string().nullable(),
  suspension: z.strictObject({ reason: z.string(), since: Timestamp }).nullable(),
  /** When a termination that can still be undone becomes due. */
  terminate_due_at: Timestamp.nullable(),
  /** Its termination makes a snapshot first and keeps it. */
  final_snapshot: z.boolean(),
  /** Since when it runs the provider's rescue system. */
  rescue_since: Timestamp.nullable(),
  created_at: Timestamp,
  updated_at: Timestamp,
  deleted_at: Timestamp.nullable(),
});
export type Vps = z.infer<typeof Vps>;

/** One VPS with what can be done to it now, and what the last proof of its end found. */
export const VpsDetail = Vps.extend({
  capabilities: VpsCapabilities,
  /** What its provider can do beside the actions, whatever the VPS's status. */
  features: z.record(z.enum(VPS_FEATURES), ActionCapability),
  evidence: Evidence.nullable(),
});
export type VpsDetail = z.infer<typeof VpsDetail>;

export const VpsAccepted = z.strictObject({ instance: Vps, operation: Operation });
export const VpsPage = z.strictObject({ instances: z.array(Vps), next: z.string().nullable() });
export const VpsQuery = z.strictObject({
  cursor: Cursor.optional(),
  limit: Limit,
  status: VpsStatus.optional(),
  provider: z.string().max(50).optional(),
  region: z.string().max(100).optional(),
  q: z.string().max(100).optional(),
  sort: z.enum(['created_at', '-created_at', 'label', '-label']).default('-created_at'),
  include_deleted: Flag.default(false),
});
export const VpsOutputs = z.strictObject({
  outputs: z
    .strictObject({
      instanceId: z.string(),
      ipv4: z.string(),
      ipv6: z.string(),
      hostname: z.string(),
      dnsName: z.string().nullable(),
      rootUser: z.string(),
    })
    .nullable(),
  simulated: z.boolean(),
});
export const RevealRequest = z.strictObject({
  reason: Reason.meta({ examples: ['hand-over to the customer'] }),
  again: z.boolean().default(false),
});
export const RevealAnswer = z.strictObject({ username: z.string(), password: z.string(), reveal_count: z.int(), simulated: z.boolean() });

export const VpsEnding = z.strictObject({ instance: Vps, operation: Operation.nullable() });
export const VpsPreviewed = z.strictObject({ instance: Vps, operation: Operation.nullable(), preview: ChangePreview.nullable() });
