import { type FormEvent, useState } from 'react';
import { fieldError } from '../api/problem.ts';
import { ProblemNote } from './problem-note.tsx';
import { Button } from './ui/button.tsx';
import { Dialog, DialogFooter } from './ui/dialog.tsx';
import { TextField } from './ui/field.tsx';

interface ReasonProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  lead: string;
  action: string;
  busy: boolean;
  error: unknown;
  onReason: (reason: string) => void;
}

/** Asks why, for the audit trail. */
export function ReasonDialog({ open, onOpenChange, title, lead, action, busy, error, onReason }: ReasonProps) {
  const [reason, setReason] = useState('');
  const missing = reason.trim().length < 3 ? 'Say why, in at least 3 characters.' : null;
  const refused = fieldError(error, 'reason');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (missing === null) onReason(reason.trim());
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} description={lead}>
      <form onSubmit={submit} className="mt-4 flex flex-col gap-4">
        <TextField label="Reason" value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} error={refused} />
        {error && !refused ? <ProblemNote error={error} /> : null}
        <DialogFooter>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} disabledReason={missing}>
            {action}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}
