/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { ActionCapability } from './lifecycle.ts';

export type Account = {
  id: string;
  name: string;
  type: string;
  endpoint: 'real' | 'simulator';
  simulated: boolean;
  status: 'ok' | 'refused' | 'unreachable' | 'unchecked';
  check_message: string | null;
  last_checked_at: string | null;
  key_fingerprint: string;
  key_last4: string;
  key_version: number;
  configuration: Record<string, unknown>;
  created_at: string;
  updated_at: string;
};
export type AccountAnswer = { provider: Account };
export type AccountCreate = {
  name: string;
  type: string;
  api_key: string | Record<string, string>;
  configuration?: Record<string, unknown>;
  endpoint?: 'real' | 'simulator';
};
export type AccountList = {
  providers: Account[];
  available: {
    type: string;
    name: string;
    roles: string[];
    credential_fields: { name: string; label: string; help: string }[];
    docs_url: string;
    features: Record<'snapshots' | 'backups' | 'rescue' | 'bandwidth' | 'metrics' | 'firewall' | 'reverse_dns', ActionCapability>;
  }[];
};
export type AccountPatch = { name?: string; configuration?: Record<string, unknown> };
export type AccountUsage = {
  provider_id: string;
  simulated: boolean;
  account_name: string;
  account_status: 'active' | 'warning' | 'locked' | 'unknown';
  instances: { used: number; ours: number; limit: number | null } | null;
  balance: { amount: string; currency: string } | null;
  rate: { left: number; requests: number; per_ms: number; paused_ms: number };
  at: string;
};
export type CatalogAnswer = { provider: string; provider_id: string; simulated: boolean; fetched_at: string; items: unknown[] };
export type KeyRotate = { api_key: string | Record<string, string> };
