/** What there is to go back to: snapshots that somebody ordered, and the backups of the provider's own schedule. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { SnapshotList, VpsAccepted, VpsDetail } from '../../kit/api/client.ts';
import { snapshotsQuery } from '../../kit/api/panel-queries.ts';
import { capabilityProblem, featureProblem, rightProblem } from '../lib/abilities.ts';
import { ACTION_RIGHTS } from '../lib/action-rights.ts';
import { isSnapshotMoving, keepingCosts } from '../../kit/lib/snapshots.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { BackupsCard } from './backups-card.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { SnapshotMake } from './snapshot-make.tsx';
import { SnapshotDialog, type SnapshotQuestion } from './snapshot-menu.tsx';
import { SnapshotTable } from './snapshot-table.tsx';
import { hasEnded } from './tombstone.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Icon } from '../../kit/ui/icon.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { toast } from '../../kit/ui/toast.tsx';

interface SnapshotsProps {
  vps: VpsDetail;
  onRequested: (accepted: VpsAccepted) => void;
}
type Asking = { readonly what: 'make' } | SnapshotQuestion | null;

export function VpsSnapshots({ vps, onRequested }: SnapshotsProps) {
  const [asking, ask] = useState<Asking>(null);
  const query = useQuery(snapshotsQuery(vps.id));
  const session = useSession();
  const mayNot = rightProblem(session, ACTION_RIGHTS.snapshot);
  const ordered = (accepted: VpsAccepted): void => {
    ask(null);
    onRequested(accepted);
  };
  return (
    <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <Card
        title="Snapshots"
        actions={
          !hasEnded(vps) && (
            <Button icon="plus" disabledReason={mayNot ?? capabilityProblem(vps, 'snapshot')} onClick={() => ask({ what: 'make' })}>
              Make a snapshot
            </Button>
          )
        }
      >
        {query.error && <ProblemNote error={query.error} retry={() => void query.refetch()} />}
        {!query.data && !query.error && <Loading what="the snapshots" />}
        {query.data && <Listed vps={vps} list={query.data} onAsk={ask} />}
      </Card>
      {!hasEnded(vps) && <BackupsCard vps={vps} onRequested={onRequested} />}
      {asking?.what === 'make' && (
        <SnapshotMake
          vps={vps}
          onClose={() => ask(null)}
          onRequested={() => {
            ask(null);
            toast('The snapshot is being made.', { detail: 'The server keeps running meanwhile.' });
          }}
        />
      )}
      {asking && asking.what !== 'make' && <SnapshotDialog asked={asking} onClose={() => ask(null)} onRequested={ordered} />}
    </div>
  );
}

interface ListedProps {
  vps: VpsDetail;
  list: SnapshotList;
  onAsk: (question: SnapshotQuestion) => void;
}

function Listed({ vps, list, onAsk }: ListedProps) {
  const cannot = featureProblem(vps, 'snapshots');
  const shown = list.snapshots.filter(({ status }) => status !== 'deleted');
  const costs = keepingCosts(shown);
  return (
    <>
      {cannot !== null && <p className="mb-2 text-ink-2">{cannot}</p>}
      {!list.live && cannot === null && (
        <p role="status" className="mb-3 flex items-start gap-2 rounded-md border border-warn/50 bg-warn-soft px-3 py-2">
          <Icon name="alert" className="mt-0.5 text-warn" />
          <span>Only what is recorded here; the provider was not read. {list.reason}</span>
        </p>
      )}
      {shown.length === 0 ? (
        cannot === null && <p className="text-ink-2">{emptySentence(vps, list)}</p>
      ) : (
        <SnapshotTable vps={vps} snapshots={shown} onAsk={onAsk} />
      )}
      {costs !== null && <p className="mt-3 border-t border-line pt-3 text-right text-ink-2">Keeping them costs {costs}.</p>}
      {shown.some(isSnapshotMoving) && <p className="mt-2 text-xs text-ink-2">The list renews itself while one is made or deleted.</p>}
    </>
  );
}

function emptySentence({ status }: VpsDetail, { live }: SnapshotList): string {
  if (!live) return 'No snapshot is recorded.';
  return status === 'terminated'
    ? 'Nothing is kept of it.'
    : 'None yet. A snapshot keeps the disk as it is now; it is there until it is deleted.';
}
