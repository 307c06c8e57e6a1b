/** Planned work on the wire: what staff plan, and what each customer sees of it. */
import { z } from 'zod';
import { IdText, InstantText } from './fields.ts';
import { AccountId, Cursor, Flag, Limit, Timestamp, VpsId } from './ids.ts';

export const MaintenanceId = z.uuid('an id of planned work is a UUID');
/** planned: not begun. */
export const MaintenanceStatus = z.enum(['planned', 'under-way', 'over', 'cancelled']);

const Said = {
  title: z.string().trim().min(3).max(150),
  /** What customers are told: what is done, and what it means for them. */
  text: z.string().trim().min(1).max(5_000),
};

/** As customers see it: of their servers only. */
export const PlannedWork = z.strictObject({
  id: MaintenanceId,
  ...Said,
  status: MaintenanceStatus,
  starts_at: Timestamp,
  ends_at: Timestamp,
  servers: z.array(z.strictObject({ vps_id: VpsId, label: z.string() })),
});
export type PlannedWork = z.infer<typeof PlannedWork>;
export const PlannedWorkList = z.strictObject({ planned: z.array(PlannedWork) });

export const Maintenance = z.strictObject({
  id: MaintenanceId,
  ...Said,
  status: MaintenanceStatus,
  starts_at: Timestamp,
  ends_at: Timestamp,
  account_id: AccountId.nullable(),
  /** Of the account; none: all. */
  regions: z.array(z.string()),
  vps_ids: z.array(VpsId),
  /** How many servers it is about now, and of how many organizations. */
  servers: z.int(),
  organizations: z.int(),
  created_by: z.string(),
  created_at: Timestamp,
});
export type Maintenance = z.infer<typeof Maintenance>;
export const MaintenanceQuery = z.strictObject({
  cursor: Cursor.optional(),
  limit: Limit,
  /** Also what is over or cancelled. */
  past: Flag.optional(),
});
export const MaintenancePage = z.strictObject({ maintenance: z.array(Maintenance), next: z.string().nullable() });
export const MaintenanceAnswer = z.strictObject({ maintenance: Maintenance });
export const MaintenanceParams = z.strictObject({ id: MaintenanceId });
export const MaintenancePlan = z
  .strictObject({
    ...Said,
    starts_at: InstantText,
    ends_at: InstantText,
    account_id: AccountId.optional(),
    regions: z.array(IdText).max(100).default([]),
    vps_ids: z.array(VpsId).max(500).default([]),
  })
  .refine((plan) => (plan.account_id === undefined) !== (plan.vps_ids.length === 0), {
    message: 'name either an account or servers',
    path: ['account_id'],
  })
  .refine((plan) => plan.account_id !== undefined || plan.regions.length === 0, {
    message: 'regions are of an account: name it with account_id',
    path: ['regions'],
  });
export const MaintenanceChange = z
  .strictObject({
    title: Said.title.optional(),
    text: Said.text.optional(),
    starts_at: InstantText.optional(),
    ends_at: InstantText.optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'change at least one field');
