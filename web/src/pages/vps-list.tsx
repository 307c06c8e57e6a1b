import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { ColumnVisibilityState, RowSelectionState } from '@tanstack/react-table';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { VPS_STATUSES } from '../../../contract/words.ts';
import { api, type Overview, type Vps } from '../api/client.ts';
import { overviewQuery, type VpsSearch, vpsListQuery, vpsListRequest } from '../api/queries.ts';
import { BulkBar } from '../components/vps-bulk-bar.tsx';
import { HIDDEN_AT_FIRST, HIDDEN_ON_PHONES, LOOKS, VpsTable } from '../components/vps-table.tsx';
import { Page } from '../components/page.tsx';
import { ProblemNote } from '../components/problem-note.tsx';
import { Button, buttonClass } from '../components/ui/button.tsx';
import { Choice } from '../components/ui/choice.tsx';
import { Empty } from '../components/ui/empty.tsx';
import { Icon } from '../components/ui/icon.tsx';
import { Menu, MenuCheck } from '../components/ui/menu.tsx';
import { Loading } from '../components/ui/spinner.tsx';
import { download, toCsv } from '../lib/csv.ts';
import { plural } from '../lib/format.ts';
import { useWiderThan } from '../lib/use-media.ts';
import { readStored, writeStored } from '../lib/storage.ts';
import { sentenceCase } from '../lib/words.ts';

const NEWEST_FIRST = '-created_at';
const COLUMNS_KEY = 'plinth.vps-columns';
const CSV_COLUMNS = [
  'id',
  'label',
  'status',
  'hostname',
  'ipv4',
  'ipv6',
  'provider',
  'region',
  'plan',
  'image',
  'external_reference',
  'created_at',
] as const;
const NONE: Vps[] = [];

export function VpsListPage() {
  const search = useSearch({ from: '/app/vps' });
  const overview = useQuery(overviewQuery).data;
  const list = useInfiniteQuery(vpsListQuery(search));
  const vpses = useMemo(() => list.data?.pages.flatMap((page) => page.instances) ?? NONE, [list.data]);
  const [selection, select] = useState<RowSelectionState>({});
  const [visibility, setVisibility] = useColumns();
  const setSearch = useSetSearch();
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = list;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const chosen = vpses.filter((vps) => selection[vps.id]);
  const filtered = Object.keys(search).some((name) => name !== 'sort');
  return (
    <Page
      title="VPSes"
      lead={lead(vpses.length, hasNextPage, filtered, overview)}
      actions={<Actions search={search} visibility={visibility} setVisibility={setVisibility} />}
    >
      <Filters search={search} overview={overview} setSearch={setSearch} />
      {list.error && <ProblemNote error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Loading what="VPSes" />}
      {chosen.length > 0 && <BulkBar chosen={chosen} filter={filterOf(search)} clear={() => select({})} />}
      {vpses.length > 0 && (
        <VpsTable
          vpses={vpses}
          total={filtered ? undefined : overview?.total}
          sort={search.sort ?? NEWEST_FIRST}
          onSort={(sort) => setSearch({ sort: sort === NEWEST_FIRST ? undefined : sort })}
          visibility={visibility}
          selection={selection}
          onSelection={select}
          onEnd={onEnd}
        />
      )}
      {list.data && vpses.length === 0 && (
        <NoneFound
          filtered={filtered}
          clear={() => setSearch({ q: undefined, status: undefined, provider: undefined, region: undefined, deleted: undefined })}
        />
      )}
    </Page>
  );
}

/** What of the address says whom the list shows. */
function filterOf({ sort: _sort, deleted: _deleted, ...filter }: VpsSearch): object {
  return filter;
}

function lead(loaded: number, more: boolean, filtered: boolean, overview: Overview | undefined): string {
  if (filtered) return more ? `More than ${plural(loaded, 'VPS', 'VPSes')} match.` : `${plural(loaded, 'VPS', 'VPSes')} match.`;
  return overview ? `${plural(overview.total, 'living VPS', 'living VPSes')}.` : '';
}

type Change = { [K in keyof VpsSearch]?: VpsSearch[K] | undefined };

function useSetSearch() {
  const navigate = useNavigate({ from: '/vps' });
  return useCallback(
    (change: Change) =>
      void navigate({
        search: (old: VpsSearch) =>
          Object.fromEntries(Object.entries({ ...old, ...change }).filter(([, value]) => value !== undefined && value !== '')) as VpsSearch,
        replace: true,
      }),
    [navigate],
  );
}

/** The person's own choice of columns, on wide screens; phones show what fits. */
function useColumns() {
  const wide = useWiderThan(768);
  const [own, setOwn] = useState<ColumnVisibilityState>(() => {
    try {
      return { ...HIDDEN_AT_FIRST, ...(JSON.parse(readStored(COLUMNS_KEY) ?? '{}') as ColumnVisibilityState) };
    } catch {
      return HIDDEN_AT_FIRST;
    }
  });
  const change = (next: ColumnVisibilityState): void => {
    writeStored(COLUMNS_KEY, JSON.stringify(next));
    setOwn(next);
  };
  return [wide ? own : HIDDEN_ON_PHONES, change] as const;
}

function Actions({
  search,
  visibility,
  setVisibility,
}: {
  search: VpsSearch;
  visibility: ColumnVisibilityState;
  setVisibility: (next: ColumnVisibilityState) => void;
}) {
  const [busy, setBusy] = useState(false);
  const exportAll = async (): Promise<void> => {
    setBusy(true);
    try {
      await saveCsv(search);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <span className="hidden md:inline">
        <Menu trigger={<Button icon="columns">Columns</Button>}>
          {Object.entries(LOOKS)
            .filter(([id]) => id !== 'label')
            .map(([id, { title }]) => (
              <MenuCheck key={id} checked={visibility[id] !== false} onChange={(on) => setVisibility({ ...visibility, [id]: on })}>
                {title}
              </MenuCheck>
            ))}
        </Menu>
      </span>
      <Button icon="download" busy={busy} onClick={() => void exportAll()}>
        CSV
      </Button>
      <Link to="/vps/new" className={buttonClass('primary')}>
        <Icon name="plus" /> Create a VPS
      </Link>
    </>
  );
}

/** Every VPS the filters match, also those not loaded yet. */
async function saveCsv({ deleted, ...search }: VpsSearch): Promise<void> {
  const rows: Vps[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.listVpses({ query: vpsListRequest({ ...search, deleted }, 200, cursor) });
    rows.push(...page.instances);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  download(
    `vpses-${new Date().toISOString().slice(0, 10)}.csv`,
    toCsv(
      CSV_COLUMNS,
      rows.map((vps) => CSV_COLUMNS.map((name) => vps[name])),
    ),
  );
}

const TYPING_MS = 200;

function Filters({
  search,
  overview,
  setSearch,
}: {
  search: VpsSearch;
  overview: Overview | undefined;
  setSearch: (change: Change) => void;
}) {
  const [text, setText] = useState(search.q ?? '');
  useEffect(() => setText(search.q ?? ''), [search.q]);
  useEffect(() => {
    if (text === (search.q ?? '')) return undefined;
    const timer = setTimeout(() => setSearch({ q: text.trim() }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, search.q, setSearch]);
  const providers = [...new Set(overview?.by_region.map((row) => row.provider))];
  const regions = [
    ...new Set(overview?.by_region.filter((row) => !search.provider || row.provider === search.provider).map((row) => row.region)),
  ];
  return (
    <div role="search" className="flex flex-wrap items-center gap-2">
      <input
        type="search"
        aria-label="Search name, host name, address, reference or id"
        placeholder="Name, address, reference, id"
        value={text}
        maxLength={100}
        onChange={(event) => setText(event.target.value)}
        className="min-h-9 w-full rounded-md border border-line-strong bg-surface px-3 placeholder:text-ink-2/80 sm:w-72"
      />
      <Choice
        label="State"
        value={search.status}
        options={VPS_STATUSES.map((each) => [each, sentenceCase(each)])}
        onChange={(status) => setSearch({ status, deleted: status === 'terminated' || undefined })}
      />
      <Choice
        label="Provider"
        value={search.provider}
        options={named(providers, search.provider)}
        onChange={(provider) => setSearch({ provider, region: undefined })}
      />
      <Choice label="Region" value={search.region} options={named(regions, search.region)} onChange={(region) => setSearch({ region })} />
      <label className="flex min-h-9 items-center gap-2">
        <input
          type="checkbox"
          className="size-4 accent-accent"
          checked={search.deleted ?? false}
          onChange={(event) => setSearch({ deleted: event.target.checked || undefined })}
        />
        Terminated too
      </label>
    </div>
  );
}

/** What is chosen stays in the list, though nothing has it any more. */
function named(options: readonly string[], chosen: string | undefined) {
  const all = chosen !== undefined && !options.includes(chosen) ? [...options, chosen] : options;
  return all.map((each) => [each, each] as const);
}

function NoneFound({ filtered, clear }: { filtered: boolean; clear: () => void }) {
  if (filtered)
    return (
      <Empty icon="filter" title="No VPS matches" action={<Button onClick={clear}>Clear the filters</Button>}>
        Terminated VPSes are hidden unless you ask for them.
      </Empty>
    );
  return (
    <Empty
      icon="server"
      title="No VPS yet"
      action={
        <Link to="/vps/new" className={buttonClass('primary')}>
          <Icon name="plus" /> Create a VPS
        </Link>
      }
    >
      A VPS is one customer’s server at a provider, with its password, keys, firewall and DNS name. Plinth makes them as one, keeps them as
      one, and removes them as one.
    </Empty>
  );
}
