/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { ActorKind } from './audit.ts';

export type Impersonation = {
  id: string;
  staff: { id: string; name: string };
  organization_id: string;
  organization_name: string;
  user: { id: string; name: string } | null;
  reason: string;
  read_only: boolean;
  created_at: string;
  expires_at: string;
  ended_at: string | null;
};
export type ImpersonationAnswer = { impersonation: Impersonation };
export type ImpersonationList = { impersonations: Impersonation[] };
export type ImpersonationStart = { organization_id: string; user_id?: string; reason: string; minutes?: number; write?: boolean };
export type WhoAmI = {
  actor: { kind: ActorKind; id: string; name: string; on_behalf_of: { kind: 'user' | 'organization'; id: string; name: string } | null };
  role: string;
  organization: { id: string; name: string; display_name: string | null } | null;
  permissions: string[];
  confirmed: boolean;
  acting: Impersonation | null;
};
