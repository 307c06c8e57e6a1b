/**
 * Puts what the stream tells into the lists that are shown: of all their pages only the rows that changed are asked for. A row
 * that matches no more goes, a new one comes in where it belongs.
 */
import type { InfiniteData, Query, QueryClient } from '@tanstack/react-query';
import { api, type Operation, type Vps } from './client.ts';
import { type OperationSearch, type VpsSearch, vpsListRequest } from './queries.ts';

interface Row {
  readonly id: string;
}
/** Negative: `a` comes first. */
type Order<R> = (a: R, b: R) => number;

/** `pages` with the rows of `ids` as `fresh` has them now; what is not in `fresh` matches no more. */
export function patchPages<R extends Row>(
  pages: readonly (readonly R[])[],
  ids: ReadonlySet<string>,
  fresh: readonly R[],
  order: Order<R>,
  complete: boolean,
): R[][] {
  const now = new Map(fresh.map((row) => [row.id, row]));
  const patched = pages.map((rows) =>
    rows.flatMap((row) => {
      const next = now.get(row.id);
      if (next === undefined) return ids.has(row.id) ? [] : [row];
      // Where its place is another now, it comes in there below.
      if (order(row, next) !== 0) return [];
      now.delete(row.id);
      return [next];
    }),
  );
  for (const row of now.values()) {
    const at = patched.findIndex((rows) => rows.some((each) => order(row, each) < 0));
    if (at >= 0)
      patched[at]!.splice(
        patched[at]!.findIndex((each) => order(row, each) < 0),
        0,
        row,
      );
    // Behind all that is loaded: on a page that was not asked for yet, or at the end.
    else if (complete) patched.at(-1)?.push(row);
  }
  return patched;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
function orderOf(sort: string): Order<Pick<Vps, 'id' | 'label' | 'created_at'>> {
  const key = sort.endsWith('label') ? 'label' : 'created_at';
  const sign = sort.startsWith('-') ? -1 : 1;
  return (a, b) => sign * (compare(a[key], b[key]) || compare(a.id, b.id));
}

type VpsPage = Awaited<ReturnType<typeof api.listVpses>>;
type OperationPage = Awaited<ReturnType<typeof api.listOperations>>;
type Cached<P> = InfiniteData<P, string | undefined>;

const MOST = { vpses: 200, operations: 100 } as const;

async function patchVpses(old: Cached<VpsPage>, key: readonly unknown[], ids: readonly string[]): Promise<Cached<VpsPage>> {
  const [, search, deleted] = key as [string, VpsSearch, boolean];
  const query = { ...vpsListRequest({ ...search, deleted }, MOST.vpses, undefined), ids: ids.join(','), count: true };
  const { instances, matching } = await api.listVpses({ query });
  const order = orderOf(search.sort ?? '-created_at');
  const rows = patchPages<Vps>(
    old.pages.map((page) => page.instances),
    new Set(ids),
    instances,
    order,
    old.pages.at(-1)?.next === null,
  );
  return { ...old, pages: old.pages.map((page, n) => ({ ...page, instances: rows[n]!, ...(n === 0 ? { matching } : {}) })) };
}

async function patchOperations(
  old: Cached<OperationPage>,
  key: readonly unknown[],
  ids: readonly string[],
): Promise<Cached<OperationPage>> {
  const [, search] = key as [string, OperationSearch];
  const { operations } = await api.listOperations({ query: { ...(search as object), ids: ids.join(','), limit: MOST.operations } });
  const order: Order<Operation> = (a, b) => compare(b.created_at, a.created_at) || compare(b.id, a.id);
  const rows = patchPages(
    old.pages.map((page) => page.operations),
    new Set(ids),
    operations,
    order,
    old.pages.at(-1)?.next === null,
  );
  return { ...old, pages: old.pages.map((page, n) => ({ ...page, operations: rows[n]! })) };
}

/** The list of one page or address: its key has a third part. Those of one VPS are short, and are asked for whole. */
export const isPatched = (key: readonly unknown[]): boolean => key[0] === 'vps-list' || (key[0] === 'operations' && key.length > 2);

const LATER_MS = 500;

/** Brings every such list up to date with the changes of these VPSes and operations. */
export function patchLists(client: QueryClient, vpses: readonly string[], operations: readonly string[]): void {
  for (const word of ['vps-list', 'operations']) {
    const lists = client.getQueryCache().findAll({ queryKey: [word], predicate: ({ queryKey }) => isPatched(queryKey) });
    const newest = lists.filter((list) => !list.isActive()).toSorted((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt)[0];
    for (const list of lists) {
      // Of those that nobody looks at, one is kept true for who comes back; the others are read anew when they are opened.
      if (!list.isActive() && list !== newest) client.removeQueries({ queryKey: list.queryKey, exact: true });
      else if (word === 'vps-list') void patch(client, list, vpses, MOST.vpses, patchVpses);
      else void patch(client, list, operations, MOST.operations, patchOperations);
    }
  }
}

async function patch<P>(
  client: QueryClient,
  list: Query,
  ids: readonly string[],
  most: number,
  renew: (old: Cached<P>, key: readonly unknown[], ids: readonly string[]) => Promise<Cached<P>>,
): Promise<void> {
  if (ids.length === 0) return;
  for (let from = 0; from < ids.length;) {
    const old = list.state.data as Cached<P> | undefined;
    // It is being read for the first time, and what is read is newer than what was told.
    if (old === undefined) return;
    try {
      const next = list.state.fetchStatus === 'fetching' ? null : await renew(old, list.queryKey, ids.slice(from, from + most));
      // What came in between would be lost: a page that was being read, or another patch.
      if (next === null || list.state.data !== old || (list.state.fetchStatus as string) === 'fetching') {
        await new Promise((resolve) => setTimeout(resolve, LATER_MS));
        continue;
      }
      client.setQueryData(list.queryKey, next);
      from += most;
    } catch {
      return void client.invalidateQueries({ queryKey: list.queryKey, exact: true });
    }
  }
}
