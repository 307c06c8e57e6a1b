/** Who is asking, and the numbers of the first page, on the wire. */
import { z } from 'zod';
import { Location } from './catalog.ts';
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
  by_region: z.array(
    z.strictObject({
      provider: z.string(),
      provider_name: z.string(),
      region: z.string(),
      count: z.int(),
      /** null: not known. */
      location: Location.nullable(),
    }),
  ),
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

export const MOST_HISTORY_DAYS = 365;
export const OverviewHistoryQuery = z.strictObject({
  /** How many days, today among them. */
  days: z.coerce.number().int().min(7).max(MOST_HISTORY_DAYS).default(30),
});

/** What happened on one day in UTC. */
const HistoryDay = z.strictObject({
  date: z.iso.date(),
  /** VPSes that there were at its end, today: that there are now. Made and not terminated, whatever else their state. */
  living: z.int(),
  /** Operations `provision` that succeeded that day. */
  provisioned: z.int(),
  /** How long those took, from start to success; null: there was none. */
  median_ms: z.int().nullable(),
  /** The slowest 5 % of them took at least this. */
  p95_ms: z.int().nullable(),
  /** Operations `provision` that ended as `failed` that day; not those that `stalled`. */
  failed: z.int(),
  /** Differences that a look saw for the first time that day, whether or not the engine confirmed them. */
  drift_found: z.int(),
  /** Differences that ended that day, however: gone, accepted, repaired, or with their VPS. */
  drift_resolved: z.int(),
});
export type HistoryDay = z.infer<typeof HistoryDay>;
/** Each day once, oldest first, also those without anything. */
export const OverviewHistory = z.strictObject({ days: z.array(HistoryDay), at: Timestamp });
export type OverviewHistory = z.infer<typeof OverviewHistory>;
