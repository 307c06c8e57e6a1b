import type { CSSProperties, ReactNode } from 'react';
import { cn } from '../lib/cn.ts';

interface TableProps {
  /** What it lists, for who does not see it. */
  label: string;
  head: readonly string[];
  /** What the column without a title holds, for who does not see it. */
  untitled?: string;
  /** Columns that are hidden on a phone; their cells hide themselves. */
  wideOnly?: ReadonlySet<string>;
  /** Of the box that scrolls, and of the table: how wide it wants to be at least. */
  boxClass?: string;
  className?: string;
  /** The rows. */
  children: ReactNode;
}

/** From so many columns on a phone shows each row as a block (index.css); fewer fit beside each other. */
const STACKED = 4;
/** As many as index.css knows of. */
const TITLES = 9;

/** Scrolls by itself where it is wider than the page, with the keyboard too. */
export function Table({ label, head, untitled = 'Actions', wideOnly, boxClass = 'overflow-x-auto', className, children }: TableProps) {
  const isStacked = head.length >= STACKED && head.length <= TITLES && !wideOnly;
  return (
    <div tabIndex={0} role="region" aria-label={label} className={cn('relative', boxClass)}>
      <table className={cn('w-full', className)} {...(isStacked && { 'data-stacked': '', style: titlesOf(head) })}>
        <thead className="text-left text-xs text-ink-2">
          <tr>
            {head.map((title) => (
              <th key={title} scope="col" className={cn('pr-4 pb-1 font-medium', wideOnly?.has(title) && 'hidden sm:table-cell')}>
                {title || <span className="sr-only">{untitled}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">{children}</tbody>
      </table>
    </div>
  );
}

/** The titles as the stylesheet writes them beside the cells: `--title-1` and on. */
function titlesOf(head: readonly string[]): CSSProperties {
  return Object.fromEntries(head.map((title, index) => [`--title-${index + 1}`, JSON.stringify(title)]));
}
