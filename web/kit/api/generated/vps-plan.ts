/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type VpsPlan = {
  id: string;
  name: string;
  provider_id: string | null;
  provider: string | null;
  provider_plan_id: string;
  base_price: number;
  markup_price: number;
  price: number;
  currency: string;
  specifications: {
    vcpus?: number;
    memory?: number;
    disk?: number;
    transfer?: number | null;
    region?: string;
    provider_specific?: Record<string, Record<string, unknown>>;
  };
  active: boolean;
  created_at: string;
  updated_at: string;
};
export type VpsPlanAnswer = { plan: VpsPlan };
export type VpsPlanCreate = {
  name: string;
  provider_id: string;
  provider_plan_id: string;
  base_price: number | string;
  markup_price?: number | string;
  specifications?: {
    vcpus?: number;
    memory?: number;
    disk?: number;
    transfer?: number | null;
    region?: string;
    provider_specific?: Record<string, Record<string, unknown>>;
  };
  active?: boolean;
};
export type VpsPlanList = { plans: VpsPlan[] };
export type VpsPlanPatch = {
  name?: string;
  provider_id?: string;
  provider_plan_id?: string;
  base_price?: number | string;
  markup_price?: number | string;
  specifications?: {
    vcpus?: number;
    memory?: number;
    disk?: number;
    transfer?: number | null;
    region?: string;
    provider_specific?: Record<string, Record<string, unknown>>;
  };
  active?: boolean;
};
