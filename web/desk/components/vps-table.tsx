/** The VPSes as one long table: rows are drawn only where one looks, so ten thousand are as quick as ten. */
import { useNavigate } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type Dispatch, memo, type MouseEvent, type ReactNode, type SetStateAction, useEffect, useMemo, useRef, useState } from 'react';
import type { Vps } from '../../kit/api/client.ts';
import { cn } from '../../kit/lib/cn.ts';
import { powerOf, underWayText } from '../../kit/lib/words.ts';
import { SimulatedBadge } from '../../kit/ui/badge.tsx';
import { Icon } from '../../kit/ui/icon.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { RowMenu } from '../../kit/parts/row-menu.tsx';
import { PowerBadge, StatusBadge } from '../../features/vps/vps-state.tsx';
import type { RowSelection } from '../lib/vps-selection.ts';
import { type AskedOf, VpsRowDialog, VpsRowItems } from './vps-row-menu.tsx';

const ROW_PX = 44;
/** By the column's id; what is not named is shown. */
export type ColumnVisibility = Readonly<Record<string, boolean>>;

/** `px` is the least width, `grow` its share of what is left; `sort` is the API's word for sorting by it. */
interface Look {
  readonly title: string;
  readonly px: number;
  readonly grow?: number;
  readonly sort?: string;
}
export const LOOKS: Readonly<Record<string, Look>> = {
  label: { title: 'Name', px: 130, grow: 2, sort: 'label' },
  status: { title: 'Status', px: 124 },
  power_state: { title: 'Power', px: 148 },
  under_way: { title: 'Under way', px: 128 },
  ipv4: { title: 'IPv4', px: 136 },
  ipv6: { title: 'IPv6', px: 190, grow: 1 },
  provider: { title: 'Provider', px: 112, grow: 1 },
  region: { title: 'Region', px: 80, grow: 1 },
  plan: { title: 'Plan', px: 116, grow: 1 },
  image: { title: 'Image', px: 116, grow: 2 },
  external_reference: { title: 'Reference', px: 120 },
  tags: { title: 'Tags', px: 120, grow: 1 },
  created_at: { title: 'Created', px: 112, sort: 'created_at' },
};
const CHECKBOX_PX = 40;
const MENU_PX = 44;
/** Of the list's box, and its scroll bar. */
const BORDER_PX = 18;
const HIDDEN_AT_FIRST: ColumnVisibility = { ipv6: false, external_reference: false, tags: false };
/** What is dropped first where the window is too narrow for all. */
const LEAST_FIRST = [
  'ipv6',
  'external_reference',
  'tags',
  'image',
  'region',
  'created_at',
  'plan',
  'provider',
  'ipv4',
  'under_way',
  'power_state',
] as const;

/** The columns that a list so wide shows without being pushed sideways; what a person chose is shown all the same. */
export function fitting(chosen: ColumnVisibility, widthPx: number): ColumnVisibility {
  const wished = { ...HIDDEN_AT_FIRST, ...chosen };
  const shown = new Set(Object.keys(LOOKS).filter((id) => wished[id] !== false));
  const needed = (): number => [...shown].reduce((sum, id) => sum + LOOKS[id]!.px, CHECKBOX_PX + MENU_PX + BORDER_PX);
  for (const id of LEAST_FIRST) if (needed() > widthPx && chosen[id] !== true) shown.delete(id);
  return Object.fromEntries(Object.keys(LOOKS).map((id) => [id, shown.has(id)]));
}

const CELLS: Readonly<Record<string, (vps: Vps) => ReactNode>> = {
  label: (vps) => <NameCell vps={vps} />,
  status: (vps) => (
    <>
      <StatusBadge vps={vps} />
      <span className="block truncate text-xs text-ink-2 md:hidden">
        {[powerOf(vps)?.text, underWayText(vps)].filter(Boolean).join(' · ')}
      </span>
    </>
  ),
  power_state: (vps) => <PowerBadge vps={vps} />,
  under_way: (vps) => underWayText(vps) ?? <span className="text-ink-2">–</span>,
  ipv4: ({ ipv4 }) => <Mono text={ipv4} />,
  ipv6: ({ ipv6 }) => <Mono text={ipv6} />,
  provider: ({ provider_name: name }) => name,
  region: ({ region }) => region,
  plan: ({ plan }) => plan,
  image: ({ image }) => image,
  external_reference: ({ external_reference: reference }) => reference ?? '–',
  tags: ({ tags }) => (tags.length > 0 ? tags.join(', ') : <span className="text-ink-2">–</span>),
  created_at: ({ created_at: at }) => <Time at={at} />,
};

interface VpsTableProps {
  vpses: Vps[];
  total: number | undefined;
  sort: string;
  onSort: (sort: string) => void;
  visibility: ColumnVisibility;
  selection: RowSelection;
  onSelection: Dispatch<SetStateAction<RowSelection>>;
  /** Called when the last rows come into view. */
  onEnd: () => void;
}

export function VpsTable({ vpses, total, sort, onSort, visibility, selection, onSelection, onEnd }: VpsTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: vpses.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (lastShown >= vpses.length - 30) onEnd();
  }, [lastShown, vpses.length, onEnd]);
  const [asked, ask] = useState<AskedOf | null>(null);
  const shown = Object.keys(LOOKS).filter((id) => visibility[id] !== false);
  const looks = shown.map((id) => LOOKS[id]!);
  const visibleIds = shown.join(' ');
  const { grid, wide } = tracks(looks);
  const allSelected = useMemo(() => vpses.length > 0 && vpses.every(({ id }) => selection[id]), [vpses, selection]);
  const selectAll = (): void => {
    const loaded = new Set(vpses.map(({ id }) => id));
    onSelection((old) => ({
      ...Object.fromEntries(Object.entries(old).filter(([id]) => !loaded.has(id))),
      ...(allSelected ? {} : Object.fromEntries([...loaded].map((id) => [id, true]))),
    }));
  };
  // The menus stay in sight where the list is pushed sideways. Elsewhere they would be so many layers for nothing.
  const pinned = wide.minWidth + BORDER_PX > (virtual.scrollRect?.width ?? 0);
  const navigate = useNavigate();
  // One listener for all names: a router's link per row would cost more than the rest of the row.
  const open = (event: MouseEvent): void => {
    const link = (event.target as HTMLElement).closest<HTMLAnchorElement>('a[data-vps]');
    if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void navigate({ to: '/vps/$id', params: { id: link.dataset['vps']! } });
  };
  return (
    <div
      ref={scroller}
      onClick={open}
      role="table"
      aria-label="VPSes"
      aria-rowcount={(total ?? vpses.length) + 1}
      aria-colcount={shown.length + 2}
      tabIndex={0}
      // As high as its rows are, until the window is full.
      style={{ height: `min(100dvh - 15.5rem, ${ROW_PX * (vpses.length + 1)}px)` }}
      className="min-h-72 overflow-auto rounded-lg border border-line bg-surface [contain:strict]"
    >
      <HeaderRow looks={looks} allSelected={allSelected} onSelectAll={selectAll} sort={sort} onSort={onSort} pinned={pinned} />
      <div role="rowgroup" className="relative" style={{ ...wide, height: virtual.getTotalSize() }}>
        {items.map((item) => (
          <BodyRow
            key={vpses[item.index]!.id}
            vps={vpses[item.index]!}
            index={item.index}
            start={item.start}
            selected={selection[vpses[item.index]!.id] === true}
            columns={visibleIds}
            template={grid.gridTemplateColumns}
            pinned={pinned}
            onToggle={onSelection}
            onAsk={ask}
          />
        ))}
      </div>
      {asked && <VpsRowDialog asked={asked} onClose={() => ask(null)} />}
    </div>
  );
}

interface RowProps {
  vps: Vps;
  index: number;
  start: number;
  selected: boolean;
  /** Ids of the columns, joined by spaces: the same text means the same row. */
  columns: string;
  template: string;
  /** Whether the menu stays in sight when the list is pushed sideways. */
  pinned: boolean;
  onToggle: Dispatch<SetStateAction<RowSelection>>;
  onAsk: (asked: AskedOf) => void;
}

/** Drawn again only when something of it changes: scrolling draws the new rows and moves the others. */
const BodyRow = memo(function BodyRow({ vps, index, start, selected, columns: ids, template, pinned, onToggle, onAsk }: RowProps) {
  const toggle = (): void => onToggle(({ [vps.id]: was, ...others }) => (was ? others : { ...others, [vps.id]: true }));
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      className={cn('group absolute inset-x-0 grid items-center border-b border-line', selected ? 'bg-accent-soft' : 'hover:bg-raised')}
      style={{ gridTemplateColumns: template, height: ROW_PX, transform: `translateY(${start}px)` }}
    >
      <div role="cell" className="flex px-3">
        <input type="checkbox" aria-label={`Select ${vps.label}`} className="size-4 accent-accent" checked={selected} onChange={toggle} />
      </div>
      {ids.split(' ').map((id) => (
        <div key={id} role="cell" className="truncate px-3">
          {CELLS[id]!(vps)}
        </div>
      ))}
      <div
        role="cell"
        className={cn(
          'grid h-full place-items-center',
          pinned && cn('sticky right-0', selected ? 'bg-accent-soft' : 'bg-surface group-hover:bg-raised'),
        )}
      >
        <RowMenu name={vps.label}>
          <VpsRowItems vps={vps} onAsk={onAsk} />
        </RowMenu>
      </div>
    </div>
  );
});

/** Header and rows share the tracks, and scroll sideways together when the window is narrower than them. */
function tracks(looks: readonly Look[]) {
  const columns = looks.map(({ px, grow }) => (grow ? `minmax(${px}px, ${grow}fr)` : `${px}px`));
  return {
    grid: { gridTemplateColumns: `${CHECKBOX_PX}px ${columns.join(' ')} ${MENU_PX}px` },
    wide: { minWidth: looks.reduce((sum, { px }) => sum + px, CHECKBOX_PX + MENU_PX) },
  };
}

interface HeaderProps {
  looks: readonly Look[];
  allSelected: boolean;
  onSelectAll: () => void;
  sort: string;
  onSort: (sort: string) => void;
  pinned: boolean;
}

function HeaderRow({ looks, allSelected, onSelectAll, sort, onSort, pinned }: HeaderProps) {
  const { grid, wide } = tracks(looks);
  return (
    <div role="rowgroup" className="sticky top-0 z-10 border-b border-line bg-surface" style={wide}>
      <div role="row" aria-rowindex={1} className="grid items-center" style={grid}>
        <div role="columnheader" className="flex px-3 py-2">
          <input
            type="checkbox"
            aria-label="Select all loaded"
            className="size-4 accent-accent"
            checked={allSelected}
            onChange={onSelectAll}
          />
        </div>
        {looks.map((look) => (
          <HeaderCell key={look.title} look={look} sort={sort} onSort={onSort} />
        ))}
        <div role="columnheader" className={cn(pinned && 'sticky right-0 h-full bg-surface')}>
          <span className="sr-only">Actions</span>
        </div>
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
    <span className="flex items-center gap-2 max-sm:flex-col max-sm:items-start max-sm:gap-0">
      <a href={`/vps/${vps.id}`} data-vps={vps.id} className="max-w-full truncate font-medium underline-offset-2 hover:underline">
        {vps.label}
      </a>
      {vps.simulated && <SimulatedBadge />}
    </span>
  );
}

function Mono({ text }: { text: string | null }) {
  return text ? <span className="font-mono text-[0.8125rem]">{text}</span> : <span className="text-ink-2">–</span>;
}
