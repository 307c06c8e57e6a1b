/** API tokens and the audit trail on the wire. */
import { z } from 'zod';
import { OrganizationId, Role, Timestamp, TokenId } from './ids.ts';

export const Token = z.strictObject({
  id: TokenId,
  name: z.string(),
  prefix: z.string(),
  role: Role,
  organization_id: OrganizationId.nullable(),
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
  role: Role,
  organization_id: OrganizationId.optional(),
  expires_at: z.iso.datetime({ offset: true }).optional(),
});
export const TokenCreated = z.strictObject({ token: Token, secret: z.string() });
export const TokenList = z.strictObject({ tokens: z.array(Token) });

export const AuditEvent = z.strictObject({
  seq: z.string(),
  at: Timestamp,
  actor: z.string(),
  action: z.string(),
  target: z.string(),
  organization_id: z.string().nullable(),
  data: z.json(),
  previous_hash: z.string(),
  hash: z.string(),
});
export const AuditQuery = z.strictObject({
  before: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional(),
  /** Only what was done to this: a VPS, an account, a token, by its id. */
  target: z.string().min(1).max(200).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export const AuditPage = z.strictObject({ events: z.array(AuditEvent), next: z.string().nullable(), chain_intact: z.boolean() });
