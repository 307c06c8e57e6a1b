/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { Role } from './ids.ts';

export type Token = {
  id: string;
  name: string;
  prefix: string;
  role: Role | null;
  organization_id: string | null;
  user: { id: string; name: string } | null;
  service_account: { id: string; name: string } | null;
  scopes: string[];
  addresses: string[];
  created_by: string | null;
  rotated_from: string | null;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
  created_at: string;
};
export type TokenAnswer = { token: Token };
export type TokenCreate = {
  name: string;
  role?: Role;
  organization_id?: string;
  service_account_id?: string;
  scopes?: string[];
  addresses?: string[];
  expires_at?: string;
};
export type TokenCreated = { token: Token; secret: string };
export type TokenList = { tokens: Token[] };
export type TokenRotate = { grace_minutes?: number };
