/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { Location } from './catalog.ts';
import type { Role } from './ids.ts';
import type { OperationKind, OperationStatus } from './operation.ts';
import type { VpsStatus } from './vps.ts';

export type Overview = {
  total: number;
  by_status: { status: VpsStatus; count: number }[];
  by_region: { provider: string; provider_name: string; region: string; count: number; location: Location | null }[];
  operations: { status: OperationStatus; count: number }[];
  durations: { kind: OperationKind; count: number; median_ms: number; p95_ms: number }[];
  failed: { count: number; newest: { operation_id: string; kind: OperationKind; vps_id: string; vps_label: string; at: string }[] };
  at: string;
};
export type OverviewHistory = {
  days: {
    date: string;
    living: number;
    provisioned: number;
    median_ms: number | null;
    p95_ms: number | null;
    failed: number;
    drift_found: number;
    drift_resolved: number;
  }[];
  at: string;
};
export type Session = {
  name: string;
  role: Role;
  permissions: string[];
  user_id: string | null;
  organization_id: string | null;
  buys: boolean;
  mode: 'development' | 'production';
  version: string;
  simulator_url: string | null;
  client_address: string | null;
};
export type SignIn = { keep?: boolean };
