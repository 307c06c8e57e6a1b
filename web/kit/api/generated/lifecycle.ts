/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { FirewallRulesInput } from './fields.ts';
import type { SetupRequestInput } from './setup-profile.ts';

export type ActionCapability = { allowed: boolean; code?: string; reason?: string };
export type ChangePreview = {
  action: VpsActionName;
  approval: string;
  resources: { name: string; effect: 'create' | 'update' | 'replace' | 'delete' | 'reinstall' | 'restore' }[];
  replaces_instance: boolean;
  data_loss: boolean;
  interruption: boolean;
  new_address: boolean;
  price_before: { monthly: string; currency: string } | null;
  price_after: { monthly: string; currency: string } | null;
  price_difference: string | null;
  notes: string[];
};
export type Evidence = {
  clean: boolean;
  at: string;
  checks: {
    what: string;
    result: 'gone' | 'found' | 'unread' | 'kept' | 'missing';
    detail: string;
    at: string;
    monthly_cost?: { monthly: string; currency: string } | null;
  }[];
  monthly_cost: { monthly: string; currency: string } | null;
};
export type PreviewRequest = { change?: VpsChange };
export type VpsAction =
  | {
      action: 'configure';
      tags?: string[];
      ssh_keys?: string[];
      firewall?: FirewallRulesInput | null;
      reverse_dns?: boolean;
      backups?: boolean;
      approval?: string;
    }
  | { action: 'delete-snapshot'; snapshot: string }
  | { action: 'power-cycle' }
  | { action: 'reboot' }
  | {
      action: 'reinstall';
      image?: string;
      root_pass?: string;
      ssh_keys?: string[];
      ssh_key_ids?: string[];
      setup?: SetupRequestInput | null;
      approval?: string;
    }
  | { action: 'rename'; label?: string; hostname?: string; approval?: string }
  | { action: 'rescue' }
  | { action: 'reset-password'; root_pass?: string; approval?: string }
  | { action: 'resize'; plan: string; approval?: string; override_reason?: string }
  | { action: 'restore-snapshot'; snapshot: string; approval?: string }
  | { action: 'snapshot'; name: string; note?: string }
  | { action: 'start' }
  | { action: 'stop' }
  | { action: 'suspend'; reason: string }
  | { action: 'unrescue' }
  | { action: 'unsuspend' };
export type VpsActionName =
  | 'configure'
  | 'delete-snapshot'
  | 'power-cycle'
  | 'reboot'
  | 'reinstall'
  | 'rename'
  | 'rescue'
  | 'reset-password'
  | 'resize'
  | 'restore-snapshot'
  | 'snapshot'
  | 'start'
  | 'stop'
  | 'suspend'
  | 'unrescue'
  | 'unsuspend'
  | 'destroy'
  | 'undo';
export type VpsCapabilities = Record<VpsActionName, ActionCapability>;
export type VpsChange =
  | {
      action: 'configure';
      tags?: string[];
      ssh_keys?: string[];
      firewall?: FirewallRulesInput | null;
      reverse_dns?: boolean;
      backups?: boolean;
      approval?: string;
    }
  | { action: 'destroy'; final_snapshot?: boolean }
  | {
      action: 'reinstall';
      image?: string;
      root_pass?: string;
      ssh_keys?: string[];
      ssh_key_ids?: string[];
      setup?: SetupRequestInput | null;
      approval?: string;
    }
  | { action: 'rename'; label?: string; hostname?: string; approval?: string }
  | { action: 'reset-password'; root_pass?: string; approval?: string }
  | { action: 'resize'; plan: string; approval?: string; override_reason?: string }
  | { action: 'restore-snapshot'; snapshot: string; approval?: string };
export type VpsPatch = { notes?: string | null; expected_notes?: string | null; delete_protection?: boolean; maintenance?: string | null };
