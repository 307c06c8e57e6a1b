/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { FirewallRules, FirewallRulesInput } from './fields.ts';
import type { Fault } from './operation.ts';
import type { SetupRequest, SetupRequestInput } from './setup-profile.ts';
import type { VpsStatus } from './vps.ts';

export type BulkAction =
  | { action: 'configure'; tags?: string[]; ssh_keys?: string[]; firewall?: FirewallRules | null; reverse_dns?: boolean; backups?: boolean }
  | { action: 'destroy'; grace_hours?: number; final_snapshot?: boolean }
  | { action: 'drift-repair' }
  | { action: 'power-cycle' }
  | { action: 'reboot' }
  | { action: 'refresh' }
  | { action: 'reinstall'; image?: string; setup?: SetupRequest | null }
  | { action: 'rescue' }
  | { action: 'reset-password' }
  | { action: 'resize'; plan: string }
  | { action: 'snapshot'; name: string; note?: string }
  | { action: 'start' }
  | { action: 'stop' }
  | { action: 'suspend'; reason: string }
  | { action: 'unrescue' }
  | { action: 'unsuspend' }
  | { action: 'undo' }
  | { action: 'restore' };
export type BulkActionInput =
  | {
      action: 'configure';
      tags?: string[];
      ssh_keys?: string[];
      firewall?: FirewallRulesInput | null;
      reverse_dns?: boolean;
      backups?: boolean;
    }
  | { action: 'destroy'; grace_hours?: number; final_snapshot?: boolean }
  | { action: 'drift-repair' }
  | { action: 'power-cycle' }
  | { action: 'reboot' }
  | { action: 'refresh' }
  | { action: 'reinstall'; image?: string; setup?: SetupRequestInput | null }
  | { action: 'rescue' }
  | { action: 'reset-password' }
  | { action: 'resize'; plan: string }
  | { action: 'snapshot'; name: string; note?: string }
  | { action: 'start' }
  | { action: 'stop' }
  | { action: 'suspend'; reason: string }
  | { action: 'unrescue' }
  | { action: 'unsuspend' }
  | { action: 'undo' }
  | { action: 'restore' };
export type BulkAnswer = { run: BulkRun };
export type BulkCreate = {
  action: BulkActionInput;
  selection:
    | {
        filter: {
          status?: VpsStatus;
          provider?: string;
          region?: string;
          power?: 'running' | 'stopped' | 'unknown';
          busy?: boolean;
          tags?: string;
          q?: string;
        };
      }
    | { ids: string[] };
  include_maintenance?: boolean;
  pace?: {
    canary?: { count: number; at_once?: boolean; soak_seconds?: number } | null;
    max_parallel?: number;
    max_per_minute?: number | null;
    max_failures?: number | string;
  };
  note?: string | null;
  approval?: string;
};
export type BulkItem = {
  position: number;
  vps_id: string;
  label: string;
  vps_status: VpsStatus;
  status: BulkItemStatus;
  canary: boolean;
  attempts: number;
  operation_id: string | null;
  fault: Fault | null;
  waiting: string | null;
  ordered_at: string | null;
  finished_at: string | null;
};
export type BulkItemPage = { items: BulkItem[]; next: string | null };
export type BulkItemStatus = 'pending' | 'ordered' | 'succeeded' | 'failed' | 'refused' | 'skipped';
export type BulkPace = {
  canary: { count: number; at_once: boolean; soak_seconds: number } | null;
  max_parallel: number;
  max_per_minute: number | null;
  max_failures: number | string;
};
export type BulkPage = { runs: BulkRun[]; next: string | null };
export type BulkPreview = {
  action: BulkAction;
  approval: string;
  approval_required: boolean;
  matched: number;
  ready: number;
  busy: number;
  refused: number;
  refused_by: { code: string; reason: string; count: number }[];
  refusals: { vps_id: string; label: string; code: string; reason: string }[];
  price: { currency: string; servers: number; before: string; after: string; difference: string }[];
  price_unknown: number;
  data_loss: boolean;
};
export type BulkPreviewRequest = {
  action: BulkActionInput;
  selection:
    | {
        filter: {
          status?: VpsStatus;
          provider?: string;
          region?: string;
          power?: 'running' | 'stopped' | 'unknown';
          busy?: boolean;
          tags?: string;
          q?: string;
        };
      }
    | { ids: string[] };
  include_maintenance?: boolean;
};
export type BulkRetry = { include_refused?: boolean };
export type BulkRun = {
  id: string;
  organization_id: string | null;
  status: BulkStatus;
  note: string | null;
  action: BulkAction;
  selection:
    | {
        filter: {
          status?: VpsStatus;
          provider?: string;
          region?: string;
          power?: 'running' | 'stopped' | 'unknown';
          busy?: boolean;
          tags?: string;
          q?: string;
        };
      }
    | { ids_count: number };
  pace: BulkPace;
  include_maintenance: boolean;
  counts: { total: number; pending: number; ordered: number; succeeded: number; failed: number; refused: number; skipped: number };
  canary: 'none' | 'running' | 'soaking' | 'passed';
  soak_until: string | null;
  reason: string | null;
  waiting: string | null;
  started_by: string;
  actor: string;
  created_at: string;
  finished_at: string | null;
};
export type BulkStatus = 'running' | 'paused' | 'cancelled' | 'finished';
export type BulkStop = { reason?: string };
