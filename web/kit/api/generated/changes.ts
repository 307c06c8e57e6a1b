/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */
import type { EventKind } from './events.ts';

export type Change = {
  id: string;
  kind: EventKind;
  vps_id: string | null;
  operation_id: string | null;
  status: string | null;
  data: Record<string, unknown>;
  at: string;
};
export type ChangePage = { changes: Change[]; last: string; reset: boolean };
