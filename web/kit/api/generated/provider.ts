/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { CatalogImage, CatalogPlan, CatalogRegion, CatalogZone } from './catalog.ts';
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
  active: boolean;
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
  active?: boolean;
};
export type AccountList = {
  providers: Account[];
  available: {
    type: string;
    name: string;
    roles: string[];
    credential_fields: { name: string; label: string; help: string; type: 'text' | 'document'; optional: boolean }[];
    docs_url: string;
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
  }[];
};
export type AccountPatch = { name?: string; configuration?: Record<string, unknown>; active?: boolean };
export type AccountUsage = {
  provider_id: string;
  simulated: boolean;
  account_name: string;
  account_status: 'active' | 'warning' | 'locked' | 'unknown';
  instances: { used: number; ours: number; limit: number | null } | null;
  balance: { amount: string; currency: string } | null;
  pending: { amount: string; currency: string } | null;
  rate: { left: number; requests: number; per_ms: number; paused_ms: number };
  at: string;
};
export type CatalogAnswer = {
  provider: string;
  provider_id: string | null;
  simulated: boolean;
  fetched_at: string;
  plans?: CatalogPlan[];
  regions?: CatalogRegion[];
  images?: CatalogImage[];
  zones?: CatalogZone[];
  items: unknown[];
};
export type KeyRotate = { api_key: string | Record<string, string> };
