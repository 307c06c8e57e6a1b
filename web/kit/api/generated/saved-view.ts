/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type SavedView = { list: 'vps'; name: string; search: Record<string, string | boolean | number>; changed_at: string };
export type SavedViewAnswer = { view: SavedView };
export type SavedViewList = { views: SavedView[] };
export type SavedViewPut = { search: Record<string, string | boolean | number> };
