import { useState } from 'react';
import { api, type Operation } from '../../kit/api/client.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { kindName, kindWords } from '../../kit/lib/words.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Button, type ButtonVariant } from '../../kit/ui/button.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { TextField } from '../../kit/ui/field.tsx';
import { MenuItem } from '../../kit/ui/menu.tsx';

interface RunAgainProps {
  /** The VPS's last operation, which failed. */
  operation: Operation;
  /** Why it cannot be run again now, or null. */
  problem: string | null;
  variant?: ButtonVariant;
  onRetried: (next: Operation) => void;
}

/** Whether it fails the same way until somebody removes its cause, who is asked whether that was done. */
const failsAgain = ({ fault }: Operation): boolean => fault !== null && !fault.retryable;

const retryOf = (operation: Operation, hostname: string) =>
  api.retryVps({
    id: operation.vps_id,
    idempotencyKey: `retry-${operation.id}-${hostname}`,
    ...(hostname === '' ? {} : { body: { hostname } }),
  });

/**
 * Runs a failed operation again. What can pass by itself runs at a click; what will fail the same way until somebody removes
 * its cause says so, and asks whether that was done.
 */
export function RunAgain({ operation, problem, variant = 'secondary', onRetried }: RunAgainProps) {
  const [asking, ask] = useState(false);
  const retry = useAction(() => retryOf(operation, ''), { done: (accepted) => onRetried(accepted.operation) });
  const stays = failsAgain(operation);
  return (
    <>
      <Button
        icon="retry"
        variant={stays ? 'secondary' : variant}
        busy={retry.isPending}
        disabledReason={problem}
        onClick={() => (stays ? ask(true) : retry.mutate())}
      >
        {stays ? 'Run again …' : 'Run again'}
      </Button>
      {asking && <CauseDialog operation={operation} onClose={() => ask(false)} onRetried={onRetried} />}
    </>
  );
}

/** The same in a menu. `onAsk`: shows CauseDialog. */
export function RunAgainItem({ operation, problem, onRetried, onAsk }: Omit<RunAgainProps, 'variant'> & { onAsk: () => void }) {
  const retry = useAction(() => retryOf(operation, ''), { done: (accepted) => onRetried(accepted.operation) });
  const stays = failsAgain(operation);
  return (
    <MenuItem disabledReason={problem} onSelect={() => (stays ? onAsk() : retry.mutate())}>
      {stays ? 'Run again …' : 'Run again'}
    </MenuItem>
  );
}

interface CauseProps {
  operation: Operation;
  onClose: () => void;
  onRetried: (next: Operation) => void;
}

/** What is to be removed first, and that it was. */
export function CauseDialog({ operation, onClose, onRetried }: CauseProps) {
  const [hostname, setHostname] = useState('');
  const retry = useAction(() => retryOf(operation, hostname.trim()), {
    quiet: true,
    done: (accepted) => {
      onClose();
      onRetried(accepted.operation);
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Run again: ${kindName(operation.kind)} ${operation.vps_label}`}
      description="It fails the same way until the cause is removed:"
    >
      <DialogForm
        error={retry.error}
        fields={['hostname']}
        missing={null}
        busy={retry.isPending}
        action="The cause is removed: run again"
        icon="retry"
        onCancel={onClose}
        onSubmit={() => retry.mutate()}
      >
        <p className="rounded-md border border-bad/40 bg-bad-soft px-4 py-3 break-words whitespace-pre-wrap">{operation.fault?.message}</p>
        {kindWords(operation.kind)?.names && (
          <TextField
            label="Another host name"
            help="Only where the name is the cause. Empty: the same name."
            value={hostname}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setHostname(event.target.value)}
            error={fieldError(retry.error, 'hostname')}
          />
        )}
      </DialogForm>
    </Dialog>
  );
}
