import type { Snapshot } from '../../kit/api/client.ts';
import {
  copyProblem,
  costOf,
  deleteProblem,
  restoreProblem,
  sizeOf,
  snapshotKind,
  snapshotName,
  snapshotTone,
} from '../../kit/lib/snapshots.ts';
import { sentenceCase } from '../../kit/lib/words.ts';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button, IconButton } from '../../kit/ui/button.tsx';
import { Table } from '../../kit/ui/table.tsx';
import { Time } from '../../kit/ui/time.tsx';

/** On a phone these stand below the name. */
const WIDE_ONLY: ReadonlySet<string> = new Set(['Size', 'Monthly', 'Made']);

interface TableProps {
  snapshots: readonly Snapshot[];
  /** Why nothing can be restored or deleted now, whatever the snapshot, or null. */
  restoreReason: string | null;
  deleteReason: string | null;
  /** Why no new server can be made of one, or null. */
  copyReason: string | null;
  onRestore: (snapshot: Snapshot) => void;
  onCopy: (snapshot: Snapshot) => void;
  onDelete: (snapshot: Snapshot) => void;
}

export function SnapshotTable({ snapshots, restoreReason, deleteReason, copyReason, onRestore, onCopy, onDelete }: TableProps) {
  return (
    <Table
      label="Snapshots and backups"
      head={['Name', 'State', 'Size', 'Monthly', 'Made', '']}
      wideOnly={WIDE_ONLY}
      className="sm:min-w-[38rem]"
    >
      {snapshots.map((snapshot) => (
        <tr key={snapshot.id}>
          <td className="max-w-72 py-2 pr-4 wrap-anywhere">
            <span className="font-medium">{snapshotName(snapshot)}</span>
            {snapshot.kind !== 'snapshot' && <span className="block text-xs text-ink-2">{snapshotKind(snapshot.kind)}</span>}
            {snapshot.note && <span className="block text-ink-2">{snapshot.note}</span>}
            <span className="block text-xs text-ink-2 sm:hidden">
              {sizeOf(snapshot)}, {costOf(snapshot)}, <Time at={snapshot.created_at} />
            </span>
            {snapshot.message && <span className="block text-bad">{snapshot.message}</span>}
          </td>
          <td className="py-2 pr-4">
            <Badge tone={snapshotTone(snapshot.status)}>{sentenceCase(snapshot.status)}</Badge>
          </td>
          <td className="hidden py-2 pr-4 whitespace-nowrap sm:table-cell">{sizeOf(snapshot)}</td>
          <td className="hidden py-2 pr-4 whitespace-nowrap sm:table-cell">{costOf(snapshot)}</td>
          <td className="hidden py-2 pr-4 sm:table-cell">
            <Time at={snapshot.created_at} />
          </td>
          <td className="py-1">
            <span className="flex justify-end gap-1">
              <Button disabledReason={restoreReason ?? restoreProblem(snapshot)} onClick={() => onRestore(snapshot)}>
                Restore
              </Button>
              <IconButton
                icon="plus"
                label={`New server from ${snapshotName(snapshot)}`}
                disabledReason={copyReason ?? copyProblem(snapshot)}
                onClick={() => onCopy(snapshot)}
              />
              <IconButton
                icon="trash"
                label={`Delete ${snapshotName(snapshot)}`}
                disabledReason={deleteReason ?? deleteProblem(snapshot)}
                onClick={() => onDelete(snapshot)}
              />
            </span>
          </td>
        </tr>
      ))}
    </Table>
  );
}
