import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Operation } from '../../kit/api/client.ts';
import { kindName, operationTone, sentenceCase } from '../../kit/lib/words.ts';
import { Badge } from '../../kit/ui/badge.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Elapsed, Time } from '../../kit/ui/time.tsx';

/** Operations one below the other, each leading to its page. */
export function OperationRows({
  operations,
  empty,
  withVps = true,
  menuOf,
}: {
  operations: readonly Operation[] | undefined;
  empty: string;
  withVps?: boolean;
  /** Of a whole list; the newest few on a page that is about more lead to their own pages only. */
  menuOf?: (operation: Operation) => ReactNode;
}) {
  if (!operations) return <Loading what="operations" />;
  if (operations.length === 0) return <p className="text-ink-2">{empty}</p>;
  return (
    <ul className="divide-y divide-line">
      {operations.map((operation) => (
        <li key={operation.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1">
          <span className="w-24 shrink-0">
            <Badge tone={operationTone(operation.status)}>{sentenceCase(operation.status)}</Badge>
          </span>
          <Link to="/operations/$id" params={{ id: operation.id }} className="font-medium underline-offset-2 hover:underline">
            {kindName(operation.kind)}
          </Link>
          {withVps && (
            <Link to="/vps/$id" params={{ id: operation.vps_id }} className="text-ink-2 underline-offset-2 hover:underline">
              {operation.vps_label}
            </Link>
          )}
          {operation.fault && (
            <span className="min-w-0 flex-1 basis-48 truncate text-bad" title={operation.fault.message}>
              {operation.fault.message}
            </span>
          )}
          <span className="ml-auto flex items-center gap-3 text-xs text-ink-2">
            {operation.started_at && <Elapsed from={operation.started_at} to={operation.finished_at} />}
            <Time at={operation.created_at} />
          </span>
          {menuOf?.(operation)}
        </li>
      ))}
    </ul>
  );
}
