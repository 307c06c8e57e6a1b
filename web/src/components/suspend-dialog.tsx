import { type FormEvent, useState } from 'react';
import { api, type VpsAccepted, type VpsDetail } from '../api/client.ts';
import { fieldError } from '../api/problem.ts';
import { useAction } from '../lib/use-action.ts';
import { ProblemNote } from './problem-note.tsx';
import { Button } from './ui/button.tsx';
import { Dialog, DialogFooter } from './ui/dialog.tsx';
import { TextField } from './ui/field.tsx';

/** Switches a server off until somebody lifts it; the disk stays. */
export function SuspendDialog({
  vps,
  onClose,
  onOrdered,
}: {
  vps: VpsDetail;
  onClose: () => void;
  onOrdered: (accepted: VpsAccepted) => void;
}) {
  const [reason, setReason] = useState('');
  const [key] = useState(() => crypto.randomUUID());
  const suspend = useAction(() => api.actOnVps({ id: vps.id, body: { action: 'suspend', reason }, idempotencyKey: key }), {
    quiet: true,
    done: onOrdered,
  });
  const missing = reason.trim().length < 3 ? 'Say why, in at least 3 characters.' : null;
  const refused = fieldError(suspend.error, 'reason');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (missing === null) suspend.mutate();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Suspend ${vps.label}`}
      description="The server is switched off and stays off until the suspension ends. Its disk and address stay."
    >
      <form onSubmit={submit} className="mt-4 flex flex-col gap-4">
        <TextField label="Reason" value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} error={refused} />
        {suspend.error && !refused ? <ProblemNote error={suspend.error} /> : null}
        <DialogFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="danger" busy={suspend.isPending} disabledReason={missing}>
            Suspend
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}
