/** What can happen to a VPS after it exists, on the wire. */
import { z } from 'zod';
import { Approval, HostnameText, IdText, LabelText, MAX_GRACE_HOURS, Password, Reason, Settings, SnapshotFields } from './fields.ts';
import { Flag, Timestamp } from './ids.ts';
import { POWER_ACTIONS, VPS_ACTIONS } from './words.ts';

export { VPS_ACTIONS } from './words.ts';

export const VpsActionName = z.enum(VPS_ACTIONS);
export type VpsActionName = z.infer<typeof VpsActionName>;

/** `code` and `reason` say why not; the routes refuse with the same two. */
export const ActionCapability = z.strictObject({ allowed: z.boolean(), code: z.string().optional(), reason: z.string().optional() });
export type ActionCapability = z.infer<typeof ActionCapability>;
export const VpsCapabilities = z.record(VpsActionName, ActionCapability);
export type VpsCapabilities = z.infer<typeof VpsCapabilities>;

const approval = Approval.optional();

const Rename = z.strictObject({
  action: z.literal('rename'),
  label: LabelText.optional(),
  /** A name below the DNS zone where the VPS has one. */
  hostname: HostnameText.optional(),
  approval,
});
const Resize = z.strictObject({ action: z.literal('resize'), plan: IdText, approval });
const Reinstall = z.strictObject({
  action: z.literal('reinstall'),
  /** The present image when left out. */
  image: IdText.optional(),
  /** Generated when left out. */
  root_pass: Password.optional(),
  approval,
});
const Configure = z.strictObject({ action: z.literal('configure'), ...Settings, approval });
/** A snapshot's id, or a backup's, as the list of snapshots shows it. */
const SnapshotRef = IdText.meta({ examples: ['0f7c2f0e-3f55-4f3e-9d0b-0a6b9a3f1c11'] });
const SnapshotCreate = z.strictObject({ action: z.literal('snapshot'), ...SnapshotFields });
const RestoreSnapshot = z.strictObject({ action: z.literal('restore-snapshot'), snapshot: SnapshotRef, approval });
const ResetPassword = z.strictObject({ action: z.literal('reset-password'), root_pass: Password.optional(), approval });

export const VpsAction = z.discriminatedUnion('action', [
  z.strictObject({ action: z.enum(POWER_ACTIONS) }),
  Rename,
  Resize,
  Reinstall,
  ResetPassword,
  Configure,
  z.strictObject({ action: z.literal('suspend'), reason: Reason }),
  z.strictObject({ action: z.literal('unsuspend') }),
  SnapshotCreate,
  RestoreSnapshot,
  z.strictObject({ action: z.literal('delete-snapshot'), snapshot: SnapshotRef }),
  z.strictObject({ action: z.enum(['rescue', 'unrescue']) }),
]);
export type VpsAction = z.infer<typeof VpsAction>;

export const VpsChange = z.discriminatedUnion('action', [
  Rename,
  Resize,
  Reinstall,
  ResetPassword,
  Configure,
  RestoreSnapshot,
  z.strictObject({ action: z.literal('destroy'), final_snapshot: z.boolean().optional() }),
]);
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
    delete_protection: z.boolean().optional(),
    /** A sentence for the customer; null ends the maintenance. Only for callers that may act for several organizations. */
    maintenance: Reason.nullable().optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'change at least one of notes, delete_protection, maintenance')
  .meta({ minProperties: 1 });
export type VpsPatch = z.infer<typeof VpsPatch>;

export const DestroyQuery = z.strictObject({
  /** Hours in which the termination can be undone; 0 = now; left out = the service's default. */
  grace_hours: z.coerce.number().min(0).max(MAX_GRACE_HOURS).optional(),
  /** Make a snapshot first, keep it, and destroy nothing without it. Left out: as the termination that was begun says, else no. */
  final_snapshot: Flag.optional(),
});

/** What was read at the provider after a destroy, independently of the stack. */
export const Evidence = z.strictObject({
  /** True only when every read answered and none found anything. */
  clean: z.boolean(),
  at: Timestamp,
  checks: z.array(
    z.strictObject({
      what: z.string(),
      result: z.enum(['gone', 'found', 'unread']),
      detail: z.string(),
      at: Timestamp,
    }),
  ),
  /** What is left costs this much; null when nothing is left or the catalogue does not tell. */
  monthly_cost: Money.nullable(),
});
export type Evidence = z.infer<typeof Evidence>;
