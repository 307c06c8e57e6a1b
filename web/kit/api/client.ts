/** Plinth's API for the pages: one function per route, made from the table that `node scripts/web-client.ts` writes. */
import { clientOf } from './call.ts';
import { PATHS, type AccountList, type Inventory, type Routes } from './generated/index.ts';

export const api = clientOf<Routes>(PATHS);

export { forgetSession, isSignedIn, whenUnauthenticated } from './call.ts';
export type * from './generated/index.ts';

export type AvailableProvider = AccountList['available'][number];
export type InventoryRow = Inventory['items'][number];
