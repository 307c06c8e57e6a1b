/** What a provider offers, normalised. Sizes in MB and GB; prices are the provider's own, and null for whoever sees no costs of the seller. */
import { z } from 'zod';

const Prices = z.record(z.string(), z.number());

export const CatalogPlan = z.strictObject({
  id: z.string(),
  label: z.string(),
  vcpus: z.number(),
  memory: z.number(),
  disk: z.number(),
  /** A month; null: not metered, or not told. */
  transfer: z.number().nullable(),
  price: z.strictObject({ monthly: z.number(), hourly: z.number() }).nullable(),
  /** A month, where a region's price is another. */
  region_prices: Prices.nullable().optional(),
  currency: z.string(),
  /** Where it can be had now. */
  regions: z.array(z.string()),
  available: z.boolean(),
  /** What the provider's own backups add a month; absent: it has none, or does not tell. */
  backup_price: z.number().nullable().optional(),
  region_backup_prices: Prices.nullable().optional(),
  windows: z.boolean().optional(),
  architecture: z.string().optional(),
});
export type CatalogPlan = z.infer<typeof CatalogPlan>;

/** In degrees; south and west below zero. */
export const Location = z.strictObject({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) });
export type Location = z.infer<typeof Location>;

export const CatalogRegion = z.strictObject({
  id: z.string(),
  label: z.string(),
  /** ISO 3166-1, two letters; null: not told. */
  country: z.string().nullable(),
  /** Of its city; absent: not known. */
  location: Location.optional(),
  available: z.boolean(),
});
export type CatalogRegion = z.infer<typeof CatalogRegion>;

export const CatalogImage = z.strictObject({
  id: z.string(),
  label: z.string(),
  family: z.enum(['linux', 'windows', 'other']),
  distribution: z.string(),
  /** No longer offered for new servers. */
  deprecated: z.boolean(),
  min_disk: z.number(),
  /** null: everywhere. */
  regions: z.array(z.string()).nullable(),
  architectures: z.array(z.string()).optional(),
  /** Of the system, as its name tells it; null: it tells none. */
  release: z
    .strictObject({
      family: z.string(),
      version: z.string(),
      /** Kept up for years. */
      long_term: z.boolean(),
      /** The last day with security updates; null: not known. */
      support_ends: z.string().nullable(),
    })
    .nullable(),
});
export type CatalogImage = z.infer<typeof CatalogImage>;

export const CatalogZone = z.strictObject({ id: z.string(), label: z.string(), status: z.string() });
export type CatalogZone = z.infer<typeof CatalogZone>;
