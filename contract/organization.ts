/** Organizations, the customers, on the wire. */
import { z } from 'zod';
import { Reason } from './fields.ts';
import { OrganizationId, Timestamp } from './ids.ts';

/** Also the first part of the full names of its stacks, so it has their alphabet. */
const Name = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/, 'letters, digits, "_", "." and "-", beginning and ending with a letter or digit')
  .meta({ examples: ['acme'] });

export const Organization = z.strictObject({
  id: OrganizationId,
  name: z.string(),
  /** VPSes that are not terminated. */
  vps_count: z.int(),
  created_at: Timestamp,
});
export type Organization = z.infer<typeof Organization>;
export const OrganizationCreate = z.strictObject({ name: Name });
export const OrganizationList = z.strictObject({ organizations: z.array(Organization) });
export const OrganizationAnswer = z.strictObject({ organization: Organization });

export const OwnerChange = z.strictObject({
  organization_id: OrganizationId,
  reason: Reason,
});
