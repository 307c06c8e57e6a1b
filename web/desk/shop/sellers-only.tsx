/** Around the pages about selling: who may not see one reads why, and nothing is asked that would be refused. */
import { Outlet, useMatches } from '@tanstack/react-router';
import { useSession } from '../../kit/lib/use-session.ts';
import { Page } from '../../kit/parts/page.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { pageProblem } from '../lib/abilities.ts';

export function SellersOnly() {
  const session = useSession();
  const path = useMatches({ select: (matches) => matches.at(-1)?.fullPath ?? '' });
  if (!session) return <Loading what="who you are" />;
  const problem = pageProblem(session, listOf(path));
  if (problem === null) return <Outlet />;
  return (
    <Page title="Selling">
      <p className="text-ink-2">{problem}</p>
    </Page>
  );
}

/** One thing's page needs what the list of its kind does. */
const listOf = (path: string): string => path.replace(/\/\$.*$/, '');
