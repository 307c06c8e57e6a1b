/** From nothing to the first active VPS, in three steps. At the simulator a fourth follows: break it, and have it repaired. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { Overview } from '../../kit/api/client.ts';
import { accountsQuery, driftQuery, vpsListQuery } from '../../kit/api/queries.ts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { pageProblem } from '../lib/abilities.ts';
import { cn } from '../../kit/lib/cn.ts';
import { readStored, writeStored } from '../../kit/lib/storage.ts';
import { useMay, useSession } from '../../kit/lib/use-session.ts';
import { Button, buttonClass } from '../../kit/ui/button.tsx';
import { Icon } from '../../kit/ui/icon.tsx';

/** Whoever has more VPSes than this knows the way. */
const FEW = 3;

export function FirstRunGuide({ overview }: { overview: Overview }) {
  const session = useSession();
  const may = useMay();
  const mayAsk = may('account:read');
  const accounts = useQuery({ ...accountsQuery, enabled: mayAsk }).data;
  const vpses = useInfiniteQuery(vpsListQuery({}, 1)).data?.pages[0]?.instances;
  if (overview.by_status.some(({ status }) => status === 'active'))
    return session?.simulator_url && may('simulator:act') && may('drift:read') && overview.total <= FEW ? <BreakIt /> : null;
  if (overview.total > FEW || overview.by_status.some(({ status }) => status === 'terminated')) return null;
  // Nobody is led to what would be refused.
  if (pageProblem(session, '/vps/new') !== null) return null;
  const compute =
    accounts?.providers.filter(({ type }) => accounts.available.find((each) => each.type === type)?.roles.includes('compute')) ?? [];
  const first = vpses?.[0];
  const hasAccount = compute.length > 0 || !mayAsk;
  return (
    <section aria-labelledby="guide" className="rounded-lg border border-accent/40 bg-accent-soft p-5">
      <h2 id="guide" className="text-base font-semibold">
        From here to your first VPS
      </h2>
      <p className="mt-1 text-ink-2">
        {session?.simulator_url
          ? 'The providers are simulated on this machine: everything works as with the real ones, and nothing is bought.'
          : 'Three steps, a few minutes.'}
      </p>
      <ol className="mt-4 flex flex-col gap-3">
        <GuideStep done={hasAccount} now={!hasAccount} title="Connect a provider account">
          {hasAccount ? (
            `${compute.length || 'An'} account${compute.length === 1 ? ' is' : 's are'} ready.`
          ) : (
            <>
              An account is one API key at one provider. Plinth tries the key before it keeps it.{' '}
              <Link to="/admin" hash="providers" className="underline">
                Add an account
              </Link>
            </>
          )}
        </GuideStep>
        <GuideStep done={first !== undefined} now={hasAccount && first === undefined} title="Create a VPS">
          {first ? (
            <>“{first.label}” is on its way.</>
          ) : (
            <>
              <span className="block">
                Choose a plan, a region and an image. You see the price and every resource before anything is made.
              </span>
              {hasAccount && (
                <Link to="/vps/new" search={{ guide: true }} className={buttonClass('primary', 'mt-2')}>
                  <Icon name="plus" /> Create the first VPS
                </Link>
              )}
            </>
          )}
        </GuideStep>
        <GuideStep done={false} now={first !== undefined} title="Watch it become active, and take its password">
          {first ? (
            <Link to="/vps/$id" params={{ id: first.id }} className={buttonClass('primary', 'mt-1')}>
              Follow {first.label}
            </Link>
          ) : (
            'Its page shows each step as it happens.'
          )}
        </GuideStep>
      </ol>
    </section>
  );
}

const SKIPPED = 'plinth.guide.broken';

/** Until a drift was settled for the first time, whichever way, or somebody does not want to. */
function BreakIt() {
  const [skipped, skip] = useState(readStored(SKIPPED) !== null);
  const settled = useQuery({ ...driftQuery({ state: 'resolved', limit: 1 }), enabled: !skipped }).data;
  const active = useInfiniteQuery({ ...vpsListQuery({ status: 'active' }, 1), enabled: !skipped }).data?.pages[0]?.instances[0];
  if (skipped || settled?.length !== 0 || !active?.simulated) return null;
  const dismiss = (): void => {
    writeStored(SKIPPED, 'yes');
    skip(true);
  };
  return (
    <section aria-labelledby="guide" className="rounded-lg border border-accent/40 bg-accent-soft p-5">
      <h2 id="guide" className="text-base font-semibold">
        Your first VPS runs. Now break it
      </h2>
      <ol className="mt-3 flex flex-col gap-3">
        <GuideStep done={false} now title={`Switch ${active.label} off, or delete it, behind Plinth’s back`}>
          <span className="block">The simulator’s page does what somebody could do in the vendor’s console.</span>
          <Link to="/simulator" className={buttonClass('primary', 'mt-2 w-fit')}>
            <Icon name="simulator" /> Break it
          </Link>
        </GuideStep>
        <GuideStep done={false} now={false} title="Have Plinth look, and repair what it finds">
          <Link to="/drift" className="underline underline-offset-2">
            Drift and inventory
          </Link>{' '}
          shows what differs, and why it is sure.
        </GuideStep>
      </ol>
      <Button variant="ghost" className="mt-3" onClick={dismiss}>
        Not now
      </Button>
    </section>
  );
}

function GuideStep({ done, now, title, children }: { done: boolean; now: boolean; title: string; children: ReactNode }) {
  return (
    <li className="flex items-start gap-3" aria-current={now ? 'step' : undefined}>
      <span
        className={cn(
          'mt-0.5 grid size-5 shrink-0 place-items-center rounded-full border',
          done ? 'border-good bg-good-soft text-good' : now ? 'border-accent bg-surface' : 'border-line-strong',
        )}
      >
        {done && <Icon name="check" className="size-3.5" />}
      </span>
      <div className="min-w-0">
        <p className="font-medium">
          {title}
          {done && <span className="sr-only"> (done)</span>}
        </p>
        <div className="text-ink-2">{children}</div>
      </div>
    </li>
  );
}
