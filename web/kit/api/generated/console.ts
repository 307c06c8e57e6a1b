/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type Console = {
  kind: 'vnc' | 'serial' | 'page';
  url: string;
  password: string | null;
  expires_at: string | null;
  simulated: boolean;
  relay: string | null;
};
