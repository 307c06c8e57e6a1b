/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type PersonErase = { reason: string };
export type PersonErased = { user_id: string; pseudonym: string; rows: Record<string, number>; stays: { table: string; why: string }[] };
export type PersonExport = {
  made_at: string;
  user_id: string;
  tables: Record<string, { rows: Record<string, unknown>[]; complete: boolean }>;
};
export type SelfErase = { email: string };
