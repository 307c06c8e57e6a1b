/** What the pages ask for, under one name each, and how often they ask again. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, type BulkItem, type BulkRun, type Routes } from './client.ts';
import { isSnapshotMoving } from '../lib/snapshots.ts';
import { isLive, paced } from './pace.ts';
import { UNFINISHED as UNDER_WAY } from '../../../contract/words.ts';

const BUSY_MS = 1_500;
const CALM_MS = 10_000;
const UNFINISHED: ReadonlySet<string> = new Set(UNDER_WAY);
export const isUnfinished = (status: string): boolean => UNFINISHED.has(status);
const isChanging = (status: string): boolean => status === 'provisioning' || status === 'destroying';

type VpsQuery = NonNullable<Routes['listVpses']['request']['query']>;
type OperationQuery = NonNullable<Routes['listOperations']['request']['query']>;
type CatalogKind = Routes['getCatalog']['request']['kind'];

export const keys = {
  vps: (id: string) => ['vps', id] as const,
  vpsOperations: (id: string) => ['operations', { vps_id: id }] as const,
  operation: (id: string) => ['operation', id] as const,
  accounts: ['accounts'] as const,
  tokens: ['tokens'] as const,
  audit: ['audit'] as const,
};

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => api.getSession({ signal }),
  staleTime: 300_000,
  retry: (failures, error) => failures < 3 && (error as { status?: number }).status !== 401,
});

/** What lists of VPSes can be filtered by; a new tag may show so much later. */
const TAGS_MS = 30_000;
export const vpsTagsQuery = queryOptions({
  queryKey: ['vps-tags'],
  queryFn: ({ signal }) => api.listVpsTags({ signal }),
  staleTime: TAGS_MS,
});

export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: ({ signal }) => api.getOverview({ signal }),
  refetchInterval: (query) => paced((query.state.data?.operations.length ?? 0) > 0 ? BUSY_MS : CALM_MS),
});

/** Of days that are over nothing changes, and of the present one little. */
const HISTORY_MS = 300_000;
export const overviewHistoryQuery = (days: number) =>
  queryOptions({
    queryKey: ['overview-history', days],
    queryFn: ({ signal }) => api.getOverviewHistory({ query: { days }, signal }),
    refetchInterval: HISTORY_MS,
    staleTime: HISTORY_MS / 5,
    placeholderData: keepPreviousData,
  });

export interface VpsSearch {
  readonly q?: string;
  readonly status?: string;
  readonly power?: string;
  /** `yes` or `no`. */
  readonly busy?: string;
  readonly provider?: string;
  readonly region?: string;
  /** Separated by commas: those that have each. */
  readonly tags?: string;
  readonly sort?: string;
  readonly deleted?: boolean;
}

/** What of an address is asked of the service, in its words. */
export const vpsFilter = ({ busy, ...rest }: Omit<VpsSearch, 'deleted'>) => ({
  ...rest,
  ...(busy === undefined ? {} : { busy: busy === 'yes' }),
});

/** Words in an address are anyone's: the service refuses the ones it does not know, in a sentence. */
export const vpsListRequest = ({ deleted, ...search }: VpsSearch, limit: number, cursor: string | undefined): VpsQuery => ({
  ...(vpsFilter(search) as VpsQuery),
  include_deleted: deleted || undefined,
  limit,
  cursor,
});

export const vpsListQuery = ({ deleted, ...search }: VpsSearch, limit = 200) =>
  infiniteQueryOptions({
    queryKey: ['vps-list', search, deleted ?? false, limit],
    queryFn: ({ pageParam, signal }) => {
      const count = pageParam === undefined || undefined;
      return api.listVpses({ query: { ...vpsListRequest({ ...search, deleted }, limit, pageParam), count }, signal });
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    // What the stream tells is put into its rows (patch-lists.ts).
    staleTime: () => (isLive() ? Infinity : 1_000),
    refetchInterval: ({ state }) => {
      // A long list is not asked for again in whole.
      if ((state.data?.pages.length ?? 0) > 2) return false;
      return paced(state.data?.pages.some((page) => page.instances.some((vps) => isChanging(vps.status))) ? BUSY_MS : CALM_MS);
    },
  });

export const vpsQuery = (id: string) =>
  queryOptions({
    queryKey: keys.vps(id),
    queryFn: async ({ signal }) => (await api.getVps({ id, signal })).instance,
    refetchInterval: ({ state }) => paced(state.data && isChanging(state.data.status) ? BUSY_MS : CALM_MS),
  });

export const outputsQuery = (id: string) =>
  queryOptions({ queryKey: ['outputs', id], queryFn: ({ signal }) => api.getVpsOutputs({ id, signal }) });

export const resourcesQuery = (id: string) =>
  queryOptions({
    queryKey: ['resources', id],
    queryFn: async ({ signal }) => (await api.listVpsResources({ id, signal })).resources,
  });

export interface SnapshotSearch {
  /** Only what is kept of terminated VPSes. */
  readonly kept?: boolean;
}

/** Recorded snapshots of all VPSes, newest first, with the total of all pages in each. */
export const snapshotListQuery = ({ kept }: SnapshotSearch) =>
  infiniteQueryOptions({
    queryKey: ['snapshot-list', kept ?? false],
    queryFn: ({ pageParam, signal }) =>
      api.listSnapshots({ query: { limit: 50, cursor: pageParam, ...(kept ? { vps_terminated: true } : {}) }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: ({ state }) => paced(state.data?.pages.some((page) => page.snapshots.some(isSnapshotMoving)) ? BUSY_MS : CALM_MS),
  });

export interface OperationSearch {
  readonly status?: string;
  readonly kind?: string;
  readonly vps_id?: string;
}

export const operationListQuery = (search: OperationSearch, limit = 50) =>
  infiniteQueryOptions({
    queryKey: ['operations', search, limit],
    queryFn: ({ pageParam, signal }) => api.listOperations({ query: { ...(search as OperationQuery), limit, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: () => (isLive() ? Infinity : 1_000),
    refetchInterval: ({ state }) => {
      if ((state.data?.pages.length ?? 0) > 2) return false;
      return paced(
        state.data?.pages.some((page) => page.operations.some((operation) => isUnfinished(operation.status))) ? BUSY_MS : CALM_MS,
      );
    },
  });

export const vpsOperationsQuery = (id: string) =>
  queryOptions({
    queryKey: keys.vpsOperations(id),
    queryFn: async ({ signal }) => (await api.listOperations({ query: { vps_id: id, limit: 50 }, signal })).operations,
    refetchInterval: ({ state }) => paced(state.data?.some((operation) => isUnfinished(operation.status)) ? BUSY_MS : CALM_MS),
  });

export const operationQuery = (id: string) =>
  queryOptions({
    queryKey: keys.operation(id),
    queryFn: async ({ signal }) => (await api.getOperation({ id, signal })).operation,
    refetchInterval: ({ state }) => (state.data && isUnfinished(state.data.status) ? paced(BUSY_MS) : false),
  });

export const accountsQuery = queryOptions({
  queryKey: keys.accounts,
  queryFn: ({ signal }) => api.listAccounts({ signal }),
  staleTime: 10_000,
});

/** `T` is the item of that catalogue (api/catalog.ts). */
export const catalogQuery = <T>(kind: CatalogKind, accountId: string) =>
  queryOptions({
    queryKey: ['catalog', kind, accountId],
    queryFn: async ({ signal }) => {
      const answer = await api.getCatalog({ kind, query: { providerId: accountId }, signal });
      return { items: answer.items as unknown as T[], fetchedAt: answer.fetched_at };
    },
    enabled: accountId !== '',
    staleTime: 300_000,
    retry: 1,
  });

/** What sets a server up, and what may be chosen for its next system. */
export const setupChoicesQuery = (vpsId: string) =>
  queryOptions({
    queryKey: ['setup-choices', vpsId],
    queryFn: ({ signal }) => api.getSetupChoices({ id: vpsId, signal }),
  });

/** The same of the account that a VPS is at, for whoever does not see accounts. */
export const vpsCatalogQuery = <T>(kind: CatalogKind, vpsId: string) =>
  queryOptions({
    queryKey: ['catalog', kind, 'vps', vpsId],
    queryFn: async ({ signal }) => {
      const answer = await api.getCatalog({ kind, query: { vps_id: vpsId }, signal });
      return { items: answer.items as unknown as T[], fetchedAt: answer.fetched_at };
    },
    staleTime: 300_000,
    retry: 1,
  });

export const usageQuery = (id: string) =>
  queryOptions({ queryKey: ['usage', id], queryFn: ({ signal }) => api.getAccountUsage({ id, signal }), staleTime: 30_000, retry: 0 });

export const organizationsQuery = queryOptions({
  queryKey: ['organizations'],
  queryFn: async ({ signal }) => (await api.listOrganizations({ signal })).organizations,
});

export const tokensQuery = queryOptions({ queryKey: keys.tokens, queryFn: ({ signal }) => api.listTokens({ signal }) });

/** `target`: only what was done to that. */
export const auditQuery = (target?: string) =>
  infiniteQueryOptions({
    queryKey: [...keys.audit, target ?? null],
    queryFn: ({ pageParam, signal }) => api.listAudit({ query: { before: pageParam, target }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

type DriftAnswer = Routes['listDrift']['answer'];
function driftPace({ state: { data } }: { state: { data?: DriftAnswer | undefined } }): number {
  const moving = data?.look.looking || data?.drifts.some((drift) => ['suspected', 'accepting', 'repairing'].includes(drift.state));
  return moving ? BUSY_MS : paced(CALM_MS);
}

export const driftQuery = (search: NonNullable<Routes['listDrift']['request']['query']> = {}) =>
  queryOptions({
    queryKey: ['drift', search],
    queryFn: ({ signal }) => api.listDrift({ query: search, signal }),
    select: ({ drifts }) => drifts,
    refetchInterval: driftPace,
  });

/** With the look that they are of. */
export const driftLookQuery = queryOptions({
  queryKey: ['drift', {}],
  queryFn: ({ signal }) => api.listDrift({ signal }),
  refetchInterval: driftPace,
});

export const inventoryQuery = queryOptions({
  queryKey: ['inventory'],
  queryFn: ({ signal }) => api.listInventory({ signal }),
  refetchInterval: ({ state }) => (state.data?.look.looking ? BUSY_MS : paced(CALM_MS)),
});

export const sweepsQuery = queryOptions({
  queryKey: ['sweeps'],
  queryFn: async ({ signal }) => (await api.listSweeps({ signal })).sweeps,
  refetchInterval: ({ state }) => (state.data?.some((sweep) => sweep.running) ? BUSY_MS : paced(5_000)),
});

export const queueQuery = queryOptions({ queryKey: ['queue'], queryFn: ({ signal }) => api.getQueue({ signal }), refetchInterval: 2_000 });

export const deadLettersQuery = (dismissed: boolean) =>
  queryOptions({
    queryKey: ['dead-letters', dismissed],
    queryFn: ({ signal }) => api.listDeadLetters({ query: { dismissed }, signal }),
    refetchInterval: 5_000,
  });

/** The simulated clouds: what they hold, what is broken, what was asked of them. */
export const simulatorQuery = queryOptions({
  queryKey: ['simulator'],
  queryFn: async ({ signal }) => {
    const [state, { instances }, { records }, { requests }] = await Promise.all([
      api.getSimulator({ signal }),
      api.listSimulatorInstances({ signal }),
      api.listSimulatorRecords({ signal }),
      api.listSimulatorRequests({ query: { limit: 50 }, signal }),
    ]);
    return { ...state, instances, records, requests };
  },
  refetchInterval: 2_000,
});

export const killSwitchesQuery = queryOptions({
  queryKey: ['kill-switches'],
  queryFn: ({ signal }) => api.listKillSwitches({ signal }),
  refetchInterval: CALM_MS,
});

/** A bulk run's numbers move by the second. */
const BULK_MS = 2_000;
/** Its numbers still move. */
export const isBulkMoving = (run: BulkRun): boolean => run.status === 'running' || run.counts.ordered > 0;

export const bulkListQuery = infiniteQueryOptions({
  queryKey: ['bulk-list'],
  queryFn: ({ pageParam, signal }) => api.listBulkRuns({ query: { limit: 20, cursor: pageParam }, signal }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next ?? undefined,
  refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.runs.some(isBulkMoving)) ? BULK_MS : paced(CALM_MS)),
});

export const bulkRunQuery = (id: string) =>
  queryOptions({
    queryKey: ['bulk', id],
    queryFn: async ({ signal }) => (await api.getBulkRun({ id, signal })).run,
    refetchInterval: ({ state }) => (state.data && isBulkMoving(state.data) ? BULK_MS : paced(CALM_MS)),
  });

export const bulkItemsQuery = (id: string, status: BulkItem['status'] | '', moving: boolean) =>
  infiniteQueryOptions({
    queryKey: ['bulk-items', id, status],
    queryFn: ({ pageParam, signal }) =>
      api.listBulkItems({ id, query: { limit: 100, cursor: pageParam, ...(status === '' ? {} : { status }) }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: moving ? BULK_MS : () => paced(CALM_MS),
  });
