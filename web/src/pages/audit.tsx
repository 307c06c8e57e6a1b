import { useInfiniteQuery } from '@tanstack/react-query';
import { auditQuery } from '../api/queries.ts';
import { AuditRows } from '../components/audit-rows.tsx';
import { Page } from '../components/page.tsx';
import { ProblemNote } from '../components/problem-note.tsx';
import { Badge } from '../components/ui/badge.tsx';
import { Button } from '../components/ui/button.tsx';
import { Loading } from '../components/ui/spinner.tsx';
import { roleProblem } from '../lib/abilities.ts';
import { useSession } from '../lib/use-session.ts';

export function AuditPage() {
  const session = useSession();
  const mayNot = roleProblem(session, 'admin');
  const audit = useInfiniteQuery({ ...auditQuery(), enabled: session !== undefined && mayNot === null });
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
