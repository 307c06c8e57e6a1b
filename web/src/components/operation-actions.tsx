import { api, type Operation, type Vps } from '../api/client.ts';
import { cancelProblem, roleProblem, vpsActionProblem } from '../lib/abilities.ts';
import { useAction } from '../lib/use-action.ts';
import { useSession } from '../lib/use-session.ts';
import { Button } from './ui/button.tsx';
import { toast } from './ui/toast.tsx';
import { isUnfinished } from '../api/queries.ts';

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
  const mayNot = roleProblem(useSession(), 'operator');
  const cancel = useAction(() => api.cancelOperation({ id: operation.id }), {
    done: ({ operation: after }) =>
      toast(
        after.status === 'cancelled' ? 'Cancelled before it began.' : 'Asked to stop; what is under way at the provider is finished first.',
      ),
  });
  const retry = useAction(() => api.retryVps({ id: operation.vps_id, idempotencyKey: `retry-${operation.id}` }), {
    done: (accepted) => onRetried(accepted.operation),
  });
  if (isUnfinished(operation.status))
    return (
      <Button
        icon="stop"
        variant="danger"
        busy={cancel.isPending}
        disabledReason={mayNot ?? cancelProblem(operation)}
        onClick={() => cancel.mutate()}
      >
        {operation.cancel_requested ? 'Stopping…' : 'Cancel'}
      </Button>
    );
  if (operation.status === 'succeeded') return null;
  const reason =
    mayNot ?? (isLast ? (vps ? vpsActionProblem('retry', vps, operation) : null) : 'A later operation of this VPS has followed.');
  return (
    <Button icon="retry" busy={retry.isPending} disabledReason={reason} onClick={() => retry.mutate()}>
      Run again
    </Button>
  );
}
