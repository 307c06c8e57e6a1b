import { type ReactNode, useState } from 'react';
import { DialogForm } from './dialog-form.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { kitWords } from '../words/kit.ts';

interface ConfirmProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** What will happen, and what cannot be undone. */
  children: ReactNode;
  /** What has to be typed: the name of the thing. */
  name: string;
  action: string;
  busy: boolean;
  error: unknown;
  onConfirm: () => void;
}

/** For what cannot be undone: names the thing and asks to type that name. */
export function ConfirmByTyping({ open, onOpenChange, title, children, name, action, busy, error, onConfirm }: ConfirmProps) {
  const t = kitWords.use();
  const [typed, setTyped] = useState('');
  const matches = typed.trim() === name;
  const close = (next: boolean): void => {
    setTyped('');
    onOpenChange(next);
  };
  return (
    <Dialog open={open} onOpenChange={close} title={title} description={children}>
      <DialogForm
        error={error}
        fields={[]}
        missing={matches ? null : t('typeFirst', { name })}
        busy={busy}
        action={action}
        variant="danger"
        icon="trash"
        cancel={t('keep')}
        onCancel={() => close(false)}
        onSubmit={onConfirm}
      >
        <TextField
          label={t('typeToConfirm', { name })}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setTyped(event.target.value)}
        />
      </DialogForm>
    </Dialog>
  );
}
