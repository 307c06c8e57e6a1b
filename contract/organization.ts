/** Organizations, the customers, on the wire. */
import { z } from 'zod';
import { HostnameText, Reason } from './fields.ts';
import { OrganizationId, Timestamp } from './ids.ts';
import { MEMBER_ROLES } from './permissions.ts';

/** Also the first part of the full names of its stacks, so it has their alphabet. */
const Name = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/, 'letters, digits, "_", "." and "-", beginning and ending with a letter or digit')
  .meta({ examples: ['acme'] });

export const ORGANIZATION_STATUSES = ['active', 'blocked', 'closed'] as const;

export const Organization = z.strictObject({
  id: OrganizationId,
  /** For stacks and addresses. */
  name: z.string(),
  /** For people to read; null: the name. */
  display_name: z.string().nullable(),
  /** blocked: orders and makes nothing. closed: over. */
  status: z.enum(ORGANIZATION_STATUSES),
  status_reason: z.string().nullable(),
  /** False: switched off for new work, whether blocked or closed. */
  active: z.boolean(),
  /** Its members need a second factor. */
  require_second_factor: z.boolean(),
  /** VPSes that are not terminated. */
  vps_count: z.int(),
  /** In which its tokens may ask for DNS names; null: the DNS accounts' default zones, or the only zone there is. */
  zones: z.array(z.string()).nullable(),
  created_at: Timestamp,
});
export type Organization = z.infer<typeof Organization>;
export const OrganizationCreate = z.strictObject({ name: Name });
/** `zones` null: the installation's default zones; an empty list: none. `active` false blocks it, true lifts the block. */
export const OrganizationPatch = z
  .strictObject({ zones: z.array(HostnameText).max(200).nullable().optional(), active: z.boolean().optional() })
  .refine((body) => Object.keys(body).length > 0, 'change at least one of zones, active')
  .meta({ minProperties: 1 });
export const OrganizationList = z.strictObject({ organizations: z.array(Organization) });
export const OrganizationAnswer = z.strictObject({ organization: Organization });
export const OrganizationParams = z.strictObject({ id: OrganizationId });

/** What an organization says of itself. */
export const OrganizationProfilePatch = z
  .strictObject({ display_name: z.string().trim().min(1).max(120).nullable().optional(), require_second_factor: z.boolean().optional() })
  .refine((body) => Object.keys(body).length > 0, 'change at least one of display_name, require_second_factor')
  .meta({ minProperties: 1 });
/** Which organization, for callers that act on the platform; others leave it out. */
export const OfOrganization = z.strictObject({ organization_id: OrganizationId.optional() });
export const OrganizationReason = z.strictObject({ reason: Reason });
export const OrganizationTransfer = z.strictObject({ user_id: z.uuid('a user id is a UUID') });

export const QUOTA_KINDS = ['vpses', 'tokens', 'members', 'service_accounts', 'open_orders', 'streams', 'body_kilobytes'] as const;
export const QuotaKind = z.enum(QUOTA_KINDS);
export type QuotaKind = z.infer<typeof QuotaKind>;
export const QuotaList = z.strictObject({
  /** `most` null: as many as wanted. */
  quotas: z.array(z.strictObject({ kind: QuotaKind, most: z.int().nullable(), used: z.int() })),
});
export const QuotaChange = z.strictObject({ kind: QuotaKind, most: z.int().min(0).max(1_000_000).nullable() });

/** The terms of use that hold now, and what an organization has accepted. */
export const Terms = z.strictObject({ version: z.string(), url: z.string() });
export const TermsAnswer = z.strictObject({ terms: Terms });
export const TermsChange = z.strictObject({
  version: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,40}$/)
    .meta({ examples: ['2026-01'] }),
  url: z.url({ protocol: /^https?$/ }).max(500),
});
export const TermsStanding = z.strictObject({
  /** null: there are none. */
  terms: Terms.nullable(),
  accepted: z.array(z.strictObject({ version: z.string(), by: z.string(), address: z.string().nullable(), at: Timestamp })),
});
export const TermsAccept = z.strictObject({ version: z.string().min(1).max(40) });

export const MemberWire = z.strictObject({
  user_id: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.enum(MEMBER_ROLES),
  second_factor: z.boolean(),
  since: Timestamp,
});
export const MemberList = z.strictObject({ members: z.array(MemberWire) });
export const MemberAnswer = z.strictObject({ member: MemberWire });
export const MemberParams = z.strictObject({ id: z.uuid('a user id is a UUID') });
export const MemberPatch = z.strictObject({ role: z.enum(MEMBER_ROLES), organization_id: OrganizationId.optional() });

export const OwnerChange = z.strictObject({
  organization_id: OrganizationId,
  reason: Reason,
});
