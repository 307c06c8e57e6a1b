/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type Bandwidth = {
  days: { date: string; incoming_bytes: number; outgoing_bytes: number }[];
  month: { from: string; incoming_bytes: number; outgoing_bytes: number; included_bytes: number | null; used_share: number | null };
  simulated: boolean;
  fetched_at: string;
};
export type Metrics = {
  from: string;
  to: string;
  series: { metric: 'cpu' | 'network-in' | 'network-out'; unit: 'percent' | 'bytes_per_second'; points: { at: string; value: number }[] }[];
  simulated: boolean;
  fetched_at: string;
};
