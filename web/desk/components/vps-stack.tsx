/** What was done to the stack of a VPS, version by version: each that is kept can be exported and gone back to. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type StackHistory, type VpsDetail } from '../../kit/api/client.ts';
import { stackHistoryQuery } from '../../kit/api/panel-queries.ts';
import { rightProblem } from '../lib/abilities.ts';
import { download } from '../lib/csv.ts';
import { plural } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { kindName, operationTone, sentenceCase, stepVerb } from '../../kit/lib/words.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { ReasonDialog } from '../../kit/parts/reason-dialog.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { toast } from '../../kit/ui/toast.tsx';

type Update = StackHistory['updates'][number];

export function VpsStack({ vps }: { vps: VpsDetail }) {
  const history = useQuery(stackHistoryQuery(vps.id));
  return (
    <Card title="History of the stack">
      <p className="mb-3 text-ink-2">
        Each update left a version of the stack’s state. Going back to one changes nothing at the provider; refresh the VPS next.
      </p>
      {history.error && <ProblemNote error={history.error} retry={() => void history.refetch()} />}
      {history.isPending && <Loading what="the history" />}
      {history.data?.updates.length === 0 && <p className="text-ink-2">No update has been recorded yet.</p>}
      {history.data && (
        <ol aria-label="Versions" className="divide-y divide-line">
          {history.data.updates.map((update, index) => (
            <Version
              key={`${index} ${update.version}`}
              vps={vps}
              update={update}
              inForce={history.data.version}
              stack={history.data.stack}
            />
          ))}
        </ol>
      )}
    </Card>
  );
}

interface VersionProps {
  vps: VpsDetail;
  update: Update;
  /** The version that is the stack's now. */
  inForce: number;
  stack: string;
}

function Version({ vps, update, inForce, stack }: VersionProps) {
  const session = useSession();
  const [asking, ask] = useState(false);
  const { version } = update;
  const save = useAction(() => api.getVpsStackVersion({ id: vps.id, version }), {
    done: ({ deployment }) =>
      download(`${stack.replaceAll('/', '-')}-version-${version}.json`, JSON.stringify(deployment, null, 2), 'application/json'),
  });
  const back = useAction((reason: string) => api.rollbackVpsStack({ id: vps.id, body: { version, reason } }), {
    quiet: true,
    done: ({ to }) => {
      ask(false);
      toast(`The state of version ${to} is in force again.`, { detail: 'Refresh the VPS: it then shows what the provider has.' });
    },
  });
  const gone = update.kept ? null : 'The state of this version is not kept any more.';
  const present = version === inForce ? 'This version is in force.' : vps.tombstone ? 'The VPS is terminated.' : null;
  const changes = Object.entries(update.changes).filter(([op, n]) => op !== 'same' && n > 0);
  return (
    <li aria-label={`Version ${version}`} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5">
      <div className="min-w-0 flex-1 basis-64">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium">Version {version}</span>
          <span>{kindName(update.kind)}</span>
          <Badge tone={operationTone(update.status)}>{sentenceCase(update.status)}</Badge>
          {version === inForce && <Badge tone="good">In force</Badge>}
        </p>
        <p className="text-ink-2">
          {update.actor}
          {update.ended_at && (
            <>
              , <Time at={update.ended_at} />
            </>
          )}
          {changes.length > 0 && `: ${changes.map(([op, n]) => `${stepVerb(op, true).toLowerCase()} ${plural(n, 'resource')}`).join(', ')}`}
        </p>
        {update.message && <p className="text-ink-2">{update.message}</p>}
      </div>
      <Button
        icon="download"
        busy={save.isPending}
        disabledReason={rightProblem(session, 'stack:export') ?? gone}
        onClick={() => save.mutate(undefined)}
      >
        Export
      </Button>
      <Button icon="retry" disabledReason={rightProblem(session, 'stack:rollback') ?? gone ?? present} onClick={() => ask(true)}>
        Go back to it
      </Button>
      <ReasonDialog
        open={asking}
        onOpenChange={ask}
        title={`Go back to version ${version}`}
        lead={`The state of ${vps.label} becomes what version ${version} recorded. Nothing changes at the provider, and the present version stays in the history.`}
        action="Put it in force"
        busy={back.isPending}
        error={back.error}
        onReason={(reason) => back.mutate(reason)}
      />
    </li>
  );
}
