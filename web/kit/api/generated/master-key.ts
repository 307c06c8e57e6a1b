/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type MasterKeyRotated = {
  key_id: string;
  keys: { key_id: string; values: number; loaded: boolean }[];
  rewrapped: number;
  unreadable: { table: string; column: string; id: string; reason: string }[];
  done: boolean;
};
export type MasterKeyState = { key_id: string; keys: { key_id: string; values: number; loaded: boolean }[] };
