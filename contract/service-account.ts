/** Service accounts, which have tokens only, on the wire. */
import { z } from 'zod';
import { OrganizationId, Timestamp } from './ids.ts';
import { MEMBER_ROLES, STAFF_ROLES } from './permissions.ts';

export const ServiceAccountId = z.uuid('a service account id is a UUID');
const Name = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]*$/, 'letters, digits, spaces, ".", "_" and "-", beginning with a letter or digit')
  .meta({ examples: ['deploys'] });
/** A member's role, but never owner; on the platform a staff role, but never superadmin. */
const Role = z.enum([...new Set([...MEMBER_ROLES, ...STAFF_ROLES])].filter((role) => role !== 'owner' && role !== 'superadmin'));

export const ServiceAccount = z.strictObject({
  id: ServiceAccountId,
  /** null: of the platform. */
  organization_id: OrganizationId.nullable(),
  name: z.string(),
  role: z.string(),
  /** Those that are not revoked. */
  tokens: z.int(),
  created_by: z.string(),
  disabled_at: Timestamp.nullable(),
  created_at: Timestamp,
});
export type ServiceAccount = z.infer<typeof ServiceAccount>;
export const ServiceAccountCreate = z.strictObject({
  name: Name,
  role: Role,
  /** For callers that act on the platform: in which organization; left out: on the platform. */
  organization_id: OrganizationId.optional(),
});
export const ServiceAccountPatch = z
  .strictObject({ name: Name.optional(), role: Role.optional(), disabled: z.boolean().optional() })
  .refine((body) => Object.keys(body).length > 0, 'change at least one of name, role, disabled')
  .meta({ minProperties: 1 });
export const ServiceAccountList = z.strictObject({ service_accounts: z.array(ServiceAccount) });
export const ServiceAccountAnswer = z.strictObject({ service_account: ServiceAccount });
export const ServiceAccountParams = z.strictObject({ id: ServiceAccountId });
