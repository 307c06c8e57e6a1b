/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type SshKey = {
  id: string;
  organization_id: string;
  name: string;
  public_key: string;
  type: string;
  fingerprint: string;
  added_by: string;
  created_at: string;
  last_used_at: string | null;
};
export type SshKeyAnswer = { ssh_key: SshKey };
export type SshKeyCreate = { name: string; public_key: string; organization_id?: string };
export type SshKeyList = { ssh_keys: SshKey[] };
export type SshKeyPatch = { name: string };
