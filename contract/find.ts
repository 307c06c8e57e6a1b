/** Finding anything by what people have of it, on the wire: an id, a number, an address, a name. */
import { z } from 'zod';
import { OrganizationId, VpsId } from './ids.ts';

export const FOUND_KINDS = [
  'vps',
  'operation',
  'bulk-run',
  'order',
  'subscription',
  'invoice',
  'payment',
  'ticket',
  'organization',
  'user',
  'account',
  'product',
] as const;

export const FindQuery = z.strictObject({
  q: z
    .string()
    .trim()
    .min(2)
    .max(200)
    .meta({ examples: ['web-1'] }),
});
export const Found = z.strictObject({
  kind: z.enum(FOUND_KINDS),
  id: z.string(),
  /** What people call it: a label, a number, a name. */
  title: z.string(),
  /** Its state, or for a person the address. */
  about: z.string(),
  /** Whose it is; of a person one that they are in; null: nobody's. */
  organization_id: OrganizationId.nullable(),
  /** The server that it is of, where it is of one. */
  vps_id: VpsId.nullable(),
});
export const FoundList = z.strictObject({ found: z.array(Found) });
