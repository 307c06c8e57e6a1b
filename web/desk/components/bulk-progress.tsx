import type { BulkRun } from '../../kit/api/client.ts';
import { cn } from '../../kit/lib/cn.ts';
import { count } from '../../kit/lib/format.ts';
import { type BulkItemStatus, ITEM_STATUSES } from '../lib/bulk.ts';
import { sentenceCase } from '../../kit/lib/words.ts';

const COLOURS: Readonly<Record<BulkItemStatus, string>> = {
  succeeded: 'bg-good',
  ordered: 'bg-busy animate-pulse',
  failed: 'bg-bad',
  refused: 'bg-warn',
  skipped: 'bg-line-strong',
  pending: 'bg-raised',
};

/** One bar for the whole run, parted by what became of its items; the words below it say the same. */
export function BulkProgress({ counts }: { counts: BulkRun['counts'] }) {
  const ended = counts.total - counts.pending - counts.ordered;
  const shown = ITEM_STATUSES.filter((status) => counts[status] > 0);
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div
        role="progressbar"
        aria-label="Items that ended"
        aria-valuemin={0}
        aria-valuemax={counts.total}
        aria-valuenow={ended}
        aria-valuetext={`${ended} of ${counts.total}`}
        className="flex h-2.5 w-full overflow-hidden rounded-full border border-line bg-raised"
      >
        {shown.map((status) => (
          <span key={status} className={COLOURS[status]} style={{ width: `${(100 * counts[status]) / counts.total}%` }} />
        ))}
      </div>
      <ul className="flex flex-wrap gap-x-4 gap-y-1 text-ink-2">
        {shown.map((status) => (
          <li key={status} className="flex items-center gap-1.5">
            <span aria-hidden="true" className={cn('size-2.5 rounded-full border border-line', COLOURS[status])} />
            {count(counts[status])} {sentenceCase(status).toLowerCase()}
          </li>
        ))}
      </ul>
    </div>
  );
}
