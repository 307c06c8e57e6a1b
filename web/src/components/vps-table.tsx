/** The VPSes as one long table: rows are drawn only where one looks, so ten thousand are as quick as ten. */
import {
  columnVisibilityFeature,
  createColumnHelper,
  rowSelectionFeature,
  tableFeatures,
  useTable,
  type ColumnVisibilityState,
  type RowSelectionState,
} from '@tanstack/react-table';
import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type Dispatch, type SetStateAction, useEffect, useRef } from 'react';
import type { Vps } from '../api/client.ts';
import { cn } from '../lib/cn.ts';
import { sentenceCase, vpsTone } from '../lib/words.ts';
import { Badge, SimulatedBadge } from './ui/badge.tsx';
import { Icon } from './ui/icon.tsx';
import { Time } from './ui/time.tsx';

const ROW_PX = 44;
const features = tableFeatures({ columnVisibilityFeature, rowSelectionFeature });
const helper = createColumnHelper<typeof features, Vps>();

/** `width` is a grid track; `sort` the API's word for sorting by it. */
interface Look {
  readonly title: string;
  readonly width: string;
  readonly sort?: string;
}
export const LOOKS: Readonly<Record<string, Look>> = {
  label: { title: 'Name', width: 'minmax(11rem, 2fr)', sort: 'label' },
  status: { title: 'State', width: '8rem' },
  ipv4: { title: 'IPv4', width: '8.5rem' },
  ipv6: { title: 'IPv6', width: 'minmax(10rem, 1fr)' },
  provider: { title: 'Provider', width: '7.5rem' },
  region: { title: 'Region', width: '6.5rem' },
  plan: { title: 'Plan', width: 'minmax(8rem, 1fr)' },
  image: { title: 'Image', width: 'minmax(9rem, 1fr)' },
  external_reference: { title: 'Reference', width: '8rem' },
  created_at: { title: 'Created', width: '8rem', sort: 'created_at' },
};
export const HIDDEN_AT_FIRST: ColumnVisibilityState = { ipv6: false, external_reference: false };
export const HIDDEN_ON_PHONES: ColumnVisibilityState = Object.fromEntries(
  Object.keys(LOOKS).map((id) => [id, ['label', 'status'].includes(id)]),
);

const columns = helper.columns([
  helper.accessor('label', { cell: ({ row }) => <NameCell vps={row.original} /> }),
  helper.accessor('status', { cell: ({ getValue }) => <Badge tone={vpsTone(getValue())}>{sentenceCase(getValue())}</Badge> }),
  helper.accessor('ipv4', { cell: ({ getValue }) => <Mono text={getValue()} /> }),
  helper.accessor('ipv6', { cell: ({ getValue }) => <Mono text={getValue()} /> }),
  helper.accessor('provider', {}),
  helper.accessor('region', {}),
  helper.accessor('plan', {}),
  helper.accessor('image', {}),
  helper.accessor('external_reference', { cell: ({ getValue }) => getValue() ?? '–' }),
  helper.accessor('created_at', { cell: ({ getValue }) => <Time at={getValue()} /> }),
]);

interface VpsTableProps {
  vpses: Vps[];
  total: number | undefined;
  sort: string;
  onSort: (sort: string) => void;
  visibility: ColumnVisibilityState;
  selection: RowSelectionState;
  onSelection: Dispatch<SetStateAction<RowSelectionState>>;
  /** Called when the last rows come into view. */
  onEnd: () => void;
}

export function VpsTable({ vpses, total, sort, onSort, visibility, selection, onSelection, onEnd }: VpsTableProps) {
  const table = useTable({
    features,
    columns,
    data: vpses,
    getRowId: (vps: Vps) => vps.id,
    state: { columnVisibility: visibility, rowSelection: selection },
    onRowSelectionChange: onSelection as never,
  });
  const rows = table.getRowModel().rows;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (lastShown >= rows.length - 30) onEnd();
  }, [lastShown, rows.length, onEnd]);
  const shown = table.getVisibleLeafColumns();
  const grid = { gridTemplateColumns: `2.5rem ${shown.map((column) => LOOKS[column.id]!.width).join(' ')}` };
  return (
    <div
      ref={scroller}
      role="table"
      aria-label="VPSes"
      aria-rowcount={(total ?? rows.length) + 1}
      aria-colcount={shown.length + 1}
      tabIndex={0}
      className="h-[calc(100dvh-15.5rem)] min-h-72 overflow-auto rounded-lg border border-line bg-surface [contain:strict]"
    >
      <div role="rowgroup" className="sticky top-0 z-10 min-w-max border-b border-line bg-surface">
        <div role="row" aria-rowindex={1} className="grid items-center" style={grid}>
          <div role="columnheader" className="px-3 py-2">
            <input
              type="checkbox"
              aria-label="Select all loaded"
              className="size-4 accent-accent"
              checked={rows.length > 0 && table.getIsAllRowsSelected()}
              onChange={table.getToggleAllRowsSelectedHandler()}
            />
          </div>
          {shown.map((column) => (
            <HeaderCell key={column.id} look={LOOKS[column.id]!} sort={sort} onSort={onSort} />
          ))}
        </div>
      </div>
      <div role="rowgroup" className="relative min-w-max" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index]!;
          return (
            <div
              key={row.id}
              role="row"
              aria-rowindex={item.index + 2}
              aria-selected={row.getIsSelected()}
              className={cn(
                'absolute inset-x-0 grid items-center border-b border-line',
                row.getIsSelected() ? 'bg-accent-soft' : 'hover:bg-raised',
              )}
              style={{ ...grid, height: ROW_PX, transform: `translateY(${item.start}px)` }}
            >
              <div role="cell" className="px-3">
                <input
                  type="checkbox"
                  aria-label={`Select ${row.original.label}`}
                  className="size-4 accent-accent"
                  checked={row.getIsSelected()}
                  onChange={row.getToggleSelectedHandler()}
                />
              </div>
              {row.getVisibleCells().map((cell) => (
                <div key={cell.id} role="cell" className="truncate px-3">
                  <table.FlexRender cell={cell} />
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function HeaderCell({ look, sort, onSort }: { look: Look; sort: string; onSort: (sort: string) => void }) {
  const text = 'px-3 py-2 text-xs font-medium text-ink-2';
  if (!look.sort)
    return (
      <div role="columnheader" className={text}>
        {look.title}
      </div>
    );
  const direction = sort === look.sort ? 'ascending' : sort === `-${look.sort}` ? 'descending' : 'none';
  return (
    <div role="columnheader" aria-sort={direction} className={text}>
      <button
        type="button"
        className="flex items-center gap-1 hover:text-ink"
        onClick={() => onSort(direction === 'ascending' ? `-${look.sort}` : look.sort!)}
      >
        {look.title}
        {direction !== 'none' && <Icon name={direction === 'ascending' ? 'up' : 'down'} className="size-3.5" />}
      </button>
    </div>
  );
}

function NameCell({ vps }: { vps: Vps }) {
  return (
    <span className="flex items-center gap-2">
      <Link to="/vps/$id" params={{ id: vps.id }} className="truncate font-medium underline-offset-2 hover:underline">
        {vps.label}
      </Link>
      {vps.simulated && <SimulatedBadge />}
    </span>
  );
}

function Mono({ text }: { text: string | null }) {
  return text ? <span className="font-mono text-[0.8125rem]">{text}</span> : <span className="text-ink-2">–</span>;
}
