/** The trading desk's words (compatibility A): servers for trading accounts, `/api/vps/provision`. */
import { z } from 'zod';
import { OrganizationId, Timestamp, VpsId } from '../ids.ts';

const ProviderName = z.string().regex(/^[a-z0-9-]{1,40}$/, 'a provider id, for example vultr');
/** The integer of the older system, or the VPS's own id. */
const DeskVpsId = z.union([z.coerce.number().int().min(1).max(2_147_483_647), VpsId]);

export const DeskQuery = z.strictObject({
  action: z.enum(['account', 'regions', 'plans', 'os', 'status']).optional(),
  instance_id: z.string().min(1).max(200).optional(),
  provider: ProviderName.default('vultr'),
});
export type DeskQuery = z.output<typeof DeskQuery>;

const RecommendedPlan = z.strictObject({
  id: z.string(),
  name: z.string(),
  vcpus: z.int(),
  /** MB. */
  ram: z.int(),
  /** GB. */
  disk: z.int(),
  /** Of today's catalogue, per month; null for tokens of one organization, as is every price of a provider. */
  monthlyCost: z.number().nullable(),
  currency: z.string(),
  bestFor: z.string(),
});
const RecommendedRegion = z.strictObject({ id: z.string(), city: z.string(), country: z.string().nullable(), bestFor: z.string() });
const WindowsVersion = z.strictObject({ id: z.union([z.int(), z.string()]), name: z.string() });

export const DeskOverview = z.strictObject({
  success: z.literal(true),
  configured: z.boolean(),
  provider: z.string(),
  recommendedPlans: z.record(z.string(), RecommendedPlan),
  recommendedRegions: z.record(z.string(), RecommendedRegion),
  windowsOS: z.record(z.string(), WindowsVersion),
});
export const DeskAccount = z.strictObject({
  success: z.literal(true),
  account: z.strictObject({
    name: z.string(),
    email: z.string(),
    /** Below zero: credit. */
    balance: z.number(),
    pending_charges: z.number(),
    last_payment_date: z.string().optional(),
    last_payment_amount: z.number().optional(),
  }),
});
export const DeskRegions = z.strictObject({
  success: z.literal(true),
  regions: z.array(
    z.strictObject({
      id: z.string(),
      city: z.string(),
      country: z.string().nullable(),
      continent: z.string().optional(),
      options: z.array(z.string()).optional(),
    }),
  ),
});
export const DeskPlans = z.strictObject({
  success: z.literal(true),
  plans: z.array(
    z.strictObject({
      id: z.string(),
      vcpu_count: z.int(),
      ram: z.int(),
      disk: z.int(),
      /** GB a month; null: not metered. */
      bandwidth: z.int().nullable(),
      monthly_cost: z.number().nullable(),
      type: z.string(),
      locations: z.array(z.string()),
    }),
  ),
});
export const DeskImages = z.strictObject({
  success: z.literal(true),
  os: z.array(z.strictObject({ id: z.union([z.int(), z.string()]), name: z.string(), arch: z.string().optional(), family: z.string() })),
});
export const DeskInstance = z.strictObject({
  success: z.literal(true),
  instance: z.strictObject({
    id: z.string(),
    status: z.string(),
    power_status: z.string(),
    server_status: z.string(),
    main_ip: z.string().nullable(),
    region: z.string(),
    plan: z.string(),
    os: z.string().nullable(),
  }),
});
export const DeskAnswer = z.union([DeskOverview, DeskAccount, DeskRegions, DeskPlans, DeskImages, DeskInstance]);

export const DeskProvision = z.strictObject({
  mt5_account_id: z.union([z.int().min(0), z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'letters, digits, ".", "_" and "-" only')]),
  /** Blank: `MT5-<mt5_account_id>`. */
  vps_name: z.string().max(63).optional(),
  region: z.string().min(1).max(200),
  plan: z.string().min(1).max(200),
  os_id: z.union([z.int(), z.string().min(1).max(200)]),
  provider: ProviderName.default('vultr'),
  organization_id: OrganizationId.optional(),
});
export type DeskProvision = z.output<typeof DeskProvision>;

export const DeskProvisioned = z.strictObject({
  success: z.literal(true),
  message: z.string(),
  data: z.strictObject({
    vps_id: z.int(),
    /** Null until the provider has accepted the server. */
    vultr_instance_id: z.string().nullable(),
    provider_instance_id: z.string().nullable(),
    provider: z.string(),
    status: z.string(),
    main_ip: z.string().nullable(),
    /** Shown here once, and counted as shown; null where it does not exist yet. */
    default_password: z.string().nullable(),
  }),
});
export const DeskSync = z.strictObject({ vps_id: DeskVpsId });
export const DeskSynced = z.strictObject({
  success: z.literal(true),
  data: z.strictObject({
    vps_id: z.int(),
    status: z.string(),
    vultr_status: z.string().nullable(),
    provider_status: z.string().nullable(),
    main_ip: z.string().nullable(),
    updated_at: Timestamp,
    /** Of a set-up that is stuck: what the account owes, where that may be why. */
    message: z.string().optional(),
  }),
});
/** Left out: the caller’s own server (C). */
export const DeskDelete = z.strictObject({ vps_id: DeskVpsId.optional() });
export const DeskDeleted = z.strictObject({ success: z.literal(true), message: z.string() });
export const Migrations = z.strictObject({ success: z.literal(true), applied: z.array(z.string()), pending: z.array(z.string()) });
/** What the older systems answer where Plinth's own routes have problem details. */
export const CompatError = z.strictObject({ success: z.literal(false), error: z.string(), code: z.string() });
