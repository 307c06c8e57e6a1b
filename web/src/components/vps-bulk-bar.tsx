import { useState } from 'react';
import { api, type Vps } from '../api/client.ts';
import { asApiError } from '../api/problem.ts';
import { roleProblem, vpsActionProblem } from '../lib/abilities.ts';
import { plural } from '../lib/format.ts';
import { useAction } from '../lib/use-action.ts';
import { useSession } from '../lib/use-session.ts';
import { ConfirmByTyping } from './confirm-by-typing.tsx';
import { Button } from './ui/button.tsx';
import { toast } from './ui/toast.tsx';

interface Outcome {
  readonly done: number;
  readonly refused: readonly string[];
}

/** What can be done to all chosen VPSes at once. Each is its own operation; one refusal does not stop the others. */
export function BulkBar({ chosen, clear }: { chosen: readonly Vps[]; clear: () => void }) {
  const session = useSession();
  const [asking, ask] = useState(false);
  const mayNot = roleProblem(session, 'operator');
  const finish =
    (what: string) =>
    (outcome: Outcome): void => {
      if (outcome.done > 0) toast(`${what}: ${plural(outcome.done, 'operation')} ordered.`);
      if (outcome.refused.length > 0)
        toast(`${what}: ${outcome.refused.length} refused`, { detail: outcome.refused.slice(0, 3).join(' '), bad: true });
      ask(false);
      clear();
    };
  const refresh = useAction(() => forEach(chosen, (vps) => api.refreshVps({ id: vps.id, idempotencyKey: crypto.randomUUID() })), {
    done: finish('Refresh'),
  });
  const remove = useAction(() => forEach(chosen, (vps) => api.deleteVps({ id: vps.id, query: { grace_hours: 0 } })), {
    done: finish('Delete'),
  });
  const alive = chosen.filter((vps) => vpsActionProblem('delete', vps, undefined) === null);
  const gone = alive.length === 0 ? 'All of them are terminated.' : null;
  return (
    <div
      role="toolbar"
      aria-label="Actions on the selected VPSes"
      className="flex flex-wrap items-center gap-2 rounded-md border border-accent/40 bg-accent-soft px-3 py-2"
    >
      <span className="font-medium">{plural(chosen.length, 'VPS', 'VPSes')} selected</span>
      <Button icon="refresh" busy={refresh.isPending} disabledReason={mayNot ?? gone} onClick={() => refresh.mutate()}>
        Refresh
      </Button>
      <Button icon="trash" variant="danger" disabledReason={mayNot ?? gone} onClick={() => ask(true)}>
        Delete
      </Button>
      <Button variant="ghost" onClick={clear}>
        Clear selection
      </Button>
      <ConfirmByTyping
        open={asking}
        onOpenChange={ask}
        title={`Delete ${plural(chosen.length, 'VPS', 'VPSes')}`}
        name={`delete ${chosen.length}`}
        action="Delete them"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
      >
        These servers and everything on their disks will be gone:{' '}
        {chosen
          .slice(0, 8)
          .map((vps) => vps.label)
          .join(', ')}
        {chosen.length > 8 && ` and ${chosen.length - 8} more`}.
      </ConfirmByTyping>
    </div>
  );
}

/** Four at a time: quick enough, and polite to the server. */
async function forEach(vpses: readonly Vps[], act: (vps: Vps) => Promise<unknown>): Promise<Outcome> {
  const refused: string[] = [];
  let done = 0;
  const waiting = [...vpses];
  const worker = async (): Promise<void> => {
    for (let vps = waiting.shift(); vps; vps = waiting.shift()) {
      try {
        await act(vps);
        done += 1;
      } catch (error) {
        refused.push(`${vps.label}: ${asApiError(error).message}`);
      }
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return { done, refused };
}
