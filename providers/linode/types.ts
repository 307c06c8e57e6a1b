/** The parts of Linode's answers that Plinth reads. Unknown fields pass; a missing one is `malformed`. */
import { z } from 'zod';

/** The document promises nothing beyond this list, and new states appear, so any string passes. */
export const ApiInstance = z.looseObject({
  id: z.number(),
  label: z.string(),
  status: z.string(),
  type: z.string().nullable(),
  region: z.string(),
  image: z.string().nullable(),
  group: z.string().nullish(),
  tags: z.array(z.string()),
  ipv4: z.array(z.string()),
  ipv6: z.string().nullable(),
  created: z.string(),
  updated: z.string(),
  specs: z.looseObject({
    disk: z.number(),
    memory: z.number(),
    vcpus: z.number(),
    transfer: z.number(),
    gpus: z.number().nullish(),
    accelerated_devices: z.number().nullish(),
  }),
  alerts: z.looseObject({
    cpu: z.number().nullish(),
    io: z.number().nullish(),
    network_in: z.number().nullish(),
    network_out: z.number().nullish(),
    transfer_quota: z.number().nullish(),
  }),
  backups: z.looseObject({
    enabled: z.boolean(),
    available: z.boolean().nullish(),
    schedule: z.looseObject({ day: z.string().nullish(), window: z.string().nullish() }).nullish(),
  }),
  capabilities: z.array(z.string()).nullish(),
  host_uuid: z.string().nullish(),
  has_user_data: z.boolean().nullish(),
  lke_cluster_id: z.number().nullish(),
  disk_encryption: z.string().nullish(),
  placement_group: z
    .looseObject({
      id: z.number(),
      label: z.string().nullish(),
      placement_group_policy: z.string().nullish(),
      placement_group_type: z.string().nullish(),
    })
    .nullish(),
  watchdog_enabled: z.boolean(),
});
export type ApiInstance = z.infer<typeof ApiInstance>;

export const ApiAddress = z.looseObject({ address: z.string(), rdns: z.string().nullish() });
const Addresses = z.array(ApiAddress);
export const ApiIps = z.looseObject({ ipv4: z.looseObject({ private: Addresses, shared: Addresses }) });

export const ApiDisk = z.looseObject({
  id: z.number(),
  label: z.string(),
  size: z.number(),
  filesystem: z.string(),
  status: z.string(),
});
export type ApiDisk = z.infer<typeof ApiDisk>;

export const ApiConfig = z.looseObject({
  id: z.number(),
  label: z.string(),
  kernel: z.string().nullish(),
  comments: z.string().nullish(),
  root_device: z.string().nullish(),
  run_level: z.string().nullish(),
  virt_mode: z.string().nullish(),
  memory_limit: z.number().nullish(),
  helpers: z.record(z.string(), z.boolean()).nullish(),
  devices: z.record(z.string(), z.looseObject({ disk_id: z.number().nullish(), volume_id: z.number().nullish() }).nullable()).nullish(),
});
export type ApiConfig = z.infer<typeof ApiConfig>;

const ApiPrice = z.looseObject({ hourly: z.number().nullable(), monthly: z.number().nullable() });
const ApiRegionPrices = z.array(ApiPrice.extend({ id: z.string() })).nullish();
export const ApiType = z.looseObject({
  id: z.string(),
  label: z.string(),
  class: z.string(),
  disk: z.number(),
  memory: z.number(),
  vcpus: z.number(),
  transfer: z.number(),
  price: ApiPrice,
  region_prices: ApiRegionPrices,
  addons: z.looseObject({ backups: z.looseObject({ price: ApiPrice, region_prices: ApiRegionPrices }).nullish() }).nullish(),
  successor: z.string().nullish(),
});
export type ApiType = z.infer<typeof ApiType>;

export const ApiRegion = z.looseObject({
  id: z.string(),
  label: z.string(),
  country: z.string(),
  status: z.string(),
  capabilities: z.array(z.string()),
  site_type: z.string().nullish(),
});
export type ApiRegion = z.infer<typeof ApiRegion>;

export const ApiAvailability = z.looseObject({ plan: z.string(), region: z.string(), available: z.boolean() });

export const ApiImage = z.looseObject({
  id: z.string(),
  label: z.string(),
  description: z.string().nullish(),
  created: z.string(),
  type: z.string().nullish(),
  vendor: z.string().nullish(),
  is_public: z.boolean(),
  deprecated: z.boolean(),
  eol: z.string().nullish(),
  size: z.number(),
  status: z.string(),
  capabilities: z.array(z.string()).nullish(),
  regions: z.array(z.looseObject({ region: z.string(), status: z.string() })).nullish(),
});
export type ApiImage = z.infer<typeof ApiImage>;

const Backup = z.looseObject({
  id: z.number(),
  label: z.string().nullish(),
  status: z.string(),
  available: z.boolean(),
  created: z.string(),
  disks: z.array(z.looseObject({ size: z.number() })),
});
export type ApiBackup = z.infer<typeof Backup>;
export const ApiBackups = z.looseObject({
  automatic: z.array(Backup),
  snapshot: z.looseObject({ current: Backup.nullish(), in_progress: Backup.nullish() }).nullish(),
});

export const ApiAccount = z.looseObject({
  email: z.string(),
  euuid: z.string().nullish(),
  company: z.string().nullish(),
  balance: z.number(),
  balance_uninvoiced: z.number().nullish(),
});

export const ApiSshKey = z.looseObject({ id: z.number(), label: z.string(), ssh_key: z.string(), created: z.string() });
export type ApiSshKey = z.infer<typeof ApiSshKey>;

const FirewallRule = z.looseObject({
  action: z.string(),
  protocol: z.string(),
  label: z.string().nullish(),
  description: z.string().nullish(),
  ports: z.string().nullish(),
  addresses: z.looseObject({ ipv4: z.array(z.string()).nullish(), ipv6: z.array(z.string()).nullish() }).nullish(),
});
export type ApiFirewallRule = z.infer<typeof FirewallRule>;
export const ApiFirewall = z.looseObject({
  id: z.number(),
  label: z.string(),
  status: z.string(),
  tags: z.array(z.string()),
  created: z.string(),
  updated: z.string(),
  rules: z.looseObject({
    inbound: z.array(FirewallRule).nullish(),
    outbound: z.array(FirewallRule).nullish(),
    inbound_policy: z.string(),
    outbound_policy: z.string(),
  }),
});
export const ApiFirewallDevice = z.looseObject({
  id: z.number(),
  entity: z.looseObject({ id: z.number(), type: z.string(), label: z.string().nullish(), url: z.string().nullish() }),
});
/** With its devices, which a call of their own tells. */
export type ApiFirewall = z.infer<typeof ApiFirewall> & { devices?: z.infer<typeof ApiFirewallDevice>[] };
