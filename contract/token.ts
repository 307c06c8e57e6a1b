/** API tokens on the wire. */
import { z } from 'zod';
import { InstantText } from './fields.ts';
import { OrganizationId, Role, Timestamp, TokenId } from './ids.ts';

export const Token = z.strictObject({
  id: TokenId,
  name: z.string(),
  prefix: z.string(),
  /** Its own; null: it has the rights of its user or service account. */
  role: Role.nullable(),
  organization_id: OrganizationId.nullable(),
  user: z.strictObject({ id: z.string(), name: z.string() }).nullable(),
  service_account: z.strictObject({ id: z.string(), name: z.string() }).nullable(),
  /** Empty: all that its role, or its owner, may at the moment of use. */
  scopes: z.array(z.string()),
  /** Where it counts; empty: everywhere. */
  addresses: z.array(z.string()),
  created_by: z.string().nullable(),
  /** The token that it took the place of. */
  rotated_from: TokenId.nullable(),
  expires_at: Timestamp.nullable(),
  last_used_at: Timestamp.nullable(),
  revoked_at: Timestamp.nullable(),
  created_at: Timestamp,
});
export const TokenCreate = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .meta({ examples: ['deploys'] }),
  /** A token with a role of its own: of the platform, or with `organization_id` of one organization. For the seller only. */
  role: Role.optional(),
  organization_id: OrganizationId.optional(),
  /** Of a service account; without it and without a role it is the caller's own. */
  service_account_id: z.uuid('a service account id is a UUID').optional(),
  /** What of its owner's rights it has, as in `vps:read`, `vps:*` or `*`; what asks for a second factor must be named. */
  scopes: z.array(z.string().max(60)).max(200).default([]),
  /** Addresses or ranges from which it counts, as in 192.0.2.0/24. */
  addresses: z.array(z.string().max(60)).max(50).default([]),
  expires_at: InstantText.optional(),
});
export const TokenCreated = z.strictObject({ token: Token, secret: z.string() });
/** Of a rotation: how long the former one goes on. */
export const TokenRotate = z.strictObject({ grace_minutes: z.int().min(0).max(10_080).default(0) });
export const TokenList = z.strictObject({ tokens: z.array(Token) });
export const TokenAnswer = z.strictObject({ token: Token });
export const TokenParams = z.strictObject({ id: TokenId });
export const TokenQuery = z.strictObject({ service_account_id: z.uuid('a service account id is a UUID').optional() });
