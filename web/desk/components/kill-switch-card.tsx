import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type KillSwitches, type KillSwitchChange } from '../../kit/api/client.ts';
import { killSwitchesQuery } from '../../kit/api/queries.ts';
import { POLICIES, type Policy } from '../lib/drift-policy.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useMayCall } from '../../kit/lib/use-may-call.ts';
import { sentenceCase } from '../../kit/lib/words.ts';
import { DriftPolicies } from './drift-policies.tsx';
import { May } from '../../kit/parts/may.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { ReasonDialog } from '../../kit/parts/reason-dialog.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Time } from '../../kit/ui/time.tsx';

/** What Plinth may do without asking, and how to stop it at once. */
export function KillSwitchCard() {
  const switches = useQuery(killSwitchesQuery);
  return (
    <Card title="Kill switches">
      {switches.error && <ProblemNote error={switches.error} retry={() => void switches.refetch()} />}
      {switches.isPending && <Loading what="the switches" />}
      {switches.data && <Switches now={switches.data} />}
    </Card>
  );
}

function Switches({ now }: { now: KillSwitches }) {
  const [asking, ask] = useState<'stopped' | 'destructive_hold' | null>(null);
  const change = useAction((body: KillSwitchChange) => api.setKillSwitches({ body }), { done: () => ask(null) });
  const rows = [
    ['stopped', 'What Plinth does by itself', now.stopped, 'runs', 'is stopped', 'Sweeps look, and change nothing, while it is stopped.'],
    [
      'destructive_hold',
      'Destructive work',
      now.destructive_hold,
      'is allowed',
      'is held',
      'While held, nothing is destroyed, whoever asks.',
    ],
  ] as const;
  return (
    <div className="flex flex-col gap-4">
      {rows.map(([name, title, state, off, on, help]) => (
        <div key={name} className="flex flex-wrap items-center gap-3">
          <div className="min-w-60 flex-1">
            <p className="font-medium">
              {title} <Badge tone={state ? 'warn' : 'good'}>{state ? on : off}</Badge>
            </p>
            <p className="text-ink-2">
              {state ? (
                <>
                  {state.by}, <Time at={state.at} />: {state.reason}
                </>
              ) : (
                help
              )}
            </p>
          </div>
          <May call="setKillSwitches">
            {state ? (
              <Button busy={change.isPending} onClick={() => change.mutate({ [name]: false })}>
                {name === 'stopped' ? 'Start again' : 'Lift the hold'}
              </Button>
            ) : (
              <Button variant="danger" icon="stop" onClick={() => ask(name)}>
                {name === 'stopped' ? 'Stop' : 'Hold'}
              </Button>
            )}
          </May>
        </div>
      ))}
      <Policies now={now} onChange={(account_id, drift_policy) => change.mutate({ account_id: account_id as never, drift_policy })} />
      <DriftPolicies accounts={now.accounts} />
      <ReasonDialog
        open={asking !== null}
        onOpenChange={() => ask(null)}
        title={asking === 'stopped' ? 'Stop all that Plinth does by itself' : 'Hold destructive work'}
        lead="Others see who did it and why."
        action={asking === 'stopped' ? 'Stop' : 'Hold'}
        busy={change.isPending}
        error={null}
        onReason={(reason) => asking && change.mutate({ [asking]: true, reason })}
      />
    </div>
  );
}

function Policies({ now, onChange }: { now: KillSwitches; onChange: (accountId: string, policy: Policy) => void }) {
  const mayChange = useMayCall()('setKillSwitches');
  if (now.accounts.length === 0) return null;
  return (
    <fieldset className="border-t border-line pt-3">
      <legend className="font-medium">When a server of an account drifts</legend>
      <ul className="flex flex-col gap-2">
        {now.accounts.map((account) => (
          <li key={account.account_id} className="flex flex-wrap items-center gap-3">
            <span className="min-w-60 flex-1">{account.name}</span>
            <select
              aria-label={`Drift at ${account.name}`}
              value={account.drift_policy}
              disabled={!mayChange}
              onChange={(event) => onChange(account.account_id, event.target.value as Policy)}
              className="min-h-9 rounded-md border border-line-strong bg-surface px-2"
            >
              {POLICIES.map(([value, label]) => (
                <option key={value} value={value}>
                  {sentenceCase(label)}
                </option>
              ))}
            </select>
          </li>
        ))}
      </ul>
      <p className="mt-1 text-xs text-ink-2">A vanished server always waits for a person.</p>
    </fieldset>
  );
}
