import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { operationQuery, vpsOperationsQuery, vpsQuery } from '../../kit/api/queries.ts';
import { OperationActions } from '../components/operation-actions.tsx';
import { OperationTimeline } from '../../features/vps/operation-timeline.tsx';
import { Crumb } from '../components/crumb.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Card, Facts } from '../../kit/ui/card.tsx';
import { Code } from '../../kit/ui/copy.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { kindName, operationTone, sentenceCase } from '../../kit/lib/words.ts';

export function OperationPage() {
  const { id } = useParams({ from: '/app/operations/$id' });
  const navigate = useNavigate();
  const query = useQuery(operationQuery(id));
  const operation = query.data;
  const vpsId = operation?.vps_id ?? '';
  const vps = useQuery({ ...vpsQuery(vpsId), enabled: vpsId !== '' }).data;
  const siblings = useQuery({ ...vpsOperationsQuery(vpsId), enabled: vpsId !== '' }).data;
  if (!operation)
    return (
      <Page title="Operation">
        {query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} /> : <Loading what="the operation" />}
      </Page>
    );
  return (
    <Page
      title={`${kindName(operation.kind)} ${vps?.label ?? ''}`}
      above={<Crumb to="/operations" />}
      lead={<Badge tone={operationTone(operation.status)}>{sentenceCase(operation.status)}</Badge>}
      actions={
        <OperationActions
          operation={operation}
          vps={vps}
          isLast={siblings?.[0]?.id === id}
          onRetried={(next) => void navigate({ to: '/operations/$id', params: { id: next.id } })}
        />
      }
    >
      <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <Card title="Steps">
          <OperationTimeline operation={operation} key={id} />
        </Card>
        <Card title="About">
          <Facts
            items={[
              [
                'VPS',
                <Link key="vps" to="/vps/$id" params={{ id: operation.vps_id }} className="underline underline-offset-2">
                  {vps?.label ?? operation.vps_id}
                </Link>,
              ],
              ['Asked by', operation.actor],
              ['Asked', <Time key="at" at={operation.created_at} />],
              ['Began', operation.started_at && <Time at={operation.started_at} />],
              ['Ended', operation.finished_at && <Time at={operation.finished_at} />],
              ['Attempts', `${operation.attempt} of at most ${operation.max_attempts}`],
              [
                'Id',
                <Code key="id" what="operation id">
                  {operation.id}
                </Code>,
              ],
            ]}
          />
        </Card>
      </div>
    </Page>
  );
}
