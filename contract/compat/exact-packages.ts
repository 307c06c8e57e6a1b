/** The exact packages' words (compatibility E): `/api/smartvps/sync` and `/api/smartvps/stock`. */
import { z } from 'zod';
import { ProductId } from '../product.ts';
import { Timestamp } from '../ids.ts';

const about = { id: z.string(), pid: z.string(), name: z.string() };
const Seen = { ...about, qty: z.int(), available: z.boolean(), status: z.string() };
export const SyncResult = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('created'), ...Seen }),
  z.strictObject({ action: z.literal('updated'), ...Seen }),
  z.strictObject({ action: z.literal('disabled'), ...about, reason: z.literal('missing_from_api'), available: z.literal(false) }),
  z.strictObject({ action: z.literal('re-enabled'), ...about, wasAvailable: z.literal(false), nowAvailable: z.literal(true) }),
]);
export type SyncResult = z.infer<typeof SyncResult>;
export const SyncAnswer = z.strictObject({
  success: z.literal(true),
  /** created + updated + reEnabled = totalPackagesInAPI. */
  summary: z.strictObject({
    created: z.int(),
    updated: z.int(),
    disabled: z.int(),
    reEnabled: z.int(),
    tookMs: z.int(),
    /** Each once. */
    totalPackagesInAPI: z.int(),
    totalIPStockEntries: z.int(),
  }),
  results: z.array(SyncResult),
});
export type SyncAnswer = z.infer<typeof SyncAnswer>;

export const PackageQuery = z.strictObject({ available: z.stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] }).optional() });
export const PackageEntry = z.strictObject({
  /** `ipStockId` of an order's item. */
  _id: z.uuid(),
  name: z.string(),
  provider: z.string(),
  available: z.boolean(),
  defaultConfigurations: z.record(
    z.string(),
    z.strictObject({
      provider: z.string(),
      packagePid: z.string(),
      packageName: z.string(),
      availableQty: z.int(),
      /** By memory, as `8GB`: a month, and the product that it is sold as. */
      byMemory: z.record(z.string(), z.strictObject({ price: z.number().nullable(), currency: z.string(), product_id: ProductId })),
    }),
  ),
  lastSeen: Timestamp.nullable(),
});
export const PackageList = z.array(PackageEntry);
