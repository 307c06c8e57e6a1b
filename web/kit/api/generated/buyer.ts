/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type Buyer = { organization_id: string; internal: boolean; test_clock_id: string | null };
export type BuyerAnswer = { buyer: Buyer };
export type BuyerPut = { internal: boolean };
