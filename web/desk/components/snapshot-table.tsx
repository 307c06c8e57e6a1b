import type { Snapshot, VpsDetail } from '../../kit/api/client.ts';
import { costOf, sizeOf, snapshotKind, snapshotName, snapshotTone } from '../../kit/lib/snapshots.ts';
import { sentenceCase } from '../../kit/lib/words.ts';
import { Badge } from '../../kit/ui/badge.tsx';
import { Table } from '../../kit/ui/table.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { MenuCell } from '../../kit/parts/row-menu.tsx';
import { SnapshotMenu, type SnapshotQuestion } from './snapshot-menu.tsx';

/** On a phone these stand below the name. */
const WIDE_ONLY: ReadonlySet<string> = new Set(['Size', 'Monthly', 'Made']);

interface TableProps {
  vps: VpsDetail;
  snapshots: readonly Snapshot[];
  onAsk: (question: SnapshotQuestion) => void;
}

export function SnapshotTable({ vps, snapshots, onAsk }: TableProps) {
  return (
    <Table
      label="Snapshots and backups"
      head={['Name', 'State', 'Size', 'Monthly', 'Made', '']}
      wideOnly={WIDE_ONLY}
      className="sm:min-w-[32rem]"
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
          <MenuCell>
            <SnapshotMenu vps={vps} snapshot={snapshot} onAsk={onAsk} />
          </MenuCell>
        </tr>
      ))}
    </Table>
  );
}
