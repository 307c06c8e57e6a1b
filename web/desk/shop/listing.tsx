/** A long list of the shop: its table, its states, and the way to older rows. */
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { organizationsQuery } from '../../kit/api/queries.ts';
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
  empty: string;
}

export function Listing<Page, Row>({ label, head, list, rowsOf, row, keyOf, empty }: ListingProps<Page, Row>) {
  const rows = list.data?.pages.flatMap(rowsOf) ?? [];
  return (
    <>
      {list.error && <ProblemNote error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Loading what={label.toLowerCase()} />}
      {list.data && rows.length === 0 && <p className="py-6 text-ink-2">{empty}</p>}
      {rows.length > 0 && (
        <Table label={label} head={head} className="min-w-[44rem]">
          {rows.map((each) => (
            <tr key={keyOf(each)} className="align-baseline [&>td]:py-2 [&>td]:pr-4">
              {row(each)}
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

/** A customer by name, and the way to their page. */
export function Customer({ id }: { id: string }) {
  const found = useQuery(organizationsQuery).data?.find((each) => each.id === id);
  return (
    <Link to="/customers/$id" params={{ id }} className="text-accent underline underline-offset-2">
      {found?.display_name ?? found?.name ?? id.slice(0, 8)}
    </Link>
  );
}
