/** Accounts at providers and their catalogues on the wire. Keys go in and never come out. */
import { z } from 'zod';
import { CatalogImage, CatalogPlan, CatalogRegion, CatalogZone } from './catalog.ts';
import { AccountId, Flag, Timestamp, VpsId } from './ids.ts';
import { ActionCapability } from './lifecycle.ts';
import { VPS_FEATURES } from './vps.ts';

const Key = z.union([z.string().min(1).max(4096), z.record(z.string(), z.string().max(4096))]).meta({ examples: ['your-api-token'] });
const AccountName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .meta({ examples: ['main'] });

export const AccountCreate = z.strictObject({
  name: AccountName,
  /** The provider's id, as `GET /api/admin/providers` lists under `available`. */
  type: z
    .string()
    .min(1)
    .max(50)
    .meta({ examples: ['a-provider'] }),
  /** A string where the provider has one credential field, else an object with all of them. */
  api_key: Key,
  /** In snake_case; which there are depends on the provider, for example `allowed_regions`. */
  configuration: z.record(z.string(), z.json()).default({}),
  endpoint: z.enum(['real', 'simulator']).default('real'),
  /** False: takes no new servers. */
  active: z.boolean().default(true),
});
export type AccountCreate = z.infer<typeof AccountCreate>;
export const AccountPatch = z
  .strictObject({ name: AccountName.optional(), configuration: z.record(z.string(), z.json()).optional(), active: z.boolean().optional() })
  .refine((body) => Object.keys(body).length > 0, 'change at least one of name, configuration, active')
  .meta({ minProperties: 1 });
export const KeyRotate = z.strictObject({ api_key: Key });

export const Account = z.strictObject({
  id: AccountId,
  name: z.string(),
  type: z.string(),
  endpoint: z.enum(['real', 'simulator']),
  simulated: z.boolean(),
  status: z.enum(['ok', 'refused', 'unreachable', 'unchecked']),
  check_message: z.string().nullable(),
  last_checked_at: Timestamp.nullable(),
  /** SHA-256 of the key, first 16 hex digits: enough to compare, useless to call with. */
  key_fingerprint: z.string(),
  key_last4: z.string(),
  key_version: z.int(),
  /** False: takes no new servers; what it has stays as it is. */
  active: z.boolean(),
  configuration: z.record(z.string(), z.json()),
  created_at: Timestamp,
  updated_at: Timestamp,
});
export type Account = z.infer<typeof Account>;
export const AccountList = z.strictObject({
  providers: z.array(Account),
  available: z.array(
    z.strictObject({
      type: z.string(),
      name: z.string(),
      roles: z.array(z.string()),
      credential_fields: z.array(
        z.strictObject({
          name: z.string(),
          label: z.string(),
          help: z.string(),
          /** `document` is a JSON document, sent as text or as the object itself. */
          type: z.enum(['text', 'document']),
          optional: z.boolean(),
        }),
      ),
      docs_url: z.string(),
      /** What servers there can do and orders can ask for; all refused where it sells none. */
      features: z.record(z.enum(VPS_FEATURES), ActionCapability),
    }),
  ),
});
export const AccountAnswer = z.strictObject({ provider: Account });
export const AccountParams = z.strictObject({ id: AccountId });

/** How much of an account is used, asked at the provider now. */
export const AccountUsage = z.strictObject({
  provider_id: AccountId,
  simulated: z.boolean(),
  /** Its own name for the account: e-mail, uuid or login. */
  account_name: z.string(),
  account_status: z.enum(['active', 'warning', 'locked', 'unknown']),
  /** null where the account has no servers, as for DNS. */
  instances: z
    .strictObject({
      /** Everything it holds, whoever made it. */
      used: z.int(),
      /** Of those, living VPSes of ours. */
      ours: z.int(),
      /** null where the provider does not tell. */
      limit: z.int().nullable(),
    })
    .nullable(),
  /** What is owed, or with a minus what is left; null where the provider does not tell. */
  balance: z.strictObject({ amount: z.string(), currency: z.string() }).nullable(),
  /** Used and not yet billed, a part of `balance`; null where the provider does not tell. */
  pending: z.strictObject({ amount: z.string(), currency: z.string() }).nullable(),
  /** Calls that this process may still send. */
  rate: z.strictObject({ left: z.int(), requests: z.int(), per_ms: z.int(), paused_ms: z.int() }),
  at: Timestamp,
});
export type AccountUsage = z.infer<typeof AccountUsage>;

export const CATALOG_KINDS = ['plans', 'regions', 'images', 'zones'] as const;
export type CatalogKind = (typeof CATALOG_KINDS)[number];
export const CatalogParams = z.strictObject({ kind: z.enum(CATALOG_KINDS) });
export const CatalogQuery = z.strictObject({
  provider: z.string().max(50).optional(),
  /** Not for an organization's tokens. */
  providerId: AccountId.optional(),
  /** Of the account that this VPS is at. */
  vps_id: VpsId.optional(),
  refresh: Flag.default(false),
});
export const CatalogAnswer = z.strictObject({
  provider: z.string(),
  /** null for an organization's tokens, which see no prices either. */
  provider_id: AccountId.nullable(),
  simulated: z.boolean(),
  fetched_at: Timestamp,
  /** As asked for. */
  plans: z.array(CatalogPlan).optional(),
  regions: z.array(CatalogRegion).optional(),
  images: z.array(CatalogImage).optional(),
  zones: z.array(CatalogZone).optional(),
  /** The same as the providers' clients here have it; goes with the next version. */
  items: z.array(z.json()).meta({ deprecated: true }),
});
