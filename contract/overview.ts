/** Who is asking, and the numbers of the first page, on the wire. */
import { z } from 'zod';
import { OperationKind, OperationStatus } from './operation.ts';
import { OperationId, OrganizationId, Role, Timestamp, VpsId } from './ids.ts';
import { UserId } from './people.ts';
import { VpsStatus } from './vps.ts';

/** What the token that asked may do, and where it is. */
export const Session = z.strictObject({
  name: z.string(),
  role: Role,
  /** All that it may do there, as in GET /api/whoami; pages show by it. */
  permissions: z.array(z.string()),
  /** Of the person who signed in; null: a token. */
  user_id: UserId.nullable(),
  /** null: may see every organization. */
  organization_id: OrganizationId.nullable(),
  /** That organization gets its servers by orders. */
  buys: z.boolean(),
  mode: z.enum(['development', 'production']),
  version: z.string(),
  /** Where the simulated providers show their inside; null when the simulator is off. */
  simulator_url: z.string().nullable(),
  /** Where this request came from, as the service sees it; what a firewall rule for "my address" needs. */
  client_address: z.string().nullable(),
});
export type Session = z.infer<typeof Session>;
/** `keep`: for 30 days; else until the browser is closed, and for a day at most. */
export const SignIn = z.strictObject({ keep: z.boolean().default(false) });

/** Counts of living VPSes (and terminated ones under `by_status`), and how long operations take. */
export const Overview = z.strictObject({
  total: z.int(),
  by_status: z.array(z.strictObject({ status: VpsStatus, count: z.int() })),
  by_region: z.array(z.strictObject({ provider: z.string(), provider_name: z.string(), region: z.string(), count: z.int() })),
  /** Operations that have not ended. */
  operations: z.array(z.strictObject({ status: OperationStatus, count: z.int() })),
  /** Of the last 30 days, from start to success. */
  durations: z.array(z.strictObject({ kind: OperationKind, count: z.int(), median_ms: z.int(), p95_ms: z.int() })),
  /** Living VPSes whose last change failed and was followed by none that succeeded. */
  failed: z.strictObject({
    count: z.int(),
    /** The newest of them. */
    newest: z.array(
      z.strictObject({ operation_id: OperationId, kind: OperationKind, vps_id: VpsId, vps_label: z.string(), at: Timestamp }),
    ),
  }),
  at: Timestamp,
});
export type Overview = z.infer<typeof Overview>;
