/** A long list of the shop: its table, its states, and the way to older rows. */
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { useQuery } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { cn } from '../../kit/lib/cn.ts';
import { organizationsQuery } from '../../kit/api/queries.ts';
import { MenuCell } from '../../kit/parts/row-menu.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Table } from '../../kit/ui/table.tsx';

interface ListingProps<Page, Row> {
  label: string;
  head: readonly string[];
  list: UseInfiniteQueryResult<InfiniteData<Page>>;
  rowsOf: (page: Page) => readonly Row[];
  /** The cells of one row, `<td>` each. */
  row: (row: Row) => ReactNode;
  keyOf: (row: Row) => string;
  /** What can be done with it: the last cell. */
  menu: (row: Row) => ReactNode;
  empty: string;
}

export function Listing<Page, Row>({ label, head, list, rowsOf, row, keyOf, menu, empty }: ListingProps<Page, Row>) {
  const rows = list.data?.pages.flatMap(rowsOf) ?? [];
  const named = useNamed(list, rows.map(keyOf));
  return (
    <>
      {list.error && <ProblemNote error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Loading what={label.toLowerCase()} />}
      {list.data && rows.length === 0 && <p className="py-6 text-ink-2">{empty}</p>}
      {rows.length > 0 && (
        <Table label={label} head={[...head, '']} className="min-w-[44rem]">
          {rows.map((each) => (
            <tr
              key={keyOf(each)}
              {...(keyOf(each) === named && { ref: toMiddle, 'aria-current': true })}
              className={cn('align-baseline [&>td]:py-2 [&>td]:pr-4', keyOf(each) === named && 'bg-accent-soft')}
            >
              {row(each)}
              <MenuCell>{menu(each)}</MenuCell>
            </tr>
          ))}
        </Table>
      )}
      {list.hasNextPage && (
        <Button className="mt-3" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Show older
        </Button>
      )}
    </>
  );
}

/** A row that the address names (`#id`) is looked for in older rows too, a few pages far. */
const PAGES_BACK = 10;

/** Whose id the address names, once the list has it; else null. */
function useNamed<Page>(list: UseInfiniteQueryResult<InfiniteData<Page>>, keys: readonly string[]): string | null {
  const hash = useRouterState({ select: ({ location }) => location.hash });
  const has = keys.includes(hash);
  const { hasNextPage, isFetching, fetchNextPage, data } = list;
  const isWanted = ID.test(hash) && !has && hasNextPage && !isFetching && (data?.pages.length ?? 0) < PAGES_BACK;
  useEffect(() => {
    if (isWanted) void fetchNextPage();
  }, [isWanted, fetchNextPage]);
  return has ? hash : null;
}
const ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;
const toMiddle = (row: HTMLTableRowElement | null): void => row?.scrollIntoView({ block: 'center' });

/** A customer by name, and the way to their page. */
export function Customer({ id }: { id: string }) {
  const found = useQuery(organizationsQuery).data?.find((each) => each.id === id);
  return (
    <Link to="/customers/$id" params={{ id }} className="text-accent underline underline-offset-2">
      {found?.display_name ?? found?.name ?? id.slice(0, 8)}
    </Link>
  );
}
