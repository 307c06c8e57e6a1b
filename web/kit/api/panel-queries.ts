/** What the panels of a VPS ask for. All of it is read at the provider, so nothing is asked before its panel is open. */
import { queryOptions } from '@tanstack/react-query';
import { isSnapshotMoving } from '../lib/snapshots.ts';
import { api } from './client.ts';

const BUSY_MS = 2_000;
const CALM_MS = 30_000;
const BANDWIDTH_MS = 120_000;
const METRICS_MS = 60_000;

export const snapshotsQuery = (id: string) =>
  queryOptions({
    queryKey: ['snapshots', id],
    queryFn: ({ signal }) => api.listVpsSnapshots({ id, signal }),
    refetchInterval: ({ state }) => (state.data?.snapshots.some(isSnapshotMoving) ? BUSY_MS : CALM_MS),
  });

export const bandwidthQuery = (id: string) =>
  queryOptions({
    queryKey: ['bandwidth', id],
    queryFn: ({ signal }) => api.getVpsBandwidth({ id, signal }),
    refetchInterval: BANDWIDTH_MS,
    staleTime: BANDWIDTH_MS / 2,
    retry: 1,
  });

/** The last `hours` until now. */
export const metricsQuery = (id: string, hours: number) =>
  queryOptions({
    queryKey: ['metrics', id, hours],
    queryFn: ({ signal }) => {
      const now = Date.now();
      const query = { from: new Date(now - hours * 3_600_000).toISOString(), to: new Date(now).toISOString() };
      return api.listVpsMetrics({ id, query, signal });
    },
    refetchInterval: METRICS_MS,
    staleTime: METRICS_MS / 2,
    retry: 1,
  });

/** Updates of the stack, newest first. */
export const stackHistoryQuery = (id: string) =>
  queryOptions({
    queryKey: ['stack-history', id],
    queryFn: ({ signal }) => api.getVpsStackHistory({ id, signal }),
    refetchInterval: CALM_MS,
  });

export const masterKeyQuery = queryOptions({ queryKey: ['master-key'], queryFn: ({ signal }) => api.getMasterKey({ signal }) });
