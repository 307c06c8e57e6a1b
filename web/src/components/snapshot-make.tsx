import { type FormEvent, useState } from 'react';
import { api, type VpsAccepted, type VpsDetail } from '../api/client.ts';
import { asApiError, fieldError } from '../api/problem.ts';
import { useAction } from '../lib/use-action.ts';
import { ProblemNote } from './problem-note.tsx';
import { Button } from './ui/button.tsx';
import { Dialog, DialogFooter } from './ui/dialog.tsx';
import { TextArea, TextField } from './ui/field.tsx';

interface MakeProps {
  vps: VpsDetail;
  onClose: () => void;
  onOrdered: (accepted: VpsAccepted) => void;
}

export function SnapshotMake({ vps, onClose, onOrdered }: MakeProps) {
  const [name, setName] = useState('');
  const [note, setNote] = useState('');
  const [key] = useState(() => crypto.randomUUID());
  const make = useAction(
    () =>
      api.actOnVps({
        id: vps.id,
        body: { action: 'snapshot', name: name.trim(), ...(note.trim() === '' ? {} : { note: note.trim() }) },
        idempotencyKey: key,
      }),
    { quiet: true, done: onOrdered },
  );
  const missing = name.trim() === '' ? 'Give it a name first.' : null;
  const problem = make.error ? asApiError(make.error) : null;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (missing === null && !make.isPending) make.mutate();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Snapshot of ${vps.label}`}
      description="The whole disk as it is now, kept at the provider, and paid for, until it is deleted."
    >
      <form onSubmit={submit} className="mt-4 flex flex-col gap-4" noValidate>
        <TextField
          label="Name"
          value={name}
          maxLength={64}
          placeholder="before the upgrade"
          onChange={(event) => setName(event.target.value)}
          error={fieldError(problem, 'name')}
        />
        <TextArea
          label="Note"
          value={note}
          maxLength={500}
          onChange={(event) => setNote(event.target.value)}
          error={fieldError(problem, 'note')}
        />
        {vps.power_state === 'running' && (
          <p className="text-ink-2">
            The server runs: its disk is taken as after a power failure. Stop the server first where a database or the like must be whole.
          </p>
        )}
        {problem && problem.errors.length === 0 ? <ProblemNote error={problem} /> : null}
        <DialogFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={make.isPending} disabledReason={missing}>
            Make it
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}
