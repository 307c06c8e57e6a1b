/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type InventoryImport = {
  label: string;
  hostname?: string;
  organization_id?: string;
  dns?: { zone?: string; name?: string; provider_id?: string; proxied?: boolean; reverse?: boolean };
  root_pass?: string;
};
export type InventoryImportPreview = {
  item_id: string;
  object_id: string;
  record: {
    label: string;
    hostname: string;
    region: string;
    plan: string;
    image: string | null;
    ipv4: string | null;
    ipv6: string | null;
    backups: boolean;
    tags: string[];
    dns_name: string | null;
    password_known: boolean;
  };
  changes: string[];
  not_taken_over: string[];
};
