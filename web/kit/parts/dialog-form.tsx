import type { FormEvent, ReactNode } from 'react';
import { fieldError } from '../api/problem.ts';
import { ProblemNote } from './problem-note.tsx';
import { Button, type ButtonVariant } from '../ui/button.tsx';
import { DialogFooter } from '../ui/dialog.tsx';
import type { IconName } from '../ui/icon.tsx';
import { kitWords } from '../words/kit.ts';

interface DialogFormProps {
  children: ReactNode;
  /** The last refusal. */
  error: unknown;
  /** Which fields show a refusal of theirs; any other stands in a note above the buttons. */
  fields: readonly string[];
  /** Why it cannot be sent yet, or null. */
  missing: string | null;
  busy: boolean;
  action: string;
  variant?: ButtonVariant;
  icon?: IconName;
  cancel?: string;
  /** What it would send, written down; shown when nothing is missing. */
  code?: ReactNode;
  onCancel: () => void;
  onSubmit: () => void;
}

/** The fields of a dialog, with what every one of them has below: the refusal, the way out and the way on. */
export function DialogForm(props: DialogFormProps) {
  const {
    children,
    error,
    fields,
    missing,
    busy,
    action,
    variant = 'primary',
    icon,
    cancel = kitWords.say('cancel'),
    code,
    onCancel,
    onSubmit,
  } = props;
  const atField = fields.some((field) => fieldError(error, field));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (missing === null && !busy) onSubmit();
  };
  return (
    <form onSubmit={submit} className="mt-4 flex flex-col gap-4" noValidate>
      {children}
      {missing === null && code}
      {error && !atField ? <ProblemNote error={error} /> : null}
      <DialogFooter>
        <Button onClick={onCancel}>{cancel}</Button>
        <Button type="submit" variant={variant} {...(icon && { icon })} busy={busy} disabledReason={missing}>
          {action}
        </Button>
      </DialogFooter>
    </form>
  );
}
