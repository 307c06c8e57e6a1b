/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type Maintenance = {
  id: string;
  title: string;
  text: string;
  status: MaintenanceStatus;
  starts_at: string;
  ends_at: string;
  account_id: string | null;
  regions: string[];
  vps_ids: string[];
  servers: number;
  organizations: number;
  created_by: string;
  created_at: string;
};
export type MaintenanceAnswer = { maintenance: Maintenance };
export type MaintenanceChange = { title?: string; text?: string; starts_at?: string; ends_at?: string };
export type MaintenancePage = { maintenance: Maintenance[]; next: string | null };
export type MaintenancePlan = {
  title: string;
  text: string;
  starts_at: string;
  ends_at: string;
  account_id?: string;
  regions?: string[];
  vps_ids?: string[];
};
export type MaintenanceStatus = 'planned' | 'under-way' | 'over' | 'cancelled';
export type PlannedWork = {
  id: string;
  title: string;
  text: string;
  status: MaintenanceStatus;
  starts_at: string;
  ends_at: string;
  servers: { vps_id: string; label: string }[];
};
export type PlannedWorkList = { planned: PlannedWork[] };
