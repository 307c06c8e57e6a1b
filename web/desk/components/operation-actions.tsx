import { api, type Operation, type Session, type Vps } from '../../kit/api/client.ts';
import { cancelProblem, rightProblem, vpsActionProblem } from '../lib/abilities.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { RunAgain } from './run-again.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { toast } from '../../kit/ui/toast.tsx';
import { isUnfinished } from '../../kit/api/queries.ts';

/** Cancel while it runs; run again when it failed and is the VPS's last. */
export function OperationActions({
  operation,
  vps,
  isLast,
  onRetried,
}: {
  operation: Operation;
  vps: Vps | undefined;
  isLast: boolean;
  onRetried: (next: Operation) => void;
}) {
  const session = useSession();
  const cancel = useCancel(operation);
  if (isUnfinished(operation.status))
    return (
      <Button
        icon="stop"
        variant="danger"
        busy={cancel.isPending}
        disabledReason={rightProblem(session, 'operation:cancel') ?? cancelProblem(operation)}
        onClick={() => cancel.mutate()}
      >
        {operation.cancel_requested ? 'Stopping…' : 'Cancel'}
      </Button>
    );
  if (operation.status === 'succeeded') return null;
  return <RunAgain operation={operation} problem={retryProblem(session, operation, vps, isLast)} onRetried={onRetried} />;
}

export function useCancel(operation: Operation) {
  return useAction(() => api.cancelOperation({ id: operation.id }), {
    done: ({ operation: after }) =>
      toast(
        after.status === 'cancelled' ? 'Cancelled before it began.' : 'Asked to stop; what is under way at the provider is finished first.',
      ),
  });
}

/** Why it cannot be run again now, or null. */
export function retryProblem(session: Session | undefined, operation: Operation, vps: Vps | undefined, isLast: boolean): string | null {
  const mayNot = rightProblem(session, 'vps:retry');
  if (mayNot !== null) return mayNot;
  if (!isLast) return 'A later operation of this VPS has followed.';
  return vps ? vpsActionProblem('retry', vps, operation) : null;
}
