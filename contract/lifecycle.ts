/** What can happen to a VPS after it exists, on the wire. */
import { z } from 'zod';
import { MAX_GRACE_HOURS, Reason } from './fields.ts';
import { Flag, Timestamp } from './ids.ts';
import { ACTION_BODIES, CHANGE_BODIES, VPS_ACTIONS } from './operations/bodies.ts';

export { VPS_ACTIONS } from './operations/bodies.ts';

export const VpsActionName = z.enum(VPS_ACTIONS);
export type VpsActionName = z.infer<typeof VpsActionName>;

/** `code` and `reason` say why not; the routes refuse with the same two. */
export const ActionCapability = z.strictObject({ allowed: z.boolean(), code: z.string().optional(), reason: z.string().optional() });
export type ActionCapability = z.infer<typeof ActionCapability>;
export const VpsCapabilities = z.record(VpsActionName, ActionCapability);
export type VpsCapabilities = z.infer<typeof VpsCapabilities>;

/** What POST /api/vps/:id/actions takes: the bodies of all kinds that are asked for there. */
export const VpsAction = z.discriminatedUnion('action', ACTION_BODIES);
export type VpsAction = z.infer<typeof VpsAction>;

export const VpsChange = z.discriminatedUnion('action', CHANGE_BODIES);
export type VpsChange = z.infer<typeof VpsChange>;
/** Without a change: what bringing the server to its present spec would do. */
export const PreviewRequest = z.strictObject({ change: VpsChange.optional() });

const Money = z.strictObject({ monthly: z.string(), currency: z.string() });
export const ChangePreview = z.strictObject({
  action: VpsActionName,
  /** Send it with the change to have exactly this done or nothing. */
  approval: z.string(),
  resources: z.array(
    z.strictObject({ name: z.string(), effect: z.enum(['create', 'update', 'replace', 'delete', 'reinstall', 'restore']) }),
  ),
  replaces_instance: z.boolean(),
  data_loss: z.boolean(),
  /** The server is off or restarts meanwhile. */
  interruption: z.boolean(),
  /** The address is not the same afterwards. */
  new_address: z.boolean(),
  /** The provider's price for the plan; null where its catalogue does not tell. */
  price_before: Money.nullable(),
  price_after: Money.nullable(),
  /** Decimal with sign; null where a price is not known. */
  price_difference: z.string().nullable(),
  notes: z.array(z.string()),
});
export type ChangePreview = z.infer<typeof ChangePreview>;

export const VpsPatch = z
  .strictObject({
    notes: z.string().max(10_000).nullable().optional(),
    /** What the notes were when they were read; sent with `notes`, so that nobody's words are written over unseen. */
    expected_notes: z.string().max(10_000).nullable().optional(),
    delete_protection: z.boolean().optional(),
    /** A sentence for the customer; null ends the maintenance. Only for callers that may act for several organizations. */
    maintenance: Reason.nullable().optional(),
  })
  .refine(
    (body) => Object.keys(body).some((name) => name !== 'expected_notes'),
    'change at least one of notes, delete_protection, maintenance',
  )
  .meta({ minProperties: 1 });
export type VpsPatch = z.infer<typeof VpsPatch>;

export const DestroyQuery = z.strictObject({
  /** Hours in which the termination can be undone; 0 = now, for good. Left out: the service's default, or the grace that runs already. */
  grace_hours: z.coerce.number().min(0).max(MAX_GRACE_HOURS).optional(),
  /** Make a snapshot first, keep it, and destroy nothing without it. Left out: as the termination that was begun says, else no. */
  final_snapshot: Flag.optional(),
  /** Why a sold VPS ends beside its subscription. Only for callers that may act for several organizations. */
  override_reason: Reason.optional(),
});

/** What was read at the provider after a destroy, independently of the stack. */
export const Evidence = z.strictObject({
  /** True only when every read answered and none found anything but what was kept as asked. */
  clean: z.boolean(),
  at: Timestamp,
  checks: z.array(
    z.strictObject({
      what: z.string(),
      /** kept: a final snapshot that was asked for, and is there. missing: one that should be there and is not. */
      result: z.enum(['gone', 'found', 'unread', 'kept', 'missing']),
      detail: z.string(),
      at: Timestamp,
      /** What keeping it costs; absent where nothing is kept or the price is not known. */
      monthly_cost: Money.nullable().optional(),
    }),
  ),
  /** What is left costs this much; null when nothing is left or the catalogue does not tell. */
  monthly_cost: Money.nullable(),
});
export type Evidence = z.infer<typeof Evidence>;
