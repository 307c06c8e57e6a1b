/** A customer's server on the wire. */
import { z } from 'zod';
import {
  FirewallRules,
  HostnameText,
  IdText,
  LabelText,
  Password,
  Reason,
  SnapshotRef,
  SshKeyIds,
  SshKeys,
  TagList,
  Tags,
} from './fields.ts';
import { AccountId, Cursor, Flag, Limit, OperationId, OrganizationId, Timestamp, VpsId } from './ids.ts';
import { ActionCapability, ChangePreview, Evidence, VpsCapabilities } from './lifecycle.ts';
import { SetupRequest } from './setup-profile.ts';
import { Operation, OperationKind } from './operation.ts';
import { SnapshotTotal } from './snapshot.ts';
import { UNFINISHED, VPS_POWERS, VPS_STATUSES } from './words.ts';

export { VPS_STATUSES } from './words.ts';

export const VpsStatus = z.enum(VPS_STATUSES);
export type VpsStatus = z.infer<typeof VpsStatus>;

export const VPS_FEATURES = [
  'snapshots',
  'server_from_snapshot',
  'backups',
  'rescue',
  'bandwidth',
  'metrics',
  'console',
  'firewall',
  'reverse_dns',
  'resize_down',
] as const;

const CloudInit = z.strictObject({
  packages: z.array(z.string().max(201)).max(100).optional(),
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
        /** `base64`: the content is that of the file's bytes, for what is not text. */
        encoding: z.literal('base64').optional(),
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
  /** What its disk begins with; may be left out only beside `from_snapshot`. */
  image: IdText.meta({ examples: ['ubuntu-24-04-x64'] }).optional(),
  /** In place of `image`: the id of a kept snapshot (GET /api/snapshots). The VPS is made at the account that holds it. */
  from_snapshot: SnapshotRef.optional(),
  /** Generated when absent. */
  root_pass: Password.optional(),
  ssh_keys: SshKeys.default([]),
  /** Beside those: keys that the organization keeps (GET /api/ssh-keys). */
  ssh_key_ids: SshKeyIds.optional(),
  /** The account; may be left out when exactly one account offers the plan. Only for callers that may act for several organizations. */
  provider_id: AccountId.optional(),
  dns: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** May be left out when there is one, when one is the default, or when the name ends in it. */
      zone: HostnameText.optional(),
      /** One label, which goes below the zone, or a whole name in it. Default: the label. */
      name: HostnameText.optional(),
      /** The DNS account, where several have the zone. Only for callers that may act for several organizations. */
      provider_id: AccountId.optional(),
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
  /** What is put on it at its first boot, after `cloud_init`; it counts as active when the profile's checks pass. */
  setup: SetupRequest.optional(),
  tags: Tags.default([]),
  external_reference: z.string().min(1).max(200).optional(),
  /** Only for callers that may act for several organizations. */
  organization_id: OrganizationId.optional(),
  /** Why an organization that buys its servers gets one without an order. Only for callers that may act for several organizations. */
  override_reason: Reason.optional(),
});
export type VpsCreate = z.infer<typeof VpsCreate>;

/** Of a set-up or rename that failed over its name: another one. What is left out stays. */
export const VpsRetry = z.strictObject({
  /** One label, or a whole name; below the VPS's zone where it has one. */
  hostname: HostnameText.optional(),
  /** Another zone or name; `enabled: false`: no DNS name. */
  dns: VpsCreate.shape.dns,
});
export type VpsRetry = z.infer<typeof VpsRetry>;

export const Vps = z.strictObject({
  id: VpsId,
  organization_id: OrganizationId,
  label: z.string(),
  hostname: z.string(),
  status: VpsStatus,
  provider: z.string(),
  /** What people call it. */
  provider_name: z.string(),
  /** The account; null for an organization's tokens, as are `instance_id` and `notes`. */
  provider_id: AccountId.nullable(),
  /** True when the account is at the simulator: no such server exists in the world. */
  simulated: z.boolean(),
  region: z.string(),
  plan: z.string(),
  image: z.string(),
  ipv4: z.string().nullable(),
  ipv6: z.string().nullable(),
  instance_id: z.string().nullable(),
  /** The same as `instance_id` and `ipv4`, by the names of older clients. */
  provider_instance_id: z.string().nullable(),
  ip_address: z.string().nullable(),
  /** Who asked for it; null: a token did. */
  user_id: z.string().nullable(),
  /** What was sold; null: it was not bought as a product. */
  plan_id: z.string().nullable(),
  /** What it was made with. */
  configuration: z.strictObject({
    plan: z.string(),
    image: z.string(),
    hostname: z.string(),
    backups: z.boolean(),
    ipv6: z.boolean(),
    tags: z.array(z.string()),
  }),
  /** The provider has a server of it, as far as is known. */
  has_server: z.boolean(),
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
  /** As last seen, whatever `status` says and whatever is recorded: a drift tells it too. null: not known. */
  power_state: z.enum(['running', 'stopped']).nullable(),
  power_seen_at: Timestamp.nullable(),
  /** The oldest operation that has not ended; null: nothing is under way. */
  under_way: z.strictObject({ operation_id: OperationId, kind: OperationKind, status: z.enum(UNFINISHED) }).nullable(),
  notes: z.string().nullable(),
  delete_protection: z.boolean(),
  maintenance: z.string().nullable(),
  suspension: z.strictObject({ reason: z.string(), since: Timestamp }).nullable(),
  /** When a termination that can still be undone becomes due. */
  terminate_due_at: Timestamp.nullable(),
  /** While `status` is `ending`: when the provider takes the server; null where it does not tell. */
  ends_at: Timestamp.nullable(),
  /** Its termination makes a snapshot first and keeps it. */
  final_snapshot: z.boolean(),
  /** Since when it runs the provider's rescue system. */
  rescue_since: Timestamp.nullable(),
  created_at: Timestamp,
  updated_at: Timestamp,
  deleted_at: Timestamp.nullable(),
});
export type Vps = z.infer<typeof Vps>;

/** Of a terminated VPS: when it ended, who asked for that, and what is kept of it at the provider now. */
export const Tombstone = z.strictObject({
  at: Timestamp,
  /** Who asked for the end; where its grace ran out, who began the grace. null: no record tells. */
  by: z.string().nullable(),
  operation_id: OperationId.nullable(),
  kept: SnapshotTotal,
});
export type Tombstone = z.infer<typeof Tombstone>;

/** One VPS with what can be done to it now, and what the last proof of its end found. */
export const VpsDetail = Vps.extend({
  capabilities: VpsCapabilities,
  /** What its provider can do beside the actions, whatever the VPS's status. */
  features: z.record(z.enum(VPS_FEATURES), ActionCapability),
  evidence: Evidence.nullable(),
  organization_name: z.string(),
  /** What people call the ids of provider, region, plan and image; the id itself where the catalogue does not have it. */
  names: z.strictObject({ provider: z.string(), region: z.string(), plan: z.string(), image: z.string() }),
  /** The provider's price a month, backups counted; null where the catalogue does not have it, and for an organization's tokens. */
  provider_price: z.strictObject({ monthly: z.string(), currency: z.string() }).nullable(),
  /** null while it is not terminated. */
  tombstone: Tombstone.nullable(),
});
export type VpsDetail = z.infer<typeof VpsDetail>;
export const VpsDetailAnswer = z.strictObject({ instance: VpsDetail });

export const VpsAnswer = z.strictObject({ instance: Vps });
export const VpsParams = z.strictObject({ id: VpsId });
export const VpsAccepted = z.strictObject({ instance: Vps, operation: Operation });
export const VpsPage = z.strictObject({
  instances: z.array(Vps),
  next: z.string().nullable(),
  /** How many match in all; null where `count` did not ask. */
  matching: z.int().nullable(),
});
export const VpsQuery = z.strictObject({
  cursor: Cursor.optional(),
  limit: Limit,
  status: VpsStatus.optional(),
  provider: z.string().max(50).optional(),
  region: z.string().max(100).optional(),
  /** As `power_state`; `unknown`: null. */
  power: z.enum(VPS_POWERS).optional(),
  /** Whether an operation is under way. */
  busy: Flag.optional(),
  /** Those that have each of these. */
  tags: TagList.optional(),
  q: z.string().max(100).optional(),
  sort: z.enum(['created_at', '-created_at', 'label', '-label']).default('-created_at'),
  include_deleted: Flag.default(false),
  /** Of those that match, only these. */
  ids: z
    .string()
    .regex(/^[a-z0-9]{16}(,[a-z0-9]{16}){0,199}$/, 'up to 200 VPS ids, separated by commas')
    .optional(),
  /** Only for callers that may act for several organizations. */
  organization_id: OrganizationId.optional(),
  /** Says also how many match in all, whatever `ids`. */
  count: Flag.default(false),
});
/** In the order of their names, of those that have not ended. */
export const VpsTags = z.strictObject({ tags: z.array(z.strictObject({ tag: z.string(), count: z.int() })) });
export type VpsTags = z.infer<typeof VpsTags>;
export const VpsOutputs = z.strictObject({
  outputs: z
    .strictObject({
      /** null for an organization's tokens. */
      instanceId: z.string().nullable(),
      ipv4: z.string(),
      ipv6: z.string(),
      hostname: z.string(),
      dnsName: z.string().nullable(),
      rootUser: z.string(),
      /** Of the purchase, where the provider tells one; null for an organization's tokens. */
      purchaseId: z.string().nullable().optional(),
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
