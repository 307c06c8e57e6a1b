/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type CatalogImage = {
  id: string;
  label: string;
  family: 'linux' | 'windows' | 'other';
  distribution: string;
  deprecated: boolean;
  min_disk: number;
  regions: string[] | null;
  architectures?: string[];
  release: { family: string; version: string; long_term: boolean; support_ends: string | null } | null;
};
export type CatalogPlan = {
  id: string;
  label: string;
  vcpus: number;
  memory: number;
  disk: number;
  transfer: number | null;
  price: { monthly: number; hourly: number } | null;
  region_prices?: Record<string, number> | null;
  currency: string;
  regions: string[];
  available: boolean;
  backup_price?: number | null;
  region_backup_prices?: Record<string, number> | null;
  windows?: boolean;
  architecture?: string;
};
export type CatalogRegion = { id: string; label: string; country: string | null; location?: Location; available: boolean };
export type CatalogZone = { id: string; label: string; status: string };
export type Location = { latitude: number; longitude: number };
