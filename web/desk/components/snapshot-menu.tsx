/** What can be done with one snapshot: the same on its VPS's page and in the list of all. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type RecordedSnapshot, type Session, type Snapshot, type VpsAccepted, type VpsDetail } from '../../kit/api/client.ts';
import { snapshotsQuery } from '../../kit/api/panel-queries.ts';
import { asApiError } from '../../kit/api/problem.ts';
import { vpsQuery } from '../../kit/api/queries.ts';
import { copyProblem, deleteProblem, restoreProblem, snapshotName } from '../../kit/lib/snapshots.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { ConfirmByTyping } from '../../kit/parts/confirm-by-typing.tsx';
import { CopyItem, OpenItem, RowMenu } from '../../kit/parts/row-menu.tsx';
import { MenuItem, MenuLabel, MenuSeparator } from '../../kit/ui/menu.tsx';
import { toast } from '../../kit/ui/toast.tsx';
import { capabilityProblem, featureProblem, pageProblem, rightProblem } from '../lib/abilities.ts';
import { ACTION_RIGHTS } from '../lib/action-rights.ts';
import { PreviewedDialog } from './previewed-dialog.tsx';

export interface SnapshotQuestion {
  readonly what: 'restore' | 'delete';
  readonly snapshot: Snapshot;
  readonly vps: VpsDetail;
}

interface ItemsProps {
  vps: VpsDetail;
  snapshot: Snapshot;
  onAsk: (question: SnapshotQuestion) => void;
}

function problemsOf(session: Session | undefined, vps: VpsDetail, snapshot: Snapshot) {
  const change = (action: 'restore-snapshot' | 'delete-snapshot') =>
    rightProblem(session, ACTION_RIGHTS[action]) ?? capabilityProblem(vps, action);
  return {
    restore: change('restore-snapshot') ?? restoreProblem(snapshot),
    copy:
      rightProblem(session, 'vps:create', 'snapshot:restore') ??
      pageProblem(session, '/vps/new') ??
      featureProblem(vps, 'server_from_snapshot') ??
      copyProblem(snapshot),
    delete: change('delete-snapshot') ?? deleteProblem(snapshot),
  };
}

function SnapshotItems({ vps, snapshot, onAsk }: ItemsProps) {
  const navigate = useNavigate();
  const problems = problemsOf(useSession(), vps, snapshot);
  return (
    <>
      <MenuItem disabledReason={problems.restore} onSelect={() => onAsk({ what: 'restore', snapshot, vps })}>
        Restore…
      </MenuItem>
      <MenuItem
        disabledReason={problems.copy}
        onSelect={() => void navigate({ to: '/vps/new', search: { vps: vps.id, snapshot: snapshot.id } })}
      >
        New server from it…
      </MenuItem>
      <MenuSeparator />
      <MenuItem danger disabledReason={problems.delete} onSelect={() => onAsk({ what: 'delete', snapshot, vps })}>
        Delete…
      </MenuItem>
    </>
  );
}

/** Of a row on the page of its VPS. */
export function SnapshotMenu({ vps, snapshot, onAsk }: ItemsProps) {
  return (
    <RowMenu name={snapshotName(snapshot)}>
      <CopyItem text={snapshot.id} what="id" />
      <SnapshotItems vps={vps} snapshot={snapshot} onAsk={onAsk} />
    </RowMenu>
  );
}

/** Of a row in the list of all, which is as recorded; its VPS and the provider say what can be done, and are asked when the menu opens. */
export function RecordedSnapshotMenu({ snapshot }: { snapshot: RecordedSnapshot }) {
  const [asked, ask] = useState<SnapshotQuestion | null>(null);
  return (
    <>
      <RowMenu name={`${snapshotName(snapshot)} of ${snapshot.vps_label}`}>
        <OpenItem to={`/vps/${snapshot.vps_id}?tab=snapshots`} />
        <CopyItem text={snapshot.id} what="id" />
        <OfItsVps snapshot={snapshot} onAsk={ask} />
      </RowMenu>
      {asked && (
        <SnapshotDialog
          asked={asked}
          onClose={() => ask(null)}
          onRequested={() => {
            ask(null);
            toast(`${asked.vps.label} goes back to “${snapshotName(snapshot)}”.`);
          }}
        />
      )}
    </>
  );
}

function OfItsVps({ snapshot, onAsk }: { snapshot: RecordedSnapshot; onAsk: (question: SnapshotQuestion) => void }) {
  const vps = useQuery(vpsQuery(snapshot.vps_id));
  const live = useQuery(snapshotsQuery(snapshot.vps_id));
  const error = vps.error ?? live.error;
  if (!vps.data || !live.data) return <MenuLabel>{error ? asApiError(error).message : 'Asking what can be done…'}</MenuLabel>;
  const asProvided = live.data.snapshots.find(({ id }) => id === snapshot.id) ?? snapshot;
  return <SnapshotItems vps={vps.data} snapshot={asProvided} onAsk={onAsk} />;
}

interface DialogProps {
  asked: SnapshotQuestion;
  onClose: () => void;
  /** That it is being restored. */
  onRequested: (accepted: VpsAccepted) => void;
}

export function SnapshotDialog({ asked: { what, vps, snapshot }, onClose, onRequested }: DialogProps) {
  if (what === 'delete') return <DeleteSnapshot vps={vps} snapshot={snapshot} onClose={onClose} />;
  return (
    <PreviewedDialog
      vps={vps}
      title={`Restore ${vps.label}`}
      lead={`The disk becomes what it was when “${snapshotName(snapshot)}” was made. Server and address stay.`}
      change={{ action: 'restore-snapshot', snapshot: snapshot.id }}
      hold={null}
      onClose={onClose}
      onRequested={onRequested}
    />
  );
}

function DeleteSnapshot({ vps, snapshot, onClose }: { vps: VpsDetail; snapshot: Snapshot; onClose: () => void }) {
  const [key] = useState(() => crypto.randomUUID());
  const name = snapshotName(snapshot);
  const remove = useAction(
    () => api.actOnVps({ id: vps.id, body: { action: 'delete-snapshot', snapshot: snapshot.id }, idempotencyKey: key }),
    {
      quiet: true,
      done: () => {
        onClose();
        toast(`The snapshot “${name}” is being deleted.`);
      },
    },
  );
  return (
    <ConfirmByTyping
      open
      onOpenChange={(open) => !open && onClose()}
      title="Delete a snapshot"
      name={name}
      action="Delete the snapshot"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
    >
      {vps.status === 'terminated'
        ? 'The VPS is gone; this is what was kept of it. It cannot be brought back.'
        : 'What it holds cannot be brought back. The server itself is not touched.'}
    </ConfirmByTyping>
  );
}
