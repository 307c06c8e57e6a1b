/**
 * Words on the wire, one each: organization (the customer), account (one credential at one provider), VPS (one server,
 * one stack), operation (one requested change to a VPS), event (one line of an operation's story).
 */
import { z } from 'zod';

export const VpsId = z
  .string()
  .regex(/^[a-z0-9]{16}$/, 'a VPS id has 16 characters a-z or 0-9')
  .brand<'VpsId'>();
export type VpsId = z.infer<typeof VpsId>;
export const OperationId = z.uuid('an operation id is a UUID').brand<'OperationId'>();
export type OperationId = z.infer<typeof OperationId>;
export const AccountId = z.uuid('an account id is a UUID').brand<'AccountId'>();
export type AccountId = z.infer<typeof AccountId>;
export const OrganizationId = z.uuid('an organization id is a UUID').brand<'OrganizationId'>();
export type OrganizationId = z.infer<typeof OrganizationId>;
export const TokenId = z.uuid('a token id is a UUID').brand<'TokenId'>();
export type TokenId = z.infer<typeof TokenId>;

/** ISO 8601 in UTC. */
export const Timestamp = z.string().meta({ format: 'date-time' });

export const ROLES = ['viewer', 'operator', 'admin'] as const;
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;

export const Cursor = z.string().regex(/^[A-Za-z0-9_-]{1,200}$/, 'use the `next` of the page before, unchanged');
/** Yes or no in a query. */
export const Flag = z
  .stringbool({ truthy: ['true', '1'], falsy: ['false', '0'], case: 'sensitive' })
  .meta({ enum: ['true', 'false', '1', '0'] });
export const Limit = z.coerce.number().int().min(1).max(200).default(50);

export const FieldError = z.strictObject({ field: z.string(), rule: z.string(), remedy: z.string() });
export type FieldError = z.infer<typeof FieldError>;

/** RFC 9457, with a stable `code` and the fields that were refused. */
export const Problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  request_id: z.string(),
  errors: z.array(FieldError),
});
export type Problem = z.infer<typeof Problem>;
