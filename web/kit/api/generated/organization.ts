/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type MemberAnswer = { member: MemberWire };
export type MemberList = { members: MemberWire[] };
export type MemberPatch = { role: 'owner' | 'admin' | 'operator' | 'billing' | 'viewer'; organization_id?: string };
export type MemberWire = {
  user_id: string;
  name: string;
  email: string;
  role: 'owner' | 'admin' | 'operator' | 'billing' | 'viewer';
  second_factor: boolean;
  since: string;
};
export type Organization = {
  id: string;
  name: string;
  display_name: string | null;
  status: 'active' | 'blocked' | 'closed';
  status_reason: string | null;
  active: boolean;
  require_second_factor: boolean;
  vps_count: number;
  zones: string[] | null;
  created_at: string;
};
export type OrganizationAnswer = { organization: Organization };
export type OrganizationCreate = { name: string };
export type OrganizationList = { organizations: Organization[] };
export type OrganizationPatch = { zones?: string[] | null; active?: boolean };
export type OrganizationProfilePatch = { display_name?: string | null; require_second_factor?: boolean };
export type OrganizationTransfer = { user_id: string };
export type OwnerChange = { organization_id: string; reason: string };
export type QuotaChange = { kind: QuotaKind; most: number | null };
export type QuotaKind = 'vpses' | 'tokens' | 'members' | 'service_accounts' | 'open_orders' | 'streams' | 'body_kilobytes';
export type QuotaList = { quotas: { kind: QuotaKind; most: number | null; used: number }[] };
export type Terms = { version: string; url: string };
export type TermsAccept = { version: string };
export type TermsAnswer = { terms: Terms };
export type TermsChange = { version: string; url: string };
export type TermsStanding = { terms: Terms | null; accepted: { version: string; by: string; address: string | null; at: string }[] };
