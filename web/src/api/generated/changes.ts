/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type Change = { id: string; vps_id: string; operation_id: string | null; status: string; at: string };
export type ChangePage = { changes: Change[]; last: string; reset: boolean };
