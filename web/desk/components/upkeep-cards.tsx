/** The master key, and whether the states of all stacks are sound. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type StateVerified } from '../../kit/api/client.ts';
import { masterKeyQuery } from '../../kit/api/panel-queries.ts';
import { plural } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { May } from '../../kit/parts/may.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { toast } from '../../kit/ui/toast.tsx';

/** Ids and counts, never a key. */
export function MasterKeyCard() {
  const state = useQuery(masterKeyQuery);
  const rotate = useAction(rotateAll, {
    done: ({ moved, unreadable, done }) =>
      toast(`${plural(moved, 'secret')} moved to the present key.`, {
        detail: done
          ? 'Every secret is under it: PLINTH_MASTER_KEY_PREVIOUS can go.'
          : unreadable[0]
            ? `${plural(unreadable.length, 'value')} could not be moved: ${unreadable[0].reason}`
            : null,
        bad: unreadable.length > 0,
      }),
  });
  const keys = state.data?.keys ?? [];
  const only = keys.every(({ key_id: id }) => id === state.data?.key_id);
  return (
    <Card
      id="master-key"
      title="Master key"
      actions={
        <May call="rotateMasterKey">
          <Button
            icon="key"
            busy={rotate.isPending}
            disabledReason={state.data === undefined ? 'It is not known yet.' : only ? 'Every secret is under the present key.' : null}
            onClick={() => rotate.mutate(undefined)}
          >
            Move to the present key
          </Button>
        </May>
      }
    >
      <p className="mb-3 text-ink-2">
        It seals every password and credential. To change it, start Plinth with the new one as PLINTH_MASTER_KEY and the old one as
        PLINTH_MASTER_KEY_PREVIOUS, move the secrets here, then start it without the old one.
      </p>
      {state.error && <ProblemNote error={state.error} retry={() => void state.refetch()} />}
      <ul className="divide-y divide-line" aria-label="Master keys">
        {keys.map((key) => (
          <li key={key.key_id} className="flex flex-wrap items-center gap-x-3 py-2">
            <code className="font-mono text-xs">{key.key_id}</code>
            <span className="text-ink-2">seals {plural(key.values, 'value')}</span>
            {key.key_id === state.data?.key_id && <Badge tone="good">Present</Badge>}
            {!key.loaded && <Badge tone="bad">Not loaded</Badge>}
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** Asks until all is done, or nothing moves any more. */
async function rotateAll() {
  for (let moved = 0; ;) {
    const answer = await api.rotateMasterKey({});
    moved += answer.rewrapped;
    if (answer.done || answer.rewrapped === 0) return { ...answer, moved };
  }
}

/** Asked for, never by itself: it reads the state of every stack. */
export function StateCard() {
  const [found, setFound] = useState<Pick<StateVerified, 'checked' | 'problems'> | null>(null);
  const verify = useAction(verifyAll, { quiet: true, done: setFound });
  return (
    <Card
      id="states"
      title="States of the stacks"
      actions={
        <Button icon="check" busy={verify.isPending} onClick={() => verify.mutate(undefined)}>
          Check all
        </Button>
      }
    >
      <p className="text-ink-2">Integrity, secrets and leftovers of every stack’s state. Checking changes nothing.</p>
      {verify.error && <ProblemNote error={verify.error} />}
      {found && (
        <p role="status" className="mt-2">
          {plural(found.checked, 'stack')} checked:{' '}
          {found.problems.length === 0 ? 'all of them are sound.' : `${plural(found.problems.length, 'problem')}.`}
        </p>
      )}
      <ul className="mt-2 flex flex-col gap-2">
        {found?.problems.map((problem) => (
          <li key={`${problem.stack} ${problem.rule}`}>
            <code className="font-mono text-xs">{problem.stack}</code> <span className="text-bad">{problem.rule}.</span> {problem.remedy}
          </li>
        ))}
      </ul>
    </Card>
  );
}

async function verifyAll(): Promise<Pick<StateVerified, 'checked' | 'problems'>> {
  let checked = 0;
  const problems: StateVerified['problems'] = [];
  for (let after: string | undefined; ;) {
    const page = await api.verifyState({ query: after === undefined ? {} : { after } });
    checked += page.checked;
    problems.push(...page.problems);
    if (page.next === null) return { checked, problems };
    after = page.next;
  }
}
