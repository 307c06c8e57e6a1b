/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { FirewallRulesInput } from './fields.ts';

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
  checks: { what: string; result: 'gone' | 'found' | 'unread'; detail: string; at: string }[];
  monthly_cost: { monthly: string; currency: string } | null;
};
export type PreviewRequest = { change?: VpsChange };
export type VpsAction =
  | { action: 'start' | 'stop' | 'reboot' | 'power-cycle' }
  | { action: 'rename'; label?: string; hostname?: string; approval?: string }
  | { action: 'resize'; plan: string; approval?: string }
  | { action: 'reinstall'; image?: string; root_pass?: string; approval?: string }
  | { action: 'reset-password'; root_pass?: string; approval?: string }
  | {
      action: 'configure';
      tags?: string[];
      ssh_keys?: string[];
      firewall?: FirewallRulesInput | null;
      reverse_dns?: boolean;
      backups?: boolean;
      approval?: string;
    }
  | { action: 'suspend'; reason: string }
  | { action: 'unsuspend' }
  | { action: 'snapshot'; name: string; note?: string }
  | { action: 'restore-snapshot'; snapshot: string; approval?: string }
  | { action: 'delete-snapshot'; snapshot: string }
  | { action: 'rescue' | 'unrescue' };
export type VpsActionName =
  | 'start'
  | 'stop'
  | 'reboot'
  | 'power-cycle'
  | 'rename'
  | 'resize'
  | 'reinstall'
  | 'reset-password'
  | 'configure'
  | 'suspend'
  | 'unsuspend'
  | 'snapshot'
  | 'restore-snapshot'
  | 'delete-snapshot'
  | 'rescue'
  | 'unrescue'
  | 'destroy'
  | 'restore';
export type VpsCapabilities = Record<VpsActionName, ActionCapability>;
export type VpsChange =
  | { action: 'rename'; label?: string; hostname?: string; approval?: string }
  | { action: 'resize'; plan: string; approval?: string }
  | { action: 'reinstall'; image?: string; root_pass?: string; approval?: string }
  | { action: 'reset-password'; root_pass?: string; approval?: string }
  | {
      action: 'configure';
      tags?: string[];
      ssh_keys?: string[];
      firewall?: FirewallRulesInput | null;
      reverse_dns?: boolean;
      backups?: boolean;
      approval?: string;
    }
  | { action: 'restore-snapshot'; snapshot: string; approval?: string }
  | { action: 'destroy'; final_snapshot?: boolean };
export type VpsPatch = { notes?: string | null; delete_protection?: boolean; maintenance?: string | null };
