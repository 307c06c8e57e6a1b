/** Who did what in a customer's name, the newest first. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { auditQuery } from '../../kit/api/queries.ts';
import { sentenceCase } from '../../kit/lib/words.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Time } from '../../kit/ui/time.tsx';
import { Page } from '../parts/page.tsx';
import { teamWords } from '../words/people.ts';

export function ActivityPage() {
  const t = teamWords.use();
  const audit = useInfiniteQuery(auditQuery());
  const events = audit.data?.pages.flatMap((page) => page.events) ?? [];
  return (
    <Page title={t('activity')} lead={t('activityLead')}>
      {audit.error && <ProblemNote error={audit.error} retry={() => void audit.refetch()} />}
      {audit.isLoading && <Loading what={t('theActivity')} />}
      {audit.data && events.length === 0 && <p className="py-8 text-center text-ink-2">{t('nothingYet')}</p>}
      {events.length > 0 && (
        <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
          {events.map((event) => (
            <li key={event.seq} className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 px-4 py-2.5">
              <span className="min-w-0 flex-1 basis-60">
                <span className="font-medium">{sentenceCase(event.action)}</span>
                <span className="block text-sm break-words text-ink-2">
                  {event.actor}
                  {event.on_behalf_of && ` ${t('forYou', { name: event.on_behalf_of.name })}`}
                  {event.address && ` ${t('from', { address: event.address })}`}
                </span>
              </span>
              <span className="text-sm text-ink-2">
                <Time at={event.at} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {audit.hasNextPage && (
        <Button className="self-start" busy={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
          {t('older')}
        </Button>
      )}
    </Page>
  );
}
