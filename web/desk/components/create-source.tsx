/** A kept snapshot that a new VPS is made from, in place of an image. */
import { useQuery } from '@tanstack/react-query';
import type { Snapshot, VpsDetail } from '../../kit/api/client.ts';
import { snapshotsQuery } from '../../kit/api/panel-queries.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { vpsQuery } from '../../kit/api/queries.ts';
import { snapshotName } from '../../kit/lib/snapshots.ts';
import { sentenceCase } from '../../kit/lib/words.ts';
import { Button } from '../../kit/ui/button.tsx';

/** With the VPS that it was made of. */
export interface Source {
  readonly vps: VpsDetail;
  readonly snapshot: Snapshot;
}

interface Asked {
  /** undefined: while it is read. null: there is none, or none was asked for. */
  readonly source: Source | null | undefined;
  readonly error: unknown;
  readonly retry: () => void;
}

export function useSource(vpsId: string | undefined, snapshotId: string | undefined): Asked {
  const isAsked = vpsId !== undefined && snapshotId !== undefined;
  const vps = useQuery({ ...vpsQuery(vpsId ?? ''), enabled: isAsked });
  const list = useQuery({ ...snapshotsQuery(vpsId ?? ''), enabled: isAsked });
  const retry = (): void => void Promise.all([vps.refetch(), list.refetch()]);
  if (!isAsked) return { source: null, error: null, retry };
  const error = vps.error ?? list.error;
  if (!vps.data || !list.data) return { source: undefined, error, retry };
  const snapshot = list.data.snapshots.find(({ id }) => id === snapshotId);
  return { source: snapshot ? { vps: vps.data, snapshot } : null, error: null, retry };
}

export function SourceNote({ source: { vps, snapshot }, problem, onDrop }: { source: Source; problem: unknown; onDrop: () => void }) {
  const refused = fieldError(problem, 'from_snapshot');
  return (
    <div className="flex flex-wrap items-start justify-between gap-3 rounded-md border border-line p-3">
      <p className="min-w-0 flex-1 basis-60">
        <span className="block font-medium break-words">
          From the snapshot “{snapshotName(snapshot)}” of {vps.label}
        </span>
        <span className="block text-ink-2">
          {snapshot.min_disk_gb === null ? '' : `Plans with at least ${snapshot.min_disk_gb} GB of disk. `}
          Its first boot gives it a password, name and keys of its own; a later reinstall brings the plain {vps.names.image}.
        </span>
        {refused && (
          <span className="block text-bad">
            {sentenceCase(refused.rule)}. {refused.remedy}
          </span>
        )}
      </p>
      <Button onClick={onDrop}>Choose an image instead</Button>
    </div>
  );
}
