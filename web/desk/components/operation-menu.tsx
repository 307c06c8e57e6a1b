/** What can be done with one operation of a list. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Operation } from '../../kit/api/client.ts';
import { isUnfinished, vpsOperationsQuery, vpsQuery } from '../../kit/api/queries.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { kindName } from '../../kit/lib/words.ts';
import { CopyItem, OpenItem, RowMenu } from '../../kit/parts/row-menu.tsx';
import { MenuItem, MenuSeparator } from '../../kit/ui/menu.tsx';
import { toast } from '../../kit/ui/toast.tsx';
import { cancelProblem, rightProblem } from '../lib/abilities.ts';
import { retryProblem, useCancel } from './operation-actions.tsx';
import { CauseDialog, RunAgainItem } from './run-again.tsx';

export function OperationMenu({ operation }: { operation: Operation }) {
  const [asking, ask] = useState(false);
  const told = (): void => toast(`${kindName(operation.kind)} ${operation.vps_label} runs again.`);
  return (
    <>
      <RowMenu name={`${kindName(operation.kind)} ${operation.vps_label}`}>
        <OpenItem to={`/operations/${operation.id}`} />
        <OpenItem to={`/vps/${operation.vps_id}`}>Open its VPS</OpenItem>
        <CopyItem text={operation.id} what="id" />
        {operation.status !== 'succeeded' && <MenuSeparator />}
        {isUnfinished(operation.status) && <CancelItem operation={operation} />}
        {!isUnfinished(operation.status) && operation.status !== 'succeeded' && (
          <RetryItem operation={operation} onAsk={() => ask(true)} onRetried={told} />
        )}
      </RowMenu>
      {asking && <CauseDialog operation={operation} onClose={() => ask(false)} onRetried={told} />}
    </>
  );
}

function CancelItem({ operation }: { operation: Operation }) {
  const cancel = useCancel(operation);
  return (
    <MenuItem
      danger
      disabledReason={rightProblem(useSession(), 'operation:cancel') ?? cancelProblem(operation)}
      onSelect={() => cancel.mutate()}
    >
      Cancel
    </MenuItem>
  );
}

function RetryItem({ operation, onAsk, onRetried }: { operation: Operation; onAsk: () => void; onRetried: () => void }) {
  const session = useSession();
  const vps = useQuery(vpsQuery(operation.vps_id)).data;
  const siblings = useQuery(vpsOperationsQuery(operation.vps_id)).data;
  const problem = siblings ? retryProblem(session, operation, vps, siblings[0]?.id === operation.id) : 'Asking whether it can…';
  return <RunAgainItem operation={operation} problem={problem} onAsk={onAsk} onRetried={onRetried} />;
}
