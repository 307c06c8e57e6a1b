/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type Organization = { id: string; name: string; vps_count: number; created_at: string };
export type OrganizationAnswer = { organization: Organization };
export type OrganizationCreate = { name: string };
export type OrganizationList = { organizations: Organization[] };
export type OwnerChange = { organization_id: string; reason: string };
