import { type ReactNode, useState } from 'react';
import { ProblemNote } from './problem-note.tsx';
import { Button } from './ui/button.tsx';
import { Dialog, DialogFooter } from './ui/dialog.tsx';
import { TextField } from './ui/field.tsx';

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
  const [typed, setTyped] = useState('');
  const matches = typed.trim() === name;
  const close = (next: boolean): void => {
    setTyped('');
    onOpenChange(next);
  };
  return (
    <Dialog open={open} onOpenChange={close} title={title} description={children}>
      <form
        className="mt-4 flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (matches && !busy) onConfirm();
        }}
      >
        <TextField
          label={`Type ${name} to confirm`}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setTyped(event.target.value)}
        />
        {error ? <ProblemNote error={error} /> : null}
        <DialogFooter>
          <Button onClick={() => close(false)}>Keep it</Button>
          <Button type="submit" variant="danger" icon="trash" busy={busy} disabledReason={matches ? null : `Type “${name}” first.`}>
            {action}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}
