/** Transfer and graphs of a VPS on the wire. */
import { z } from 'zod';
import { InstantText } from './fields.ts';
import { Timestamp } from './ids.ts';

const Bytes = z.number().min(0);

export const Bandwidth = z.strictObject({
  days: z.array(z.strictObject({ date: z.string(), incoming_bytes: Bytes, outgoing_bytes: Bytes })),
  /** The calendar month under way, in UTC. */
  month: z.strictObject({
    from: z.string(),
    incoming_bytes: Bytes,
    outgoing_bytes: Bytes,
    /** The plan's monthly transfer; null = not metered, or the catalogue does not tell. */
    included_bytes: Bytes.nullable(),
    /** Outgoing of the included, 1 = all of it; null without `included_bytes`. */
    used_share: z.number().min(0).nullable(),
  }),
  simulated: z.boolean(),
  fetched_at: Timestamp,
});
export type Bandwidth = z.infer<typeof Bandwidth>;

export const MetricsQuery = z.strictObject({
  /** Default: 24 hours before `to`. */
  from: InstantText.optional(),
  /** Default: now. */
  to: InstantText.optional(),
});

export const Metrics = z.strictObject({
  from: Timestamp,
  to: Timestamp,
  series: z.array(
    z.strictObject({
      metric: z.enum(['cpu', 'network-in', 'network-out']),
      /** cpu: percent of all cores together. network: bytes per second. */
      unit: z.enum(['percent', 'bytes_per_second']),
      points: z.array(z.strictObject({ at: Timestamp, value: z.number() })),
    }),
  ),
  simulated: z.boolean(),
  fetched_at: Timestamp,
});
export type Metrics = z.infer<typeof Metrics>;
