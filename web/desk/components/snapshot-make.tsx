import { useState } from 'react';
import { api, type VpsAccepted, type VpsDetail } from '../../kit/api/client.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { TextArea, TextField } from '../../kit/ui/field.tsx';

interface MakeProps {
  vps: VpsDetail;
  onClose: () => void;
  onRequested: (accepted: VpsAccepted) => void;
}

export function SnapshotMake({ vps, onClose, onRequested }: MakeProps) {
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
    { quiet: true, done: onRequested },
  );
  const missing = name.trim() === '' ? 'Give it a name first.' : null;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Snapshot of ${vps.label}`}
      description="The whole disk as it is now, kept at the provider, and paid for, until it is deleted."
    >
      <DialogForm
        error={make.error}
        fields={['name', 'note']}
        missing={missing}
        busy={make.isPending}
        action="Make it"
        onCancel={onClose}
        onSubmit={() => make.mutate()}
      >
        <TextField
          label="Name"
          value={name}
          maxLength={64}
          placeholder="before the upgrade"
          onChange={(event) => setName(event.target.value)}
          error={fieldError(make.error, 'name')}
        />
        <TextArea
          label="Note"
          value={note}
          maxLength={500}
          onChange={(event) => setNote(event.target.value)}
          error={fieldError(make.error, 'note')}
        />
        {vps.power_state === 'running' && (
          <p className="text-ink-2">
            The server runs: its disk is taken as after a power failure. Stop the server first where a database or the like must be whole.
          </p>
        )}
      </DialogForm>
    </Dialog>
  );
}
