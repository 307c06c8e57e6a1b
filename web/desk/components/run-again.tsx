import { useState } from 'react';
import { api, type Operation } from '../../kit/api/client.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { kindName, kindWords } from '../../kit/lib/words.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Button, type ButtonVariant } from '../../kit/ui/button.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { TextField } from '../../kit/ui/field.tsx';

interface RunAgainProps {
  /** The VPS's last operation, which failed. */
  operation: Operation;
  /** Why it cannot be run again now, or null. */
  problem: string | null;
  variant?: ButtonVariant;
  onRetried: (next: Operation) => void;
}

/**
 * Runs a failed operation again. What can pass by itself runs at a click; what will fail the same way until somebody removes
 * its cause says so, and asks whether that was done.
 */
export function RunAgain({ operation, problem, variant = 'secondary', onRetried }: RunAgainProps) {
  const [asking, ask] = useState(false);
  const stays = operation.fault !== null && !operation.fault.retryable;
  const retry = useAction(
    (hostname: string) =>
      api.retryVps({
        id: operation.vps_id,
        idempotencyKey: `retry-${operation.id}-${hostname}`,
        ...(hostname === '' ? {} : { body: { hostname } }),
      }),
    {
      quiet: stays,
      done: (accepted) => {
        ask(false);
        onRetried(accepted.operation);
      },
    },
  );
  return (
    <>
      <Button
        icon="retry"
        variant={stays ? 'secondary' : variant}
        busy={retry.isPending}
        disabledReason={problem}
        onClick={() => (stays ? ask(true) : retry.mutate(''))}
      >
        {stays ? 'Run again …' : 'Run again'}
      </Button>
      {asking && (
        <CauseDialog operation={operation} busy={retry.isPending} error={retry.error} onClose={() => ask(false)} onRun={retry.mutate} />
      )}
    </>
  );
}

interface CauseProps {
  operation: Operation;
  busy: boolean;
  error: unknown;
  onClose: () => void;
  onRun: (hostname: string) => void;
}

function CauseDialog({ operation, busy, error, onClose, onRun }: CauseProps) {
  const [hostname, setHostname] = useState('');
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Run again: ${kindName(operation.kind)} ${operation.vps_label}`}
      description="It fails the same way until the cause is removed:"
    >
      <DialogForm
        error={error}
        fields={['hostname']}
        missing={null}
        busy={busy}
        action="The cause is removed: run again"
        icon="retry"
        onCancel={onClose}
        onSubmit={() => onRun(hostname.trim())}
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
            error={fieldError(error, 'hostname')}
          />
        )}
      </DialogForm>
    </Dialog>
  );
}
