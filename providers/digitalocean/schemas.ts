/** The parts of the API's answers that Plinth reads, parsed where they come in. */
import { z } from 'zod';

const address = z.object({ ip_address: z.string(), type: z.string() });

export const sizeSchema = z.object({
  slug: z.string(),
  description: z.string().optional(),
  memory: z.number(),
  vcpus: z.number(),
  disk: z.number(),
  /** TB a month. */
  transfer: z.number().nullable(),
  price_monthly: z.number(),
  price_hourly: z.number(),
  regions: z.array(z.string()),
  available: z.boolean(),
});

export const regionSchema = z.object({ slug: z.string(), name: z.string(), available: z.boolean() });

export const imageSchema = z.object({
  id: z.number(),
  name: z.string().nullable(),
  distribution: z.string().nullable(),
  slug: z.string().nullable(),
  regions: z.array(z.string()),
  min_disk_size: z.number().nullable(),
  status: z.string(),
});

export const dropletSchema = z.object({
  id: z.number(),
  name: z.string(),
  memory: z.number(),
  vcpus: z.number(),
  disk: z.number(),
  locked: z.boolean(),
  status: z.enum(['new', 'active', 'off', 'archive']),
  created_at: z.string(),
  features: z.array(z.string()),
  image: z.object({ id: z.number(), slug: z.string().nullable() }),
  volume_ids: z.array(z.string()),
  size: z.object({ slug: z.string(), price_monthly: z.number(), price_hourly: z.number() }),
  size_slug: z.string(),
  networks: z.object({ v4: z.array(address), v6: z.array(address) }),
  region: z.object({ slug: z.string() }),
  tags: z.array(z.string()),
  vpc_uuid: z.string().nullish(),
});

export const actionSchema = z.object({
  id: z.number(),
  status: z.enum(['in-progress', 'completed', 'errored']),
  type: z.string(),
  started_at: z.string(),
  completed_at: z.string().nullish(),
});

export const keySchema = z.object({ id: z.number(), name: z.string(), public_key: z.string(), fingerprint: z.string() });

/** A snapshot or backup; a droplet's own listings give numbers for ids, the account's gives text and the droplet's id. */
export const snapshotSchema = z.object({
  id: z.union([z.number(), z.string()]).transform(String),
  name: z.string(),
  created_at: z.string(),
  min_disk_size: z.number(),
  /** A droplet can be made of it there. */
  regions: z.array(z.string()),
  size_gigabytes: z.number(),
  /** Of the account's listing only. */
  resource_id: z.string().nullish(),
});

const peers = z.object({
  addresses: z.array(z.string()).nullish(),
  droplet_ids: z.array(z.number()).nullish(),
  tags: z.array(z.string()).nullish(),
  load_balancer_uids: z.array(z.string()).nullish(),
  kubernetes_ids: z.array(z.string()).nullish(),
});
export const firewallSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  created_at: z.string(),
  pending_changes: z.array(z.object({ droplet_id: z.number(), removing: z.boolean(), status: z.string() })).nullish(),
  inbound_rules: z.array(z.object({ protocol: z.string(), ports: z.string(), sources: peers })).nullish(),
  outbound_rules: z.array(z.object({ protocol: z.string(), ports: z.string(), destinations: peers })).nullish(),
  droplet_ids: z.array(z.number()).nullish(),
  tags: z.array(z.string()).nullish(),
});

export const accountSchema = z.object({
  droplet_limit: z.number(),
  email: z.string(),
  status: z.string(),
  team: z.object({ name: z.string() }).nullish(),
});
export const balanceSchema = z.object({ month_to_date_balance: z.string(), month_to_date_usage: z.string().optional() });
/** One line of a graph: its labels, and samples as seconds since the epoch and a number as text. */
const measurementSchema = z.object({
  metric: z.record(z.string(), z.string()),
  values: z.array(z.tuple([z.number(), z.string()])),
});
export const metricsSchema = z.object({
  data: z.object({ result: z.array(measurementSchema) }),
});

export type Droplet = z.infer<typeof dropletSchema>;
export type Action = z.infer<typeof actionSchema>;
export type Measurement = z.infer<typeof measurementSchema>;
export type SnapshotImage = z.infer<typeof snapshotSchema>;
export type Key = z.infer<typeof keySchema>;
export type Firewall = z.infer<typeof firewallSchema>;
export type Peers = z.infer<typeof peers>;
export type Size = z.infer<typeof sizeSchema>;
export type Image = z.infer<typeof imageSchema>;
export type Region = z.infer<typeof regionSchema>;
