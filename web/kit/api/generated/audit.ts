/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type ActorKind = 'user' | 'token' | 'service_account' | 'system';
export type AuditEvent = {
  seq: string;
  at: string;
  actor: string;
  actor_kind: ActorKind | null;
  actor_id: string | null;
  on_behalf_of: { kind: 'user' | 'organization'; id: string; name: string } | null;
  scope: string | null;
  address: string | null;
  user_agent: string | null;
  request_id: string | null;
  action: string;
  target: string;
  organization_id: string | null;
  data: unknown;
  before: unknown | null;
  after: unknown | null;
  form: number;
  previous_hash: string;
  hash: string;
};
export type AuditPage = { events: AuditEvent[]; next: string | null; chain_intact: boolean };
export type AuditVerified = {
  intact: boolean;
  rows: number;
  anchors: number;
  head: { at: string; seq: string; hash: string } | null;
  broken: { seq: string; reason: string } | null;
};
