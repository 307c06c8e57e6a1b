/** Staff who act as a customer for a while, on the wire. */
import { z } from 'zod';
import { Reason } from './fields.ts';
import { OrganizationId, Timestamp } from './ids.ts';

export const ImpersonationId = z.uuid('an impersonation id is a UUID');
export const Impersonation = z.strictObject({
  id: ImpersonationId,
  staff: z.strictObject({ id: z.string(), name: z.string() }),
  organization_id: OrganizationId,
  organization_name: z.string(),
  /** As whom; null: as the organization, with its owner's rights. */
  user: z.strictObject({ id: z.string(), name: z.string() }).nullable(),
  reason: z.string(),
  read_only: z.boolean(),
  created_at: Timestamp,
  expires_at: Timestamp,
  ended_at: Timestamp.nullable(),
});
export type Impersonation = z.infer<typeof Impersonation>;
export const ImpersonationStart = z.strictObject({
  organization_id: OrganizationId,
  user_id: z.uuid('a user id is a UUID').optional(),
  reason: Reason,
  minutes: z.int().min(1).max(60).default(30),
  /** Changes too, for a superadmin with a second factor; never passwords, credentials or rights. */
  write: z.boolean().default(false),
});
export const ImpersonationAnswer = z.strictObject({ impersonation: Impersonation });
export const ImpersonationParams = z.strictObject({ id: ImpersonationId });
export const ImpersonationList = z.strictObject({ impersonations: z.array(Impersonation) });

/** Who is asking, where, and what it may do there. */
export const WhoAmI = z.strictObject({
  actor: z.strictObject({
    kind: z.enum(['user', 'token', 'service_account', 'system']),
    id: z.string(),
    name: z.string(),
    on_behalf_of: z.strictObject({ kind: z.enum(['user', 'organization']), id: z.string(), name: z.string() }).nullable(),
  }),
  role: z.string(),
  /** null: on the platform. */
  organization: z.strictObject({ id: OrganizationId, name: z.string(), display_name: z.string().nullable() }).nullable(),
  permissions: z.array(z.string()),
  /** Of a person: whether a second factor was shown within the last ten minutes. */
  confirmed: z.boolean(),
  /** Staff who act as a customer now. */
  acting: Impersonation.nullable(),
});
