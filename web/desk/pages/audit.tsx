import { useInfiniteQuery } from '@tanstack/react-query';
import { auditQuery } from '../../kit/api/queries.ts';
import { useSearch } from '@tanstack/react-router';
import { AuditRows } from '../components/audit-rows.tsx';
import { Page } from '../../kit/parts/page.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { pageProblem } from '../lib/abilities.ts';
import { useSession } from '../../kit/lib/use-session.ts';

export function AuditPage() {
  const session = useSession();
  const mayNot = pageProblem(session, '/audit');
  const { target } = useSearch({ from: '/app/audit' });
  const audit = useInfiniteQuery({ ...auditQuery(target), enabled: session !== undefined && mayNot === null });
  const events = audit.data?.pages.flatMap((page) => page.events);
  const intact = audit.data?.pages[0]?.chain_intact;
  return (
    <Page
      title="Audit"
      lead="Who did what, in an order nobody can change: each line carries the hash of the one before."
      actions={
        intact !== undefined && <Badge tone={intact ? 'good' : 'bad'}>{intact ? 'The chain is intact' : 'The chain is broken'}</Badge>
      }
    >
      {audit.error && <ProblemNote error={audit.error} retry={() => void audit.refetch()} />}
      {mayNot && <p className="text-ink-2">{mayNot}</p>}
      {audit.isLoading && <Loading what="the audit trail" />}
      {events && <AuditRows events={events} />}
      {audit.hasNextPage && (
        <Button className="self-center" busy={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
          Show older
        </Button>
      )}
    </Page>
  );
}
