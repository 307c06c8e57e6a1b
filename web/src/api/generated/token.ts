/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { Role } from './ids.ts';

export type AuditEvent = {
  seq: string;
  at: string;
  actor: string;
  action: string;
  target: string;
  organization_id: string | null;
  data: unknown;
  previous_hash: string;
  hash: string;
};
export type AuditPage = { events: AuditEvent[]; next: string | null; chain_intact: boolean };
export type Token = {
  id: string;
  name: string;
  prefix: string;
  role: Role;
  organization_id: string | null;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
  created_at: string;
};
export type TokenCreate = { name: string; role: Role; organization_id?: string; expires_at?: string };
export type TokenCreated = { token: Token; secret: string };
export type TokenList = { tokens: Token[] };
