import { useEffect, useState } from 'react';
import { api, type RevealAnswer, type Session, type Vps } from '../../kit/api/client.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { rightProblem, vpsActionProblem } from '../lib/abilities.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Code } from '../../kit/ui/copy.tsx';
import { Dialog, DialogFooter } from '../../kit/ui/dialog.tsx';
import { Checkbox, TextField } from '../../kit/ui/field.tsx';
import { useNow } from '../../kit/ui/time.tsx';

const SHOWN_MS = 60_000;

/** Why it cannot be shown to who is signed in, or null. */
export function revealProblem(session: Session | undefined, vps: Vps): string | null {
  const again = vps.password_revealed;
  const reason = rightProblem(session, again ? 'vps:reveal-again' : 'vps:reveal') ?? vpsActionProblem('reveal', vps, undefined);
  return again && reason ? `Shown once already. ${reason}` : reason;
}

export function RevealPassword({ vps }: { vps: Vps }) {
  const session = useSession();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button icon="eye" disabledReason={revealProblem(session, vps)} onClick={() => setOpen(true)}>
        Reveal password
      </Button>
      {open && <RevealDialog vps={vps} onClose={() => setOpen(false)} />}
    </>
  );
}

/** Asks for a reason, shows the password for a minute, and forgets it. Each time is in the audit trail. */
export function RevealDialog({ vps, onClose }: { vps: Vps; onClose: () => void }) {
  const [shown, setShown] = useState<{ reveal: RevealAnswer; until: number } | null>(null);
  // What it is when it is asked: by the answer it has been shown.
  const [again] = useState(vps.password_revealed);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={`Password of ${vps.label}`}>
      {shown ? (
        <Shown {...shown} onEnd={onClose} />
      ) : (
        <Ask vps={vps} again={again} onShown={(reveal) => setShown({ reveal, until: Date.now() + SHOWN_MS })} onCancel={onClose} />
      )}
    </Dialog>
  );
}

function Ask({
  vps,
  again,
  onShown,
  onCancel,
}: {
  vps: Vps;
  again: boolean;
  onShown: (reveal: RevealAnswer) => void;
  onCancel: () => void;
}) {
  const [reason, setReason] = useState('');
  const [sure, setSure] = useState(!again);
  const reveal = useAction(() => api.revealVpsPassword({ id: vps.id, body: { reason, again } }), { quiet: true, done: onShown });
  const problem = reason.trim().length < 3 ? 'Say why, in at least 3 characters.' : sure ? null : 'Confirm that it is shown again.';
  return (
    <DialogForm
      error={reveal.error}
      fields={['reason']}
      missing={problem}
      busy={reveal.isPending}
      action="Show it"
      icon="eye"
      onCancel={onCancel}
      onSubmit={() => reveal.mutate()}
    >
      <p className="text-ink-2">It is shown for one minute. Who saw it, when and why is kept in the audit trail.</p>
      <TextField
        label="Reason"
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.target.value)}
        error={fieldError(reveal.error, 'reason')}
        placeholder="Handing it to the customer"
      />
      {again && <Checkbox label="It was shown before; show it again" checked={sure} onChange={(event) => setSure(event.target.checked)} />}
    </DialogForm>
  );
}

function Shown({ reveal, until, onEnd }: { reveal: RevealAnswer; until: number; onEnd: () => void }) {
  const now = useNow(500);
  const left = Math.max(0, Math.ceil((until - now.getTime()) / 1000));
  useEffect(() => {
    if (left === 0) onEnd();
  }, [left, onEnd]);
  return (
    <div className="mt-3 flex flex-col gap-3">
      <dl className="grid grid-cols-[6rem_minmax(0,1fr)] items-center gap-y-2">
        <dt className="text-ink-2">User</dt>
        <dd>
          <Code what="user">{reveal.username}</Code>
        </dd>
        <dt className="text-ink-2">Password</dt>
        <dd data-testid="password">
          <Code what="password">{reveal.password}</Code>
        </dd>
      </dl>
      <p className="text-ink-2">
        Hidden again in <span className="tabular-nums">{left}</span> s. Change it on the server after the first sign-in.
      </p>
      <meter aria-hidden="true" className="plain-meter h-1.5 w-full" min={0} max={SHOWN_MS / 1000} value={left} />
      <DialogFooter>
        <Button variant="primary" onClick={onEnd}>
          Hide now
        </Button>
      </DialogFooter>
    </div>
  );
}
