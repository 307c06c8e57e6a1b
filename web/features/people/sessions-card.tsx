/** Where a person is signed in, and ending that. */
import { useQuery } from '@tanstack/react-query';
import { api } from '../../kit/api/client.ts';
import { mySessionsQuery } from '../../kit/api/people-queries.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { peopleWords } from './words/people.ts';

export function SessionsCard() {
  const t = peopleWords.use();
  const sessions = useQuery(mySessionsQuery);
  const end = useAction((id: string) => api.endMySession({ id }));
  const others = useAction(() => api.endMyOtherSessions());
  return (
    <Card
      title={t('sessions')}
      actions={
        <Button busy={others.isPending} onClick={() => others.mutate(undefined)}>
          {t('endOthers')}
        </Button>
      }
    >
      {sessions.error && <ProblemNote error={sessions.error} retry={() => void sessions.refetch()} />}
      <ul className="divide-y divide-line">
        {sessions.data?.sessions.map((each) => (
          <li key={each.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
            <div className="min-w-48 flex-1">
              <p className="break-words">
                {each.agent} {each.is_this && <Badge tone="good">{t('thisOne')}</Badge>}
              </p>
              <p className="text-ink-2">
                {each.address} · {t('since')} <Time at={each.created_at} /> · {t('until')} <Time at={each.expires_at} />
              </p>
            </div>
            {!each.is_this && (
              <Button variant="danger" busy={end.isPending} onClick={() => end.mutate(each.id)}>
                {t('end')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
