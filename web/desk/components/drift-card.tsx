import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Drift } from '../../kit/api/client.ts';
import { rightProblem } from '../lib/abilities.ts';
import { plural } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { driftTone, sentenceCase } from '../../kit/lib/words.ts';
import { ConfirmByTyping } from '../../kit/parts/confirm-by-typing.tsx';
import { ReasonDialog } from '../../kit/parts/reason-dialog.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Table } from '../../kit/ui/table.tsx';
import { Time } from '../../kit/ui/time.tsx';

const OPEN: ReadonlySet<string> = new Set(['confirmed', 'dismissed', 'unconfirmed']);

/** Why nothing can be decided about a drift now, or null. Mirrors server/drift/drift.ts. */
function driftProblem(drift: Drift): string | null {
  if (drift.state === 'suspected') return 'The engine is being asked whether it is so.';
  if (!OPEN.has(drift.state)) return `It is ${drift.state} already.`;
  return null;
}

/** One VPS whose server is not as recorded: the differences, and the two ways out. */
export function DriftCard({ drift, withVps = true }: { drift: Drift; withVps?: boolean }) {
  return (
    <article aria-label={`Drift of ${drift.label}`} className="rounded-lg border border-line bg-surface">
      <header className="flex flex-wrap items-center gap-3 border-b border-line px-4 py-2.5">
        {withVps && (
          <Link to="/vps/$id" params={{ id: drift.vps_id }} className="font-semibold underline-offset-2 hover:underline">
            {drift.label}
          </Link>
        )}
        <Badge tone={driftTone(drift.state)}>{sentenceCase(drift.state)}</Badge>
        {drift.kind === 'vanished' && <Badge tone="bad">The server is gone</Badge>}
        <span className="ml-auto text-xs text-ink-2">
          first seen <Time at={drift.first_seen_at} />, seen {plural(drift.seen_count, 'time')}
        </span>
      </header>
      <Differences drift={drift} />
      {drift.message && <p className="px-4 pb-2 text-ink-2">{drift.message}</p>}
      {drift.reason && (
        <p className="px-4 pb-2 text-ink-2">
          {drift.decided_by}: {drift.reason}
        </p>
      )}
      <Decisions drift={drift} />
    </article>
  );
}

/** What is recorded is as it should be; what is there instead is what is wrong. */
function Differences({ drift }: { drift: Drift }) {
  return (
    <Table label="Differences" head={['What', 'Recorded', 'At the provider']} boxClass="overflow-x-auto px-4 py-3">
      {drift.differences.map((difference) => (
        <tr key={`${difference.object} ${difference.name} ${difference.field}`} title={difference.text}>
          <td className="py-1.5 pr-4">
            {sentenceCase(difference.field)} <span className="text-xs text-ink-2">of {difference.name}</span>
          </td>
          <td className="py-1.5 pr-4 font-mono text-xs break-all">
            {difference.recorded === null ? (
              <span className="text-ink-2">nothing</span>
            ) : (
              <span className="text-good">{difference.recorded}</span>
            )}
          </td>
          <td className="py-1.5 font-mono text-xs break-all">
            {difference.actual === null ? (
              <span className="text-ink-2">nothing</span>
            ) : (
              <span className="text-bad">{difference.actual}</span>
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}

function Decisions({ drift }: { drift: Drift }) {
  const [asking, ask] = useState<'accept' | 'repair' | 'dismiss' | null>(null);
  const act = useAction(
    ({ action, confirm }: { action: 'accept' | 'repair'; confirm?: string }) =>
      (action === 'accept' ? api.acceptDrift : api.repairDrift)({ id: drift.id, body: { confirm } }),
    { done: () => ask(null) },
  );
  const dismiss = useAction((reason: string) => api.dismissDrift({ id: drift.id, body: { reason } }), {
    quiet: true,
    done: () => ask(null),
  });
  const reason = rightProblem(useSession(), 'drift:act') ?? driftProblem(drift);
  const gone = drift.kind === 'vanished';
  const decide = (action: 'accept' | 'repair'): void => (gone ? ask(action) : act.mutate({ action }));
  return (
    <footer className="flex flex-wrap items-center gap-2 border-t border-line px-4 py-2.5">
      <Button
        icon="refresh"
        variant="primary"
        busy={act.isPending && act.variables.action === 'repair'}
        disabledReason={reason}
        onClick={() => decide('repair')}
      >
        {gone ? 'Make a new server' : 'Repair: as recorded'}
      </Button>
      <Button
        icon="check"
        busy={act.isPending && act.variables.action === 'accept'}
        disabledReason={reason}
        onClick={() => decide('accept')}
      >
        {gone ? 'Forget the server' : 'Accept: as it is there'}
      </Button>
      <Button variant="ghost" disabledReason={reason} onClick={() => ask('dismiss')}>
        Leave it
      </Button>
      {drift.action_operation_id && (
        <Link
          to="/operations/$id"
          params={{ id: drift.action_operation_id }}
          className="ml-auto text-accent underline-offset-2 hover:underline"
        >
          Follow the operation
        </Link>
      )}
      <ConfirmByTyping
        open={asking === 'accept' || asking === 'repair'}
        onOpenChange={() => ask(null)}
        title={asking === 'repair' ? `Make a new server for ${drift.label}` : `Forget the server of ${drift.label}`}
        name={drift.label}
        action={asking === 'repair' ? 'Make a new, empty one' : 'Forget it'}
        busy={act.isPending}
        error={null}
        onConfirm={() => asking !== 'dismiss' && asking !== null && act.mutate({ action: asking, confirm: drift.label })}
      >
        {asking === 'repair'
          ? 'What was on the old disk is not brought back, and the address will be another one.'
          : 'The record then says that there is no server.'}
      </ConfirmByTyping>
      <ReasonDialog
        open={asking === 'dismiss'}
        onOpenChange={() => ask(null)}
        title={`Leave the drift of ${drift.label}`}
        lead="It is left as it is until it changes again."
        action="Leave it"
        busy={dismiss.isPending}
        error={dismiss.error}
        onReason={(why) => dismiss.mutate(why)}
      />
    </footer>
  );
}
