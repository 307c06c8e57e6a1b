/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type StackExport = { stack: string; version: number; deployment: { version: number; deployment: unknown } };
export type StackHistory = { stack: string; version: number; updates: StackUpdate[] };
export type StackResource = {
  urn: string;
  type: string;
  name: string;
  parent: string | null;
  provider_id: string | null;
  protect: boolean;
  dependencies: string[];
};
export type StackResources = { version: number | null; resources: StackResource[] };
export type StackRollback = { version: number; reason: string };
export type StackRolledBack = { stack: string; from: number; to: number; version: number };
export type StackUpdate = {
  version: number;
  kind: string;
  status: string;
  actor: string;
  message: string;
  changes: Record<string, number>;
  started_at: string | null;
  ended_at: string | null;
  kept: boolean;
};
export type StateVerified = { checked: number; problems: { stack: string; rule: string; remedy: string }[]; next: string | null };
