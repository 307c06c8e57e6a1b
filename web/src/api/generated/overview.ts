/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { Role } from './ids.ts';
import type { OperationKind, OperationStatus } from './operation.ts';
import type { VpsStatus } from './vps.ts';

export type Overview = {
  total: number;
  by_status: { status: VpsStatus; count: number }[];
  by_region: { provider: string; region: string; count: number }[];
  operations: { status: OperationStatus; count: number }[];
  durations: { kind: OperationKind; count: number; median_ms: number; p95_ms: number }[];
  at: string;
};
export type Session = {
  name: string;
  role: Role;
  organization_id: string | null;
  mode: 'development' | 'production';
  version: string;
  simulator_url: string | null;
  client_address: string | null;
};
