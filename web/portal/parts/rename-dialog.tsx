/** Another name for something: one field, sent when it differs. */
import { useState } from 'react';
import { fieldError } from '../../kit/api/problem.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { TextField } from '../../kit/ui/field.tsx';

interface RenameProps {
  title: string;
  lead?: string;
  /** As it is called now. */
  name: string;
  /** What the field is called; said too while nothing new is typed. */
  label: string;
  action: string;
  /** Where the request has the name, for a refusal of it. */
  field: string;
  maxLength: number;
  rename: (name: string) => Promise<unknown>;
  onClose: () => void;
}

export function RenameDialog({ title, lead, name: now, label, action, field, maxLength, rename, onClose }: RenameProps) {
  const [name, setName] = useState(now);
  const wanted = name.trim();
  const send = useAction(() => rename(wanted), { quiet: true, done: onClose });
  return (
    <Dialog open onOpenChange={onClose} title={title} {...(lead !== undefined && { description: lead })}>
      <DialogForm
        error={send.error}
        fields={[field]}
        missing={wanted === '' || wanted === now ? label : null}
        busy={send.isPending}
        action={action}
        onCancel={onClose}
        onSubmit={() => send.mutate(undefined)}
      >
        <TextField
          label={label}
          value={name}
          maxLength={maxLength}
          spellCheck={false}
          autoCapitalize="none"
          onChange={(event) => setName(event.target.value)}
          error={fieldError(send.error, field)}
        />
      </DialogForm>
    </Dialog>
  );
}
