/** The server shop's words (compatibility D): products, orders and instances under `/api/v1`. */
import { z } from 'zod';
import { Timestamp } from '../ids.ts';

/** A decimal number with at most two places, as the older system wrote prices. */
const Price = z
  .number()
  .min(0)
  .max(99_999_999.99)
  .refine((value) => Math.abs(Math.round(value * 100) - value * 100) < 1e-6, 'at most two decimal places');
const Text = z.string().trim().max(200);
const Number4 = z.int().min(1).max(2_147_483_647);
export const ShopNumber = z.coerce.number().int().min(1).max(2_147_483_647);
export const ShopParams = z.strictObject({ id: ShopNumber });
/** An organization's id, or the older system's own id of a customer. */
export const CustomerId = z.string().regex(/^[A-Za-z0-9@+_.-]{1,60}$/, 'letters, digits and @ + _ . - only');

const ProductFields = {
  name: z.string().trim().min(1).max(100),
  description: z.string().trim().max(4_000).nullable().optional(),
  server_type: z.enum(['vps', 'dedicated']),
  cpu_cores: Number4,
  cpu_model: Text.nullable().optional(),
  ram_gb: z.number().positive().max(100_000),
  storage_gb: z.number().positive().max(10_000_000),
  storage_type: Text.nullable().optional(),
  bandwidth_tb: z.number().min(0).max(1_000_000).default(1),
  ip_addresses: z.int().min(0).max(10_000).default(1),
  datacenter_location: Text.nullable().optional(),
  region: Text.nullable().optional(),
  available_locations: z.json().optional(),
  price_monthly: Price,
  price_quarterly: Price.nullable().optional(),
  price_yearly: Price.nullable().optional(),
  setup_fee: Price.default(0),
  provisioning_type: z.enum(['manual', 'automated', 'api']).default('manual'),
  provisioning_module: Text.nullable().optional(),
  provider: Text.nullable().optional(),
  /** For a module: `plan`, `image`, `region`, `account_id`. */
  module_config: z.record(z.string(), z.json()).nullable().optional(),
  features: z.json().optional(),
  available_os: z.json().optional(),
  is_active: z.boolean().default(true),
  /** null: without limit. */
  stock_count: z.int().min(0).max(1_000_000).nullable().default(null),
  meta_data: z.json().optional(),
};
export const ShopProductCreate = z.strictObject(ProductFields);
export type ShopProductCreate = z.output<typeof ShopProductCreate>;
const bare = <T extends z.ZodType>(schema: T): z.ZodType => (schema instanceof z.ZodDefault ? (schema.unwrap() as z.ZodType) : schema);
export const ShopProductPatch = z
  .strictObject(Object.fromEntries(Object.entries(ProductFields).map(([name, schema]) => [name, bare(schema).optional()])))
  .meta({ description: 'Any of the fields of a product.' }) as unknown as z.ZodType<Partial<ShopProductCreate>>;
const nullable = z.json().nullable();
export const ShopProduct = z.strictObject({
  id: z.int(),
  name: z.string(),
  description: z.string().nullable(),
  server_type: z.enum(['vps', 'dedicated']),
  cpu_cores: z.number(),
  cpu_model: z.string().nullable(),
  ram_gb: z.number(),
  storage_gb: z.number(),
  storage_type: z.string().nullable(),
  bandwidth_tb: z.number(),
  ip_addresses: z.int(),
  datacenter_location: z.string().nullable(),
  region: z.string().nullable(),
  available_locations: nullable,
  price_monthly: z.number().nullable(),
  price_quarterly: z.number().nullable(),
  price_yearly: z.number().nullable(),
  setup_fee: z.number(),
  currency: z.string(),
  provisioning_type: z.string(),
  provisioning_module: z.string().nullable(),
  provider: z.string().nullable(),
  module_config: nullable,
  features: nullable,
  available_os: nullable,
  is_active: z.boolean(),
  stock_count: z.int().nullable(),
  /** Sold and not given back. */
  current_orders: z.int(),
  meta_data: nullable,
  created_at: Timestamp,
  updated_at: Timestamp,
});
export const ShopProducts = z.array(ShopProduct);
const Window = {
  skip: z.coerce.number().int().min(0).max(1_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
};
const Bool = z.stringbool({ truthy: ['true', '1', 'True'], falsy: ['false', '0', 'False'], case: 'sensitive' });
export const ShopProductQuery = z.strictObject({
  server_type: z.enum(['vps', 'dedicated']).optional(),
  is_active: Bool.optional(),
  provider: Text.optional(),
  ...Window,
});

const Cycle = z.enum(['monthly', 'quarterly', 'yearly']);
export const ShopOrderCreate = z.strictObject({
  customer_id: CustomerId,
  items: z
    .array(
      z.strictObject({
        /** Left out where `ip_stock_id` says what. */
        product_id: ShopNumber.optional(),
        /** An exact package (E), in either spelling, with its name and the memory. */
        ip_stock_id: z.uuid().optional(),
        ipStockId: z.uuid().optional(),
        product_name: Text.optional(),
        productName: Text.optional(),
        billing_cycle: Cycle.default('monthly'),
        quantity: z.int().min(1).max(20).default(1),
        hostname: Text.optional(),
        operating_system: Text.optional(),
        region: Text.optional(),
        memory: Text.optional(),
      }),
    )
    .min(1)
    .max(20),
});
export type ShopOrderCreate = z.output<typeof ShopOrderCreate>;
export const ShopOrder = z.strictObject({
  id: z.int(),
  customer_id: z.string(),
  status: z.enum(['pending', 'paid', 'active', 'cancelled', 'failed']),
  currency: z.string(),
  subtotal: z.number(),
  total: z.number(),
  items: z.array(
    z.strictObject({
      instance_id: z.int().nullable(),
      product_id: z.int().nullable(),
      product_name: z.string(),
      billing_cycle: Cycle,
      quantity: z.literal(1),
      hostname: z.string(),
      /** Of an exact package. */
      ip_stock_id: z.string().nullable(),
      memory: z.string().nullable(),
      price: z.number(),
      setup_fee: z.number(),
      status: z.string(),
      /** Why it has no server. */
      failure: z.string().nullable(),
    }),
  ),
  created_at: Timestamp,
  paid_at: Timestamp.nullable(),
});
export const ShopOrders = z.array(ShopOrder);
export const ShopOrderQuery = z.strictObject({ customer_id: CustomerId.optional(), ...Window });
export const ShopPayment = z.strictObject({
  amount: Price,
  currency: z.string().regex(/^[A-Z]{3}$/, 'a currency code of three capital letters'),
  reference: z.string().trim().min(1).max(200),
});

export const ShopProvision = z.strictObject({
  customer_id: CustomerId,
  product_id: ShopNumber,
  /** A paid order of this product; left out: complimentary. */
  order_id: ShopNumber.optional(),
  hostname: Text.optional(),
  operating_system: Text.optional(),
  ssh_key: z.string().trim().max(4_000).optional(),
  region: Text.optional(),
  notes: z.string().max(4_000).optional(),
});
export type ShopProvision = z.output<typeof ShopProvision>;

export const INSTANCE_STATUSES = [
  'pending_provisioning',
  'provisioning',
  'active',
  'suspended',
  'cancelled',
  'terminated',
  'failed',
] as const;
const Filled = {
  hostname: Text,
  ip_address: z.union([z.ipv4(), z.ipv6()]).nullable(),
  ip_addresses: z.array(z.union([z.ipv4(), z.ipv6()])).max(200),
  mac_address: Text.nullable(),
  ssh_port: z.int().min(1).max(65_535),
  control_panel_url: z.string().trim().max(500).nullable(),
  control_panel_type: Text.nullable(),
  control_panel_username: Text.nullable(),
  operating_system: Text.nullable(),
  os_version: Text.nullable(),
  datacenter_location: Text.nullable(),
  notes: z.string().max(4_000).nullable(),
};
export const ShopInstancePatch = z
  .strictObject({
    ...Filled,
    /** Kept sealed; shown by reveal only. */
    root_password: z.string().min(1).max(256),
    control_panel_password: z.string().min(1).max(256),
    /** `active`: a server that a person made is ready. */
    status: z.literal('active'),
  })
  .partial();
export type ShopInstancePatch = z.output<typeof ShopInstancePatch>;
export const ShopInstance = z.strictObject({
  id: z.int(),
  customer_id: z.string(),
  order_id: z.int(),
  product_id: z.int(),
  server_type: z.string(),
  cpu_cores: z.number().nullable(),
  ram_gb: z.number().nullable(),
  storage_gb: z.number().nullable(),
  storage_type: z.string().nullable(),
  bandwidth_tb: z.number().nullable(),
  ...Filled,
  ssh_key: z.string().nullable(),
  region: z.string().nullable(),
  status: z.enum(INSTANCE_STATUSES),
  suspension_reason: z.string().nullable(),
  provider: z.string().nullable(),
  provider_server_id: z.string().nullable(),
  provider_api_response: z.json().nullable(),
  /** Plinth's own id, where there is a VPS. */
  vps_id: z.string().nullable(),
  meta_data: nullable,
  provisioned_at: Timestamp.nullable(),
  suspended_at: Timestamp.nullable(),
  cancelled_at: Timestamp.nullable(),
  terminated_at: Timestamp.nullable(),
  created_at: Timestamp,
  updated_at: Timestamp,
});
export const ShopInstances = z.array(ShopInstance);
export const ShopInstanceQuery = z.strictObject({
  customer_id: CustomerId.optional(),
  status: z.enum(INSTANCE_STATUSES).optional(),
  product_id: ShopNumber.optional(),
  ...Window,
});
export const ShopInstanceStatus = z.strictObject({
  status: z.enum(INSTANCE_STATUSES),
  power_state: z.string().nullable(),
  provider_status: z.string().nullable(),
  checked_at: Timestamp,
});
export const ShopSuspend = z.strictObject({ reason: z.string().trim().max(500).optional() });
export const ShopError = z.strictObject({ detail: z.string(), code: z.string() });
