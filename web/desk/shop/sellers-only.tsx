/** Around the pages about selling: who is not of the seller's house reads why, and nothing is asked that would be refused. */
import { Outlet } from '@tanstack/react-router';
import { useSession } from '../../kit/lib/use-session.ts';
import { Page } from '../../kit/parts/page.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { platformProblem } from '../lib/abilities.ts';

export function SellersOnly() {
  const session = useSession();
  if (!session) return <Loading what="who you are" />;
  const problem = platformProblem(session);
  if (problem === null) return <Outlet />;
  return (
    <Page title="Selling">
      <p className="text-ink-2">{problem}</p>
    </Page>
  );
}
