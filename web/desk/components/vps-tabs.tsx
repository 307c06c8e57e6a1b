/** The parts of a VPS's page. What is read at the provider is asked for only when its part is open. */
import { Link, useNavigate } from '@tanstack/react-router';
import type { Operation, VpsDetail } from '../../kit/api/client.ts';
import { isUnfinished } from '../../kit/api/queries.ts';
import { useOperationEvents } from '../../kit/api/use-operation-events.ts';
import { cn } from '../../kit/lib/cn.ts';
import type { VpsTab } from '../lib/vps-tab.ts';
import { kindName } from '../../kit/lib/words.ts';
import { hasEnded } from './tombstone.tsx';
import { Spinner } from '../../kit/ui/spinner.tsx';
import { VpsGraphs } from './vps-graphs.tsx';
import { VpsNetwork } from './vps-network.tsx';
import { VpsStack } from './vps-stack.tsx';
import { VpsSnapshots } from './vps-snapshots.tsx';

const TABS: readonly (readonly [tab: VpsTab | undefined, label: string])[] = [
  [undefined, 'Operations'],
  ['snapshots', 'Snapshots'],
  ['graphs', 'Graphs'],
  ['network', 'Network'],
  ['stack', 'Stack'],
];

/** What there is still to see of one that has ended. */
const STAYS: ReadonlySet<VpsTab | undefined> = new Set([undefined, 'snapshots']);

export function VpsTabs({ vps, tab: open }: { vps: VpsDetail; tab: VpsTab | undefined }) {
  return (
    <nav aria-label="Parts of this VPS" className="-mb-1 flex gap-1 overflow-x-auto border-b border-line">
      {TABS.filter(([tab]) => !hasEnded(vps) || STAYS.has(tab)).map(([tab, label]) => (
        <Link
          key={label}
          to="/vps/$id"
          params={{ id: vps.id }}
          search={tab === undefined ? {} : { tab }}
          replace
          resetScroll={false}
          aria-current={tab === open ? 'page' : undefined}
          className={cn(
            'border-b-2 px-2 py-2 sm:px-3 font-medium whitespace-nowrap',
            tab === open ? 'border-accent text-ink' : 'border-transparent text-ink-2 hover:text-ink',
          )}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}

interface PanelProps {
  vps: VpsDetail;
  tab: VpsTab;
  operations: readonly Operation[] | undefined;
}

export function VpsPanel({ vps, tab, operations }: PanelProps) {
  const navigate = useNavigate();
  const onRequested = ({ operation }: { operation: Operation }): void =>
    void navigate({ to: '/vps/$id', params: { id: vps.id }, search: { operation: operation.id } });
  return (
    <>
      <UnderWay vps={vps} operation={operations?.find(({ status }) => isUnfinished(status))} />
      {tab === 'snapshots' && <VpsSnapshots vps={vps} onRequested={onRequested} />}
      {tab === 'graphs' && <VpsGraphs vps={vps} />}
      {tab === 'stack' && <VpsStack vps={vps} />}
      {tab === 'network' && <VpsNetwork vps={vps} onRequested={onRequested} />}
    </>
  );
}

/** Follows what is under way, so that the panels renew themselves with its end. */
function UnderWay({ vps, operation }: { vps: VpsDetail; operation: Operation | undefined }) {
  useOperationEvents(operation?.id ?? null);
  if (!operation) return null;
  return (
    <p role="status" className="flex flex-wrap items-center gap-2 rounded-md border border-line bg-surface px-4 py-2">
      <Spinner /> {kindName(operation.kind)} is under way.
      <Link
        to="/vps/$id"
        params={{ id: vps.id }}
        search={{ operation: operation.id }}
        className="text-accent underline-offset-2 hover:underline"
      >
        Follow it
      </Link>
    </p>
  );
}
