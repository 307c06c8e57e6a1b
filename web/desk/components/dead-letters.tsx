import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type DeadLetter, type DeadLetterList } from '../../kit/api/client.ts';
import { plural } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { kindName, sentenceCase } from '../../kit/lib/words.ts';
import { May } from '../../kit/parts/may.tsx';
import { ReasonDialog } from '../../kit/parts/reason-dialog.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { toast } from '../../kit/ui/toast.tsx';

const SOURCES: Readonly<Record<DeadLetter['source'], string>> = { operation: 'Operation', sweep: 'Sweep', job: 'Wake-up' };

/** What stands still, with what to do about it; whole classes first, for after an outage. */
export function DeadLetters({ letters, classes }: DeadLetterList) {
  return (
    <div className="flex flex-col gap-4">
      {classes.some(({ count }) => count > 1) && (
        <ul aria-label="Classes of fault" className="flex flex-wrap gap-2">
          {classes
            .filter(({ count }) => count > 1)
            .map((each) => (
              <FaultClass key={`${each.source} ${each.fault}`} {...each} />
            ))}
        </ul>
      )}
      <ul aria-label="Dead letters" className="divide-y divide-line">
        {letters.map((letter) => (
          <Letter key={letter.id} letter={letter} />
        ))}
      </ul>
    </div>
  );
}

function FaultClass({ source, fault, count }: DeadLetterList['classes'][number]) {
  const retry = useAction(() => api.retryDeadLetters({ body: { source, fault }, idempotencyKey: crypto.randomUUID() }), {
    done: ({ retried, refused }) =>
      toast(`${plural(retried.length, 'runs', 'run')} again.`, {
        detail: refused[0] ? `${plural(refused.length, 'was', 'were')} refused: ${refused[0].detail}` : null,
        bad: refused.length > 0,
      }),
  });
  return (
    <li className="flex flex-wrap items-center gap-3 rounded-md border border-line bg-canvas px-3 py-2">
      <span>
        {count} × {sentenceCase(fault)}
      </span>
      <May call="retryDeadLetters">
        <Button icon="retry" busy={retry.isPending} onClick={() => retry.mutate()}>
          Run all {count} again
        </Button>
      </May>
    </li>
  );
}

function Letter({ letter }: { letter: DeadLetter }) {
  const [asking, ask] = useState(false);
  const retry = useAction(() => api.retryDeadLetter({ id: letter.id, idempotencyKey: crypto.randomUUID() }), {
    done: () => toast(`${nameOf(letter)} runs again.`),
  });
  const dismiss = useAction((reason: string) => api.dismissDeadLetter({ id: letter.id, body: { reason } }), {
    quiet: true,
    done: () => ask(false),
  });
  return (
    <li aria-label={nameOf(letter)} className="flex flex-wrap items-start gap-x-4 gap-y-2 py-3">
      <div className="min-w-0 flex-1 basis-80">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Badge tone={letter.dismissed ? 'quiet' : 'bad'}>{letter.dismissed ? 'Dismissed' : sentenceCase(letter.fault)}</Badge>
          <span className="font-medium">{nameOf(letter)}</span>
          {letter.operation_id !== null && (
            <Link to="/operations/$id" params={{ id: letter.operation_id }} className="text-ink-2 underline underline-offset-2">
              its story
            </Link>
          )}
          <span className="text-xs text-ink-2">
            {SOURCES[letter.source]}, {plural(letter.attempts, letter.source === 'sweep' ? 'run' : 'attempt')},{' '}
            <Time at={letter.happened_at} />
          </span>
        </p>
        <p className="mt-1 break-words">{letter.message}</p>
        <p className="mt-1 break-words text-ink-2">
          {letter.dismissed ? `${letter.dismissed.by}: ${letter.dismissed.reason}` : letter.remedy}
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        <May call="retryDeadLetter">
          <Button icon="retry" busy={retry.isPending} onClick={() => retry.mutate()}>
            Run again
          </Button>
        </May>
        {letter.dismissed === null && (
          <May call="dismissDeadLetter">
            <Button onClick={() => ask(true)}>Dismiss…</Button>
          </May>
        )}
      </div>
      {asking && (
        <ReasonDialog
          open
          onOpenChange={ask}
          title={`Dismiss ${nameOf(letter)}`}
          lead="It leaves this list until it happens again. The audit trail keeps by whom and why."
          action="Dismiss"
          busy={dismiss.isPending}
          error={dismiss.error}
          onReason={(reason) => dismiss.mutate(reason)}
        />
      )}
    </li>
  );
}

function nameOf(letter: DeadLetter): string {
  if (letter.source === 'sweep') return `${sentenceCase(letter.what)} sweep`;
  return letter.vps_label === null ? kindName(letter.what) : `${kindName(letter.what)} of ${letter.vps_label}`;
}
