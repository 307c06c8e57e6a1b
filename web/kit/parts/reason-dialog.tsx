import { useState } from 'react';
import { fieldError } from '../api/problem.ts';
import { DialogForm } from './dialog-form.tsx';
import type { ButtonVariant } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';

interface ReasonProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  lead: string;
  action: string;
  variant?: ButtonVariant;
  busy: boolean;
  error: unknown;
  onReason: (reason: string) => void;
}

/** Asks why; whoever reads it is in `lead`. */
export function ReasonDialog({ open, onOpenChange, title, lead, action, variant = 'primary', busy, error, onReason }: ReasonProps) {
  const [reason, setReason] = useState('');
  const missing = reason.trim().length < 3 ? 'Say why, in at least 3 characters.' : null;
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} description={lead}>
      <DialogForm
        error={error}
        fields={['reason']}
        missing={missing}
        busy={busy}
        action={action}
        variant={variant}
        onCancel={() => onOpenChange(false)}
        onSubmit={() => onReason(reason.trim())}
      >
        <TextField
          label="Reason"
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.target.value)}
          error={fieldError(error, 'reason')}
        />
      </DialogForm>
    </Dialog>
  );
}
