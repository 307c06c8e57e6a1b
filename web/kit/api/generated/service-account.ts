/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type ServiceAccount = {
  id: string;
  organization_id: string | null;
  name: string;
  role: string;
  tokens: number;
  created_by: string;
  disabled_at: string | null;
  created_at: string;
};
export type ServiceAccountAnswer = { service_account: ServiceAccount };
export type ServiceAccountCreate = {
  name: string;
  role: 'admin' | 'operator' | 'billing' | 'viewer' | 'support' | 'readonly';
  organization_id?: string;
};
export type ServiceAccountList = { service_accounts: ServiceAccount[] };
export type ServiceAccountPatch = {
  name?: string;
  role?: 'admin' | 'operator' | 'billing' | 'viewer' | 'support' | 'readonly';
  disabled?: boolean;
};
