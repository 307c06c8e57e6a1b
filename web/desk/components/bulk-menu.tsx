/** What can be done with one bulk run: the same on its page and in the list. */
import { api, type BulkRun } from '../../kit/api/client.ts';
import { plural } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { kindName } from '../../kit/lib/words.ts';
import { CopyItem, OpenItem, RowMenu } from '../../kit/parts/row-menu.tsx';
import { MenuItem, MenuSeparator } from '../../kit/ui/menu.tsx';
import { rightProblem } from '../lib/abilities.ts';

/** In the order of the buttons; `isOffered`: whether it can be done as the run is now, and else `why` not. */
export function useRunCalls(run: BulkRun) {
  const { id, status } = run;
  const pause = useAction(() => api.pauseBulkRun({ id, body: {} }));
  const resume = useAction(() => api.resumeBulkRun({ id }));
  const retry = useAction(() => api.retryBulkRun({ id, body: {} }));
  const cancel = useAction(() => api.cancelBulkRun({ id, body: {} }));
  const isOpen = status === 'running' || status === 'paused';
  return [
    { label: 'Pause', icon: 'stop', variant: 'secondary', call: pause, isOffered: status === 'running', why: `It is ${status}.` },
    { label: 'Resume', icon: 'retry', variant: 'primary', call: resume, isOffered: status === 'paused', why: `It is ${status}.` },
    {
      label: 'Retry what failed',
      icon: 'retry',
      variant: 'secondary',
      call: retry,
      isOffered: run.counts.failed > 0,
      why: 'Nothing failed.',
    },
    { label: 'Cancel the rest', icon: 'cross', variant: 'danger', call: cancel, isOffered: isOpen, why: `It is ${status}.` },
  ] as const;
}

export const runName = ({ action, counts }: BulkRun): string => `${kindName(action.action)} of ${plural(counts.total, 'VPS', 'VPSes')}`;

/** Of a row. */
export function RunMenu({ run }: { run: BulkRun }) {
  return (
    <RowMenu name={runName(run)}>
      <OpenItem to={`/bulk/${run.id}`} />
      <CopyItem text={run.id} what="id" />
      <MenuSeparator />
      <Items run={run} />
    </RowMenu>
  );
}

function Items({ run }: { run: BulkRun }) {
  const mayNot = rightProblem(useSession(), 'bulk:run');
  return useRunCalls(run).map(({ label, variant, call, isOffered, why }) => (
    <MenuItem key={label} danger={variant === 'danger'} disabledReason={mayNot ?? (isOffered ? null : why)} onSelect={() => call.mutate()}>
      {label}
    </MenuItem>
  ));
}
