import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { BulkItem } from '../../kit/api/client.ts';
import { bulkItemsQuery } from '../../kit/api/queries.ts';
import { type BulkItemStatus, ITEM_STATUSES, ITEM_TONES } from '../lib/bulk.ts';
import { sentenceCase } from '../../kit/lib/words.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Choice } from '../../kit/ui/choice.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Table } from '../../kit/ui/table.tsx';
import { Time } from '../../kit/ui/time.tsx';

/** What became of each VPS of a run; `moving` asks again as the run goes on. */
export function BulkItems({ id, moving }: { id: string; moving: boolean }) {
  const [status, choose] = useState<BulkItemStatus | ''>('');
  const list = useInfiniteQuery(bulkItemsQuery(id, status, moving));
  const items = list.data?.pages.flatMap((page) => page.items);
  return (
    <div className="flex flex-col gap-3">
      <Choice
        label="State"
        value={status}
        options={ITEM_STATUSES.map((each) => [each, sentenceCase(each)])}
        onChange={(chosen) => choose((chosen ?? '') as BulkItemStatus | '')}
      />
      {list.error && <ProblemNote error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Loading what="items" />}
      {items?.length === 0 && <p className="text-ink-2">None.</p>}
      {items && items.length > 0 && (
        <Table label="Items" head={['VPS', 'State', 'Operation', 'Ended', 'Why']}>
          {items.map((item) => (
            <ItemRow key={item.position} item={item} />
          ))}
        </Table>
      )}
      {list.hasNextPage && (
        <Button className="self-center" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Show more
        </Button>
      )}
    </div>
  );
}

function ItemRow({ item }: { item: BulkItem }) {
  const link = 'underline-offset-2 hover:underline';
  return (
    <tr>
      <td className="py-1.5 pr-4">
        <Link to="/vps/$id" params={{ id: item.vps_id }} className={`font-medium ${link}`}>
          {item.label}
        </Link>
        {item.canary && <span className="ml-2 text-xs text-ink-2">one of the first</span>}
      </td>
      <td className="py-1.5 pr-4">
        <Badge tone={ITEM_TONES[item.status]}>{sentenceCase(item.status)}</Badge>
      </td>
      <td className="py-1.5 pr-4">
        {item.operation_id ? (
          <Link to="/operations/$id" params={{ id: item.operation_id }} className={link}>
            Show{item.attempts > 1 && ` (${item.attempts} tries)`}
          </Link>
        ) : (
          <span className="text-ink-2">–</span>
        )}
      </td>
      <td className="py-1.5 pr-4 text-ink-2">{item.finished_at ? <Time at={item.finished_at} /> : '–'}</td>
      <td className="max-w-md min-w-48 py-1.5">
        {item.fault ? <span className="text-bad">{item.fault.message}</span> : (item.waiting ?? <span className="text-ink-2">–</span>)}
      </td>
    </tr>
  );
}
