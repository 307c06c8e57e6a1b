/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type Found = {
  kind:
    | 'vps'
    | 'operation'
    | 'bulk-run'
    | 'order'
    | 'subscription'
    | 'invoice'
    | 'payment'
    | 'ticket'
    | 'organization'
    | 'user'
    | 'account'
    | 'product';
  id: string;
  title: string;
  about: string;
  organization_id: string | null;
  vps_id: string | null;
};
export type FoundList = { found: Found[] };
