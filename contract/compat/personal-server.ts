/** The personal server's words (compatibility C): one server for each user, `/api/vps/provision` and `/api/vps/status`. */
import { z } from 'zod';

const Id = z.union([z.int().min(1), z.string().regex(/^\d{1,9}$/, 'a number')]);
export const OwnProvision = z.strictObject({
  plan: z.string().min(1).max(200).optional(),
  template_id: Id.optional(),
  data_center_id: Id.optional(),
  /** Default: the user's handle. Made a label that DNS takes. */
  username: z.string().trim().min(1).max(60).optional(),
  /** Default: `<username>.<zone>`. */
  hostname: z.string().trim().min(1).max(253).optional(),
  public_key: z.strictObject({ name: z.string().max(200).optional(), key: z.string().max(8192) }).optional(),
  enable_backups: z.boolean().optional(),
});
export type OwnProvision = z.output<typeof OwnProvision>;

export const OwnProvisioned = z.strictObject({
  success: z.literal(true),
  status: z.literal('pending'),
  vps_id: z.string(),
  hostname: z.string(),
  plan_id: z.string(),
  data_center_id: z.int(),
});
export const OWN_STATUSES = ['pending', 'provisioning', 'configuring', 'ready', 'error'] as const;
export const OwnStatus = z.strictObject({
  success: z.literal(true),
  status: z.enum(OWN_STATUSES),
  hostname: z.string(),
  ip_address: z.string().nullable(),
  url: z.string(),
  hostinger_vm_id: z.int().nullable(),
  /** Null where the purchase told none. */
  hostinger_order_id: z.int().nullable(),
  plan_id: z.string(),
  data_center_id: z.int().nullable(),
  message: z.string().optional(),
  /** With the first `ready` answer to its owner, and never again. */
  credentials: z.strictObject({ username: z.string(), password: z.string(), shown_once: z.literal(true) }).optional(),
});
