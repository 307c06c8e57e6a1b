/** Who is asking, and the numbers of the first page, on the wire. */
import { z } from 'zod';
import { OperationKind, OperationStatus } from './operation.ts';
import { OrganizationId, Role, Timestamp } from './ids.ts';
import { VpsStatus } from './vps.ts';

/** What the token that asked may do, and where it is. */
export const Session = z.strictObject({
  name: z.string(),
  role: Role,
  /** null: may see every organization. */
  organization_id: OrganizationId.nullable(),
  mode: z.enum(['development', 'production']),
  version: z.string(),
  /** Where the simulated providers show their inside; null when the simulator is off. */
  simulator_url: z.string().nullable(),
  /** Where this request came from, as the service sees it; what a firewall rule for "my address" needs. */
  client_address: z.string().nullable(),
});
export type Session = z.infer<typeof Session>;

/** Counts of living VPSes (and terminated ones under `by_status`), and how long operations take. */
export const Overview = z.strictObject({
  total: z.int(),
  by_status: z.array(z.strictObject({ status: VpsStatus, count: z.int() })),
  by_region: z.array(z.strictObject({ provider: z.string(), region: z.string(), count: z.int() })),
  /** Operations that have not ended. */
  operations: z.array(z.strictObject({ status: OperationStatus, count: z.int() })),
  /** Of the last 30 days, from start to success. */
  durations: z.array(z.strictObject({ kind: OperationKind, count: z.int(), median_ms: z.int(), p95_ms: z.int() })),
  at: Timestamp,
});
export type Overview = z.infer<typeof Overview>;
