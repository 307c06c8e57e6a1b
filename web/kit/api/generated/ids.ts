/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type Problem = {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  request_id: string;
  errors: { field: string; rule: string; remedy: string }[];
};
export type Role = 'viewer' | 'operator' | 'admin';
