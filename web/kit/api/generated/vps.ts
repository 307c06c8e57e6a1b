/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { FirewallRules, FirewallRulesInput } from './fields.ts';
import type { ActionCapability, ChangePreview, Evidence, VpsCapabilities } from './lifecycle.ts';
import type { Operation, OperationKind } from './operation.ts';
import type { SetupRequestInput } from './setup-profile.ts';
import type { SnapshotTotal } from './snapshot.ts';

export type RevealAnswer = { username: string; password: string; reveal_count: number; simulated: boolean };
export type RevealRequest = { reason: string; again?: boolean };
export type Tombstone = { at: string; by: string | null; operation_id: string | null; kept: SnapshotTotal };
export type Vps = {
  id: string;
  organization_id: string;
  label: string;
  hostname: string;
  status: VpsStatus;
  provider: string;
  provider_name: string;
  provider_id: string | null;
  simulated: boolean;
  region: string;
  plan: string;
  image: string;
  ipv4: string | null;
  ipv6: string | null;
  instance_id: string | null;
  provider_instance_id: string | null;
  ip_address: string | null;
  user_id: string | null;
  plan_id: string | null;
  configuration: { plan: string; image: string; hostname: string; backups: boolean; ipv6: boolean; tags: string[] };
  has_server: boolean;
  dns_name: string | null;
  reverse_dns: boolean;
  backups: boolean;
  firewall: FirewallRules | null;
  generation: number;
  tags: string[];
  password_available: boolean;
  password_revealed: boolean;
  external_reference: string | null;
  power_state: 'running' | 'stopped' | null;
  power_seen_at: string | null;
  under_way: { operation_id: string; kind: OperationKind; status: 'queued' | 'running' | 'waiting_for_person' } | null;
  notes: string | null;
  delete_protection: boolean;
  maintenance: string | null;
  suspension: { reason: string; since: string } | null;
  terminate_due_at: string | null;
  ends_at: string | null;
  final_snapshot: boolean;
  rescue_since: string | null;
  created_at: string;
  updated_at: string;
  deleted_at: string | null;
};
export type VpsAccepted = { instance: Vps; operation: Operation };
export type VpsAnswer = { instance: Vps };
export type VpsCreate = {
  label: string;
  type: string;
  region: string;
  image?: string;
  from_snapshot?: string;
  root_pass?: string;
  ssh_keys?: string[];
  ssh_key_ids?: string[];
  provider_id?: string;
  dns?: { enabled?: boolean; zone?: string; name?: string; provider_id?: string; proxied?: boolean; reverse?: boolean };
  hostname?: string;
  ipv6?: boolean;
  backups?: boolean;
  firewall?: FirewallRulesInput;
  cloud_init?: {
    packages?: string[];
    package_update?: boolean;
    package_upgrade?: boolean;
    users?: { name: string; sudo?: boolean; shell?: string; ssh_keys?: string[] }[];
    files?: { path: string; content: string; encoding?: 'base64'; owner?: string; permissions?: string }[];
    services?: string[];
    timezone?: string;
  };
  setup?: SetupRequestInput;
  tags?: string[];
  external_reference?: string;
  organization_id?: string;
  override_reason?: string;
};
export type VpsDetail = {
  id: string;
  organization_id: string;
  label: string;
  hostname: string;
  status: VpsStatus;
  provider: string;
  provider_name: string;
  provider_id: string | null;
  simulated: boolean;
  region: string;
  plan: string;
  image: string;
  ipv4: string | null;
  ipv6: string | null;
  instance_id: string | null;
  provider_instance_id: string | null;
  ip_address: string | null;
  user_id: string | null;
  plan_id: string | null;
  configuration: { plan: string; image: string; hostname: string; backups: boolean; ipv6: boolean; tags: string[] };
  has_server: boolean;
  dns_name: string | null;
  reverse_dns: boolean;
  backups: boolean;
  firewall: FirewallRules | null;
  generation: number;
  tags: string[];
  password_available: boolean;
  password_revealed: boolean;
  external_reference: string | null;
  power_state: 'running' | 'stopped' | null;
  power_seen_at: string | null;
  under_way: { operation_id: string; kind: OperationKind; status: 'queued' | 'running' | 'waiting_for_person' } | null;
  notes: string | null;
  delete_protection: boolean;
  maintenance: string | null;
  suspension: { reason: string; since: string } | null;
  terminate_due_at: string | null;
  ends_at: string | null;
  final_snapshot: boolean;
  rescue_since: string | null;
  created_at: string;
  updated_at: string;
  deleted_at: string | null;
  capabilities: VpsCapabilities;
  features: Record<
    | 'snapshots'
    | 'server_from_snapshot'
    | 'backups'
    | 'rescue'
    | 'bandwidth'
    | 'metrics'
    | 'console'
    | 'firewall'
    | 'reverse_dns'
    | 'resize_down',
    ActionCapability
  >;
  evidence: Evidence | null;
  organization_name: string;
  names: { provider: string; region: string; plan: string; image: string };
  provider_price: { monthly: string; currency: string } | null;
  tombstone: Tombstone | null;
};
export type VpsDetailAnswer = { instance: VpsDetail };
export type VpsEnding = { instance: Vps; operation: Operation | null };
export type VpsOutputs = {
  outputs: {
    instanceId: string | null;
    ipv4: string;
    ipv6: string;
    hostname: string;
    dnsName: string | null;
    rootUser: string;
    purchaseId?: string | null;
  } | null;
  simulated: boolean;
};
export type VpsPage = { instances: Vps[]; next: string | null; matching: number | null };
export type VpsPreviewed = { instance: Vps; operation: Operation | null; preview: ChangePreview | null };
export type VpsRetry = {
  hostname?: string;
  dns?: { enabled?: boolean; zone?: string; name?: string; provider_id?: string; proxied?: boolean; reverse?: boolean };
};
export type VpsStatus =
  | 'provisioning'
  | 'active'
  | 'suspended'
  | 'error'
  | 'terminating'
  | 'destroying'
  | 'ending'
  | 'leaked'
  | 'terminated';
export type VpsTags = { tags: { tag: string; count: number }[] };
