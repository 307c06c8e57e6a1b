import type { ReactNode } from 'react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { Operation, Vps, VpsDetail } from '../../kit/api/client.ts';
import {
  auditQuery,
  driftQuery,
  isUnfinished,
  operationQuery,
  outputsQuery,
  resourcesQuery,
  vpsOperationsQuery,
  vpsQuery,
} from '../../kit/api/queries.ts';
import { AuditRows } from '../components/audit-rows.tsx';
import { DriftCard } from '../components/drift-card.tsx';
import { Guarded, GuardedEach } from '../../kit/parts/guarded.tsx';
import { OperationActions } from '../components/operation-actions.tsx';
import { OperationTimeline } from '../../features/vps/operation-timeline.tsx';
import { Crumb } from '../components/crumb.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Proof } from '../../features/vps/proof.tsx';
import { StackGraph } from '../components/stack-graph.tsx';
import { type Ended, hasEnded, Tombstone, WhatItWas } from '../components/tombstone.tsx';
import { Badge, SimulatedBadge } from '../../kit/ui/badge.tsx';
import { TagLinks } from '../components/tags-menu.tsx';
import { Card, Facts } from '../../kit/ui/card.tsx';
import { Code } from '../../kit/ui/copy.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Elapsed, Time } from '../../kit/ui/time.tsx';
import { VpsActions } from '../components/vps-actions.tsx';
import { VpsNotes } from '../components/vps-notes.tsx';
import { VpsNotices } from '../components/vps-notices.tsx';
import { Power, VpsState } from '../../features/vps/vps-state.tsx';
import { VpsPanel, VpsTabs } from '../components/vps-tabs.tsx';
import type { VpsTab } from '../lib/vps-tab.ts';
import { cn } from '../../kit/lib/cn.ts';
import { drawn, lastChanges } from '../../features/vps/resources.ts';
import { money } from '../../kit/lib/format.ts';
import { useMay } from '../../kit/lib/use-session.ts';
import { kindName, operationTone, sentenceCase, vpsTone } from '../../kit/lib/words.ts';

export function VpsPage() {
  const { id } = useParams({ from: '/app/vps/$id' });
  const { tab } = useSearch({ from: '/app/vps/$id' });
  const query = useQuery(vpsQuery(id));
  const may = useMay();
  const operations = useQuery({ ...vpsOperationsQuery(id), enabled: may('operation:read') });
  const vps = query.data;
  if (!vps)
    return (
      <Page title="VPS">
        {query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} /> : <Loading what="the VPS" />}
      </Page>
    );
  if (hasEnded(vps)) return <EndedPage vps={vps} tab={tab} operations={operations.data} />;
  return (
    <Page
      title={vps.label}
      above={<Crumb to="/vps" />}
      lead={
        <span className="flex flex-wrap items-center gap-2">
          <VpsState vps={vps} />
          {vps.simulated && <SimulatedBadge />}
          {vps.ipv4 && <Code what="IPv4 address">{vps.ipv4}</Code>}
        </span>
      }
      actions={<VpsActions vps={vps} last={operations.data?.[0]} />}
    >
      <VpsNotices vps={vps} />
      <DriftOf vps={vps} />
      <VpsTabs vps={vps} tab={tab} />
      {tab !== undefined && <VpsPanel vps={vps} tab={tab} operations={operations.data} />}
      {tab === undefined && (
        <>
          <Columns
            main={
              <>
                {operations.error && <ProblemNote error={operations.error} />}
                {operations.data && <Timeline vps={vps} operations={operations.data} />}
                {operations.data && <Resources vps={vps} operations={operations.data} />}
              </>
            }
            side={
              <>
                <Proof vps={vps} />
                <About vps={vps} />
                <VpsNotes vps={vps} key={vps.id} />
                <Outputs vps={vps} />
              </>
            }
          />
          <Guarded>
            <Audit vps={vps} />
          </Guarded>
        </>
      )}
    </Page>
  );
}

interface EndedProps {
  vps: Ended;
  tab: VpsTab | undefined;
  operations: readonly Operation[] | undefined;
}

/** Of one that is terminated: its tombstone, what was done to it, and what is kept. */
function EndedPage({ vps, tab, operations }: EndedProps) {
  return (
    <Page
      title={vps.label}
      above={<Crumb to="/vps" />}
      lead={
        <span className="flex flex-wrap items-center gap-2">
          <Badge tone={vpsTone(vps.status)}>{sentenceCase(vps.status)}</Badge>
          {vps.simulated && <SimulatedBadge />}
        </span>
      }
    >
      <VpsTabs vps={vps} tab={tab} />
      {tab === 'snapshots' ? (
        <VpsPanel vps={vps} tab={tab} operations={operations} />
      ) : (
        <>
          <Columns
            main={
              <>
                <Tombstone vps={vps} />
                {operations && <Timeline vps={vps} operations={operations} />}
              </>
            }
            side={<WhatItWas vps={vps} />}
          />
          <Guarded>
            <Audit vps={vps} />
          </Guarded>
        </>
      )}
    </Page>
  );
}

function Columns({ main, side }: { main: ReactNode; side: ReactNode }) {
  return (
    <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <div className="flex min-w-0 flex-col gap-5">
        <GuardedEach>{main}</GuardedEach>
      </div>
      <div className="flex min-w-0 flex-col gap-5">
        <GuardedEach>{side}</GuardedEach>
      </div>
    </div>
  );
}

function Resources({ vps, operations }: { vps: Vps; operations: readonly Operation[] }) {
  const resources = useQuery({ ...resourcesQuery(vps.id), enabled: useMay()('stack:read') });
  return (
    <Card title="Resources of the stack">
      {resources.error && <ProblemNote error={resources.error} retry={() => void resources.refetch()} />}
      {resources.data && <StackGraph resources={drawn(resources.data)} changes={lastChanges(operations)} />}
    </Card>
  );
}

/** One operation opened, the others below it; the open one is in the address. */
function Timeline({ vps, operations }: { vps: VpsDetail; operations: readonly Operation[] }) {
  const { operation: asked } = useSearch({ from: '/app/vps/$id' });
  const navigate = useNavigate({ from: '/vps/$id' });
  const listed = operations.find(({ id }) => id === asked);
  // One that the list does not have is asked for; never is another shown in its place.
  const single = useQuery({ ...operationQuery(asked ?? ''), enabled: asked !== undefined && listed === undefined });
  const open = asked === undefined ? (operations.find(({ status }) => isUnfinished(status)) ?? operations[0]) : (listed ?? single.data);
  const choose = (id: string): void => void navigate({ search: { operation: id }, replace: true, resetScroll: false });
  if (!open && asked !== undefined)
    return <Card title="Operation">{single.error ? <ProblemNote error={single.error} /> : <Loading what="the operation" />}</Card>;
  if (!open) return null;
  return (
    <Card
      title={kindName(open.kind)}
      actions={
        <span className="flex flex-wrap items-center gap-2">
          <Badge tone={operationTone(open.status)}>{sentenceCase(open.status)}</Badge>
          <OperationActions operation={open} vps={vps} isLast={open.id === operations[0]?.id} onRetried={(next) => choose(next.id)} />
        </span>
      }
    >
      <OperationTimeline operation={open} key={open.id} />
      {operations.length > 1 && (
        <nav aria-label="Operations of this VPS" className="mt-4 border-t border-line pt-3">
          <ul className="flex flex-col">
            {operations.map((operation) => (
              <li key={operation.id}>
                <button
                  type="button"
                  aria-current={operation.id === open.id ? 'true' : undefined}
                  onClick={() => choose(operation.id)}
                  className={cn(
                    'flex w-full flex-wrap items-center gap-3 rounded px-2 py-1.5 text-left hover:bg-raised',
                    operation.id === open.id && 'bg-raised',
                  )}
                >
                  <span className="w-24">
                    <Badge tone={operationTone(operation.status)}>{sentenceCase(operation.status)}</Badge>
                  </span>
                  <span className="font-medium">{kindName(operation.kind)}</span>
                  <span className="ml-auto flex gap-3 text-xs text-ink-2">
                    {operation.started_at && <Elapsed from={operation.started_at} to={operation.finished_at} />}
                    <Time at={operation.created_at} />
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </nav>
      )}
    </Card>
  );
}

/** The name, and the provider's own id below it where that is another word. */
function named(name: string, id: string): ReactNode {
  return (
    <>
      {name}
      {name !== id && <code className="block font-mono text-xs break-all text-ink-2">{id}</code>}
    </>
  );
}

/** What the provider takes; nothing for who may not know it. */
function priceOf({ provider_price: price, backups }: VpsDetail): (readonly [string, ReactNode])[] {
  return price ? [['Price', `${money(price.monthly, price.currency)} a month${backups ? ', backups included' : ''}`]] : [];
}

function About({ vps }: { vps: VpsDetail }) {
  const mono = (text: string | null) => text && <code className="font-mono text-[0.8125rem] break-all">{text}</code>;
  return (
    <Card title="About">
      <Facts
        items={[
          ['Power', <Power key="power" vps={vps} />],
          ['IPv4', vps.ipv4 && <Code what="IPv4 address">{vps.ipv4}</Code>],
          ['IPv6', vps.ipv6 && <Code what="IPv6 address">{vps.ipv6}</Code>],
          ['DNS name', vps.dns_name && <Code what="DNS name">{vps.dns_name}</Code>],
          ['Host name', mono(vps.hostname)],
          ['Customer', vps.organization_name],
          ...priceOf(vps),
          ['Provider', vps.names.provider],
          ['Region', named(vps.names.region, vps.region)],
          ['Plan', named(vps.names.plan, vps.plan)],
          ['Image', named(vps.names.image, vps.image)],
          ['Server id', mono(vps.instance_id)],
          ['Reference', vps.external_reference],
          ['Tags', vps.tags.length > 0 ? <TagLinks key="tags" tags={vps.tags} /> : null],
          ['Password', vps.password_available ? (vps.password_revealed ? 'was shown' : 'never shown') : 'not made yet'],
          ['Created', <Time key="at" at={vps.created_at} />],
          [
            'Id',
            <Code key="id" what="VPS id">
              {vps.id}
            </Code>,
          ],
        ]}
      />
    </Card>
  );
}

function DriftOf({ vps }: { vps: Vps }) {
  const may = useMay();
  const drifts = useQuery({ ...driftQuery({ vps_id: vps.id }), enabled: may('drift:read') }).data;
  return drifts?.map((drift) => <DriftCard key={drift.id} drift={drift} withVps={false} />);
}

function Outputs({ vps }: { vps: Vps }) {
  const outputs = useQuery({ ...outputsQuery(vps.id), enabled: vps.status !== 'provisioning' }).data?.outputs;
  if (!outputs) return null;
  return (
    <Card title="Outputs">
      <Facts
        items={Object.entries(outputs).map(([name, value]) => [
          name,
          value === null || value === '' ? null : (
            <code key={name} className="font-mono text-[0.8125rem] break-all">
              {value}
            </code>
          ),
        ])}
      />
    </Card>
  );
}

/** The newest lines of the audit trail about this VPS. */
function Audit({ vps }: { vps: Vps }) {
  const may = useMay();
  const audit = useInfiniteQuery({ ...auditQuery(vps.id), enabled: may('audit:read') });
  const events = audit.data?.pages.flatMap((page) => page.events);
  if (!events) return null;
  return (
    <section aria-labelledby="vps-audit" className="flex flex-col gap-2">
      <h2 id="vps-audit" className="font-semibold">
        Audit
      </h2>
      <AuditRows events={events} />
    </section>
  );
}
