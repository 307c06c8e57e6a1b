import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { VPS_POWERS, VPS_STATUSES } from '../../../contract/words.ts';
import { api, type Overview, type Vps } from '../../kit/api/client.ts';
import { overviewQuery, type VpsSearch, vpsFilter, vpsListQuery, vpsListRequest } from '../../kit/api/queries.ts';
import { BulkBar } from '../components/vps-bulk-bar.tsx';
import { type ColumnVisibility, fitting, LOOKS, VpsTable } from '../components/vps-table.tsx';
import { CreateLink } from '../components/create-link.tsx';
import { TagsMenu } from '../components/tags-menu.tsx';
import { SavedViews } from '../components/saved-views.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Choice } from '../../kit/ui/choice.tsx';
import { Empty } from '../../kit/ui/empty.tsx';
import { Menu, MenuCheck } from '../../kit/ui/menu.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { download, toCsv } from '../lib/csv.ts';
import { plural } from '../../kit/lib/format.ts';
import { useWiderThan, useWindowWidth } from '../../kit/lib/use-media.ts';
import { clearSelection, selectAllOf, selectRows, useVpsSelection } from '../lib/vps-selection.ts';
import { readStored, writeStored } from '../../kit/lib/storage.ts';
import { sentenceCase } from '../../kit/lib/words.ts';

const NEWEST_FIRST = '-created_at';
const COLUMNS_KEY = 'plinth.vps-columns';
const CSV_COLUMNS = [
  'id',
  'label',
  'status',
  'power_state',
  'power_seen_at',
  'under_way',
  'hostname',
  'ipv4',
  'ipv6',
  'provider',
  'region',
  'plan',
  'image',
  'external_reference',
  'tags',
  'created_at',
] as const;
const NONE: Vps[] = [];

export function VpsListPage() {
  const search = useSearch({ from: '/app/vps' });
  const overview = useQuery(overviewQuery).data;
  const list = useInfiniteQuery(vpsListQuery(search));
  const vpses = useMemo(() => list.data?.pages.flatMap((page) => page.instances) ?? NONE, [list.data]);
  const { rows: selection, allOf } = useVpsSelection();
  const [visibility, setVisibility] = useColumns();
  const setSearch = useSetSearch();
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = list;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const chosen = vpses.filter((vps) => selection[vps.id]);
  const total = list.data?.pages[0]?.matching ?? null;
  const filter = filterOf(search);
  const filterText = JSON.stringify(filter);
  const filtered = Object.keys(search).some((name) => name !== 'sort');
  return (
    <Page
      title="VPSes"
      lead={list.data ? lead(total ?? vpses.length, filtered) : ''}
      actions={<Actions search={search} setSearch={setSearch} visibility={visibility} setVisibility={setVisibility} />}
    >
      <Filters search={search} overview={overview} setSearch={setSearch} />
      {list.error && <ProblemNote error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Loading what="VPSes" />}
      {chosen.length > 0 && (
        <BulkBar
          chosen={chosen}
          filter={filter}
          // A run over all takes the living ones, so where the list shows others too, nothing is said of all.
          all={search.deleted || total === null ? null : { count: total, chosen: allOf === filterText, loaded: vpses.length }}
          chooseAll={() => selectAllOf(filterText)}
          clear={clearSelection}
        />
      )}
      {vpses.length > 0 && (
        <VpsTable
          vpses={vpses}
          total={total ?? undefined}
          sort={search.sort ?? NEWEST_FIRST}
          onSort={(sort) => setSearch({ sort: sort === NEWEST_FIRST ? undefined : sort })}
          visibility={visibility}
          selection={selection}
          onSelection={selectRows}
          onEnd={onEnd}
        />
      )}
      {list.data && vpses.length === 0 && <NoneFound filtered={filtered} clear={() => setSearch(NOTHING_ASKED)} />}
    </Page>
  );
}

/** What of the address says whom the list shows. */
function filterOf({ sort: _sort, deleted: _deleted, ...filter }: VpsSearch): object {
  return vpsFilter(filter);
}

function lead(total: number, filtered: boolean): string {
  if (filtered) return total === 1 ? '1 VPS matches.' : `${plural(total, 'VPS', 'VPSes')} match.`;
  return `${plural(total, 'living VPS', 'living VPSes')}.`;
}

type Change = { [K in keyof VpsSearch]?: VpsSearch[K] | undefined };

const NOTHING_ASKED: Change = {
  q: undefined,
  status: undefined,
  power: undefined,
  busy: undefined,
  provider: undefined,
  region: undefined,
  tags: undefined,
  deleted: undefined,
};

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

/** The window's width in steps, without the navigation and the page's edges. */
function useListWidth(): number {
  const width = useWindowWidth(16);
  return width - (width >= 768 ? 208 : 0) - (width >= 640 ? 48 : 32);
}

const NO_CHOICE: ColumnVisibility = {};

/** The person's own choice of columns on wide screens, and of the others what fits. */
function useColumns() {
  const room = useListWidth();
  const wide = useWiderThan(768);
  const [own, setOwn] = useState<ColumnVisibility>(() => {
    try {
      return JSON.parse(readStored(COLUMNS_KEY) ?? '{}') as ColumnVisibility;
    } catch {
      return NO_CHOICE;
    }
  });
  const shown = useMemo(() => fitting(wide ? own : NO_CHOICE, room), [own, wide, room]);
  const change = (part: ColumnVisibility): void => {
    const next = { ...own, ...part };
    writeStored(COLUMNS_KEY, JSON.stringify(next));
    setOwn(next);
  };
  return [shown, change] as const;
}

function Actions({
  search,
  setSearch,
  visibility,
  setVisibility,
}: {
  search: VpsSearch;
  setSearch: (change: Change) => void;
  visibility: ColumnVisibility;
  setVisibility: (next: ColumnVisibility) => void;
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
      <SavedViews search={search} onOpen={(view) => setSearch({ ...NOTHING_ASKED, sort: undefined, ...view })} />
      <span className="hidden md:inline">
        <Menu trigger={<Button icon="columns">Columns</Button>}>
          {Object.entries(LOOKS)
            .filter(([id]) => id !== 'label')
            .map(([id, { title }]) => (
              <MenuCheck key={id} checked={visibility[id] !== false} onChange={(on) => setVisibility({ [id]: on })}>
                {title}
              </MenuCheck>
            ))}
        </Menu>
      </span>
      <Button icon="download" busy={busy} onClick={() => void exportAll()}>
        CSV
      </Button>
      <CreateLink />
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
      rows.map(({ under_way, tags, ...vps }) => {
        const told = { ...vps, under_way: under_way?.kind ?? null, tags: tags.join(' ') };
        return CSV_COLUMNS.map((name) => told[name]);
      }),
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
  const providers = [...new Map(overview?.by_region.map((row) => [row.provider, row.provider_name])).entries()];
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
        className="min-h-9 w-full rounded-md border border-line-strong bg-surface px-3 placeholder:text-ink-2/80 sm:w-52"
      />
      <Choice
        label="Status"
        value={search.status}
        options={VPS_STATUSES.map((each) => [each, sentenceCase(each)])}
        onChange={(status) => setSearch({ status, deleted: status === 'terminated' || undefined })}
      />
      <Choice
        label="Power"
        value={search.power}
        options={VPS_POWERS.map((each) => [each, each === 'unknown' ? 'Not known' : sentenceCase(each)])}
        onChange={(power) => setSearch({ power })}
      />
      <Choice
        label="Under way"
        value={search.busy}
        options={[
          ['yes', 'Something'],
          ['no', 'Nothing'],
        ]}
        onChange={(busy) => setSearch({ busy })}
      />
      <Choice
        label="Provider"
        value={search.provider}
        options={
          search.provider === undefined || providers.some(([each]) => each === search.provider)
            ? providers
            : [...providers, [search.provider, search.provider] as const]
        }
        onChange={(provider) => setSearch({ provider, region: undefined })}
      />
      <Choice label="Region" value={search.region} options={named(regions, search.region)} onChange={(region) => setSearch({ region })} />
      <TagsMenu chosen={search.tags} onChange={(tags) => setSearch({ tags })} />
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
    <Empty icon="server" title="No VPS yet" action={<CreateLink />}>
      A VPS is one customer’s server at a provider, with its password, keys, firewall and DNS name. Plinth makes them as one, keeps them as
      one, and removes them as one.
    </Empty>
  );
}
