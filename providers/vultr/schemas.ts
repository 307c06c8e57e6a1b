/** The parts of Vultr's answers that are read here; anything else in them is ignored. */
import { z } from 'zod';

/** Answers leave fields out or send null for "none"; both read as the empty value. */
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const number = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);

export const Instance = z.object({
  id: z.string().min(1),
  os: text,
  ram: number,
  disk: number,
  plan: text,
  main_ip: text,
  vcpu_count: number,
  region: text,
  default_password: text,
  date_created: text,
  status: text,
  allowed_bandwidth: number,
  netmask_v4: text,
  gateway_v4: text,
  power_status: text,
  server_status: text,
  v6_network: text,
  v6_main_ip: text,
  v6_network_size: number,
  label: text,
  internal_ip: text,
  kvm: text,
  hostname: text,
  os_id: number,
  app_id: number,
  image_id: text,
  snapshot_id: text,
  firewall_group_id: text,
  features: z
    .array(z.string())
    .nullish()
    .transform((value) => value ?? []),
  tags: z
    .array(z.string())
    .nullish()
    .transform((value) => value ?? []),
  user_scheme: text,
});
export type Instance = z.infer<typeof Instance>;

export const Account = z.object({
  name: text,
  email: text,
  acls: z.array(z.string()).nullish(),
  balance: number,
  pending_charges: number,
  last_payment_date: text,
  /** Below zero. */
  last_payment_amount: number,
});
export type Account = z.infer<typeof Account>;

export const Region = z.object({ id: z.string(), city: text, country: text });
export type Region = z.infer<typeof Region>;

export const Plan = z.object({
  id: z.string(),
  vcpu_count: z.number(),
  ram: z.number(),
  disk: number,
  bandwidth: number,
  monthly_cost: z.number(),
  /** Newer answers only. */
  hourly_cost: z.number().nullish(),
  type: text,
  locations: z
    .array(z.string())
    .nullish()
    .transform((value) => value ?? []),
  location_cost: z
    .record(z.string(), z.object({ monthly_cost: z.number() }))
    .nullish()
    .catch(null),
});
export type Plan = z.infer<typeof Plan>;

export const OperatingSystem = z.object({ id: z.number(), name: z.string(), arch: text, family: z.string() });
export type OperatingSystem = z.infer<typeof OperatingSystem>;

export const SshKey = z.object({ id: z.string(), date_created: text, name: text, ssh_key: text });
export type SshKey = z.infer<typeof SshKey>;

export const FirewallGroup = z.object({
  id: z.string(),
  description: text,
  date_created: text,
  date_modified: text,
  instance_count: number,
  rule_count: number,
  max_rule_count: number,
});
export type FirewallGroup = z.infer<typeof FirewallGroup>;

export const FirewallRule = z.object({
  id: z.number(),
  ip_type: text,
  protocol: text,
  port: text,
  subnet: text,
  subnet_size: number,
  source: text,
  notes: text,
});
export type FirewallRule = z.infer<typeof FirewallRule>;

export const StartupScript = z.object({ id: z.string(), date_created: text, date_modified: text, name: text, script: text, type: text });
export type StartupScript = z.infer<typeof StartupScript>;

export const Ipv4 = z.object({ ip: z.string(), netmask: text, gateway: text, type: text, reverse: text });
export type Ipv4 = z.infer<typeof Ipv4>;

export const BackupSchedule = z.object({ enabled: z.boolean(), type: text, hour: number, dow: number, dom: number });
export type BackupSchedule = z.infer<typeof BackupSchedule>;

/** Sizes are bytes and 0 until it is complete. `status`: pending, complete or deleted. */
export const Snapshot = z.object({
  id: z.string().min(1),
  date_created: text,
  description: text,
  size: number,
  /** What is stored and billed; absent in answers of old. */
  compressed_size: number,
  status: text,
});
export type Snapshot = z.infer<typeof Snapshot>;

/** Of the schedule. Its `size` is in bytes. */
export const Backup = z.object({ id: z.string().min(1), date_created: text, description: text, size: number, status: text });
export type Backup = z.infer<typeof Backup>;

export const PublicIso = z.object({ id: z.string().min(1), name: text, description: text });
export type PublicIso = z.infer<typeof PublicIso>;

/** `state`: ready, isomounting, isomounted and the like; the document has `attached` too. */
export const IsoStatus = z.object({ iso_id: text, state: text });
export type IsoStatus = z.infer<typeof IsoStatus>;

export const ReverseIpv6 = z.object({ ip: z.string(), reverse: text });
export type ReverseIpv6 = z.infer<typeof ReverseIpv6>;

export const Bandwidth = z.record(z.string(), z.object({ incoming_bytes: z.number(), outgoing_bytes: z.number() }));

export const Meta = z.object({ links: z.object({ next: text }).nullish() }).nullish();
