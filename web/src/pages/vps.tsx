import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { Operation, Vps, VpsDetail } from '../api/client.ts';
import { auditQuery, driftQuery, isUnfinished, outputsQuery, resourcesQuery, vpsOperationsQuery, vpsQuery } from '../api/queries.ts';
import { AuditRows } from '../components/audit-rows.tsx';
import { DriftCard } from '../components/drift-card.tsx';
import { OperationActions } from '../components/operation-actions.tsx';
import { OperationTimeline } from '../components/operation-timeline.tsx';
import { Page } from '../components/page.tsx';
import { ProblemNote } from '../components/problem-note.tsx';
import { StackGraph } from '../components/stack-graph.tsx';
import { Badge, SimulatedBadge } from '../components/ui/badge.tsx';
import { Card, Facts } from '../components/ui/card.tsx';
import { Code } from '../components/ui/copy.tsx';
import { Loading } from '../components/ui/spinner.tsx';
import { Elapsed, Time } from '../components/ui/time.tsx';
import { VpsActions } from '../components/vps-actions.tsx';
import { VpsNotes } from '../components/vps-notes.tsx';
import { Proof, VpsNotices } from '../components/vps-notices.tsx';
import { VpsPanel, VpsTabs } from '../components/vps-tabs.tsx';
import { operatorProblem } from '../lib/abilities.ts';
import { cn } from '../lib/cn.ts';
import { drawn, lastChanges } from '../lib/resources.ts';
import { useSession } from '../lib/use-session.ts';
import { kindName, operationTone, sentenceCase, vpsTone } from '../lib/words.ts';

export function VpsPage() {
  const { id } = useParams({ from: '/app/vps/$id' });
  const { tab } = useSearch({ from: '/app/vps/$id' });
  const query = useQuery(vpsQuery(id));
  const operations = useQuery(vpsOperationsQuery(id));
  const vps = query.data;
  if (!vps)
    return (
      <Page title="VPS">
        {query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} /> : <Loading what="the VPS" />}
      </Page>
    );
  return (
    <Page
      title={vps.label}
      lead={
        <span className="flex flex-wrap items-center gap-2">
          <Badge tone={vpsTone(vps.status)}>{sentenceCase(vps.status)}</Badge>
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
          <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-[minmax(0,1fr)_22rem]">
            <div className="flex min-w-0 flex-col gap-5">
              {operations.error && <ProblemNote error={operations.error} />}
              {operations.data && <Timeline vps={vps} operations={operations.data} />}
              {operations.data && <Resources vps={vps} operations={operations.data} />}
            </div>
            <div className="flex min-w-0 flex-col gap-5">
              <Proof vps={vps} />
              <About vps={vps} />
              <VpsNotes vps={vps} key={vps.id} />
              <Outputs vps={vps} />
            </div>
          </div>
          <Audit vps={vps} />
        </>
      )}
    </Page>
  );
}

function Resources({ vps, operations }: { vps: Vps; operations: readonly Operation[] }) {
  const resources = useQuery(resourcesQuery(vps.id));
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
  const open = operations.find(({ id }) => id === asked) ?? operations.find(({ status }) => isUnfinished(status)) ?? operations[0];
  const choose = (id: string): void => void navigate({ search: { operation: id }, replace: true, resetScroll: false });
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

function About({ vps }: { vps: Vps }) {
  const mono = (text: string | null) => text && <code className="font-mono text-[0.8125rem] break-all">{text}</code>;
  return (
    <Card title="About">
      <Facts
        items={[
          ['Power', vps.power_state ? sentenceCase(vps.power_state) : null],
          ['IPv4', vps.ipv4 && <Code what="IPv4 address">{vps.ipv4}</Code>],
          ['IPv6', vps.ipv6 && <Code what="IPv6 address">{vps.ipv6}</Code>],
          ['DNS name', vps.dns_name && <Code what="DNS name">{vps.dns_name}</Code>],
          ['Host name', mono(vps.hostname)],
          ['Provider', vps.provider],
          ['Region', mono(vps.region)],
          ['Plan', mono(vps.plan)],
          ['Image', mono(vps.image)],
          ['Server id', mono(vps.instance_id)],
          ['Reference', vps.external_reference],
          ['Tags', vps.tags.join(', ') || null],
          ['Password', vps.password_available ? (vps.password_revealed ? 'was shown' : 'never shown') : 'not made yet'],
          ['Created', <Time key="at" at={vps.created_at} />],
          ['Terminated', vps.deleted_at && <Time at={vps.deleted_at} />],
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
  const session = useSession();
  const drifts = useQuery({ ...driftQuery({ vps_id: vps.id }), enabled: session !== undefined && operatorProblem(session) === null }).data;
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
  const session = useSession();
  const audit = useInfiniteQuery({ ...auditQuery(vps.id), enabled: session !== undefined && operatorProblem(session) === null });
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
