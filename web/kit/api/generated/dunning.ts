/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type DunningPolicy = {
  name: string;
  issue_days?: number;
  issue_days_of_year?: number;
  grace_days?: number;
  stages: DunningStage[];
  is_default?: boolean;
};
export type DunningPolicyAnswer = { policy: DunningPolicyShown };
export type DunningPolicyList = { policies: DunningPolicyShown[] };
export type DunningPolicyOf = { policy_id: string | null };
export type DunningPolicyShown = {
  name: string;
  issue_days: number;
  issue_days_of_year: number;
  grace_days: number;
  stages: DunningStage[];
  is_default: boolean;
  id: string | null;
  updated_at: string | null;
};
export type DunningStage = {
  name: string;
  act: 'remind' | 'charge' | 'notice' | 'suspend' | 'terminate' | 'destroy';
  days: number;
  hour?: number;
};
