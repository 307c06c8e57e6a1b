import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { QueueState } from '../../kit/api/client.ts';
import { deadLettersQuery, queueQuery } from '../../kit/api/queries.ts';
import { DeadLetters } from '../components/dead-letters.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Checkbox } from '../../kit/ui/field.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Table } from '../../kit/ui/table.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { pageProblem } from '../lib/abilities.ts';
import { count } from '../../kit/lib/format.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { kindName } from '../../kit/lib/words.ts';

export function JobsPage() {
  const session = useSession();
  const mayNot = pageProblem(session, '/jobs');
  const enabled = session !== undefined && mayNot === null;
  const [dismissed, showDismissed] = useState(false);
  const queue = useQuery({ ...queueQuery, enabled });
  const letters = useQuery({ ...deadLettersQuery(dismissed), enabled });
  return (
    <Page
      title="Jobs"
      lead={
        <>
          What waits, runs and is tried again by itself, and what stands still until you decide.{' '}
          <Link to="/sweeps" className="underline underline-offset-2">
            Sweeps
          </Link>{' '}
          run by the clock.
        </>
      }
    >
      {mayNot && <p className="text-ink-2">{mayNot}</p>}
      {queue.error && <ProblemNote error={queue.error} retry={() => void queue.refetch()} />}
      {(queue.isLoading || letters.isLoading) && <Loading what="the queue" />}
      {queue.data && <Totals queue={queue.data} />}
      {letters.error && <ProblemNote error={letters.error} retry={() => void letters.refetch()} />}
      {letters.data && (
        <Card
          title="Waits for a person"
          actions={<Checkbox label="Show dismissed" checked={dismissed} onChange={(event) => showDismissed(event.target.checked)} />}
        >
          {letters.data.letters.length === 0 ? (
            <p className="text-ink-2">Nothing stands still: no operation stalled, no sweep failed, no wake-up was lost.</p>
          ) : (
            <DeadLetters {...letters.data} />
          )}
        </Card>
      )}
      {queue.data && <Kinds queue={queue.data} />}
    </Page>
  );
}

function Totals({ queue }: { queue: QueueState }) {
  const items = [
    ['Waiting', queue.waiting],
    ['Running', queue.active],
    ['Tried again later', queue.scheduled],
    ['Waits for a person', queue.dead_letters],
  ] as const;
  return (
    <>
      <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        {items.map(([name, value]) => (
          <div key={name} className="rounded-lg border border-line bg-surface p-4">
            <dt className="text-ink-2">{name}</dt>
            <dd className={value > 0 && name === items[3][0] ? 'text-2xl font-semibold text-bad' : 'text-2xl font-semibold'}>
              {count(value)}
            </dd>
          </div>
        ))}
      </dl>
      <p className="text-ink-2">
        {queue.oldest_at === null ? (
          'Nothing waits.'
        ) : (
          <>
            The oldest waits since <Time at={queue.oldest_at} />.
          </>
        )}{' '}
        {queue.next_retry_at !== null && (
          <>
            The next attempt is due <Time at={queue.next_retry_at} />.
          </>
        )}
      </p>
    </>
  );
}

type Row = Pick<QueueState['queues'][number], 'waiting' | 'active' | 'scheduled' | 'oldest_at'>;

function Kinds({ queue }: { queue: QueueState }) {
  const rows: readonly (readonly [string, Row])[] = [
    ...queue.kinds.map((each) => [kindName(each.kind), each] as const),
    ...queue.queues.map((each) => [`Wake-ups: ${each.name}`, each] as const),
  ];
  return (
    <Card title="By kind">
      <Table label="Queue by kind" head={['Kind', 'Waiting', 'Running', 'Tried again later', 'Oldest']} className="min-w-[32rem]">
        {rows.map(([name, row]) => (
          <tr key={name}>
            <td className="py-1.5 pr-4">{name}</td>
            <td>{count(row.waiting)}</td>
            <td>{count(row.active)}</td>
            <td>{count(row.scheduled)}</td>
            <td>{row.oldest_at ? <Time at={row.oldest_at} /> : '–'}</td>
          </tr>
        ))}
      </Table>
    </Card>
  );
}
