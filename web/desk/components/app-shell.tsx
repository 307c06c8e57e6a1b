/** The frame of every page behind the sign-in: navigation, search, the person's menu. */
import { CatchBoundary, Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { Fragment, Suspense, useEffect, useRef, useState } from 'react';
import { accountsQuery } from '../../kit/api/queries.ts';
import { useChanges } from '../../kit/api/use-changes.ts';
import { asApiError } from '../../kit/api/problem.ts';
import { mayOpen } from '../lib/abilities.ts';
import { PAGES, pageOf } from '../lib/pages.ts';
import { useReach } from '../../kit/lib/connection.ts';
import { lazyPart, PartMissing } from '../../kit/lib/lazy-part.tsx';
import { useSession } from '../../kit/lib/use-session.ts';
import { useShortcuts } from '../lib/use-shortcuts.ts';
import { LaterMenu } from '../../kit/parts/later-menu.tsx';
import { OfflineBar } from '../../kit/parts/offline-bar.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { Icon } from '../../kit/ui/icon.tsx';
import { IconButton } from '../../kit/ui/button.tsx';
import { toast } from '../../kit/ui/toast.tsx';
import { Tooltip } from '../../kit/ui/tooltip.tsx';

const CommandPalette = lazyPart(() => import('./command-palette.tsx'), 'CommandPalette');

export function AppShell() {
  const [palette, setPalette] = useState(false);
  const [drawer, setDrawer] = useState(false);
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  useShortcuts({ onPalette: () => setPalette(true) });
  const first = useRef(true);
  useEffect(() => {
    setDrawer(false);
    // A new page starts where a reader starts: at its content.
    if (!first.current) main.current?.focus({ preventScroll: true });
    first.current = false;
  }, [path]);
  return (
    <div className="flex min-h-dvh">
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-accent-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <aside className="sticky top-0 hidden h-dvh w-52 shrink-0 flex-col border-r border-line bg-surface md:flex">
        <Brand />
        <Navigation />
      </aside>
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="sticky top-0 z-30 flex h-13 items-center gap-2 border-b border-line bg-surface/95 px-3 sm:px-6">
          <IconButton icon="menu" label="Open navigation" className="md:hidden" onClick={() => setDrawer(true)} />
          <button
            type="button"
            onClick={() => setPalette(true)}
            className="flex h-9 min-w-0 flex-1 items-center gap-2 rounded-md border border-line bg-canvas px-3 text-ink-2 hover:border-line-strong sm:max-w-96"
          >
            <Icon name="search" />
            <span className="truncate">Search or jump to…</span>
            <kbd className="ml-auto hidden rounded border border-line px-1.5 font-sans text-xs sm:inline">Ctrl K</kbd>
          </button>
          <div className="ml-auto flex items-center gap-1">
            <LiveBadge />
            <PersonButton />
          </div>
        </header>
        <OfflineBar />
        <main id="main" ref={main} tabIndex={-1} className="flex-1 outline-none">
          <Outlet />
        </main>
      </div>
      <Dialog open={drawer} onOpenChange={setDrawer} title="Navigation" shape="drawer">
        <Navigation />
      </Dialog>
      {palette && (
        <CatchBoundary getResetKey={() => 0} errorComponent={({ error }) => <NoPalette error={error} onClose={() => setPalette(false)} />}>
          <Suspense fallback={null}>
            <CommandPalette onClose={() => setPalette(false)} />
          </Suspense>
        </CatchBoundary>
      )}
    </div>
  );
}

/** The search could not be loaded or drawn: that is said, and the page stays as it is. */
function NoPalette({ error, onClose }: { error: unknown; onClose: () => void }) {
  useEffect(() => {
    if (error instanceof PartMissing) error.again();
    const { message, remedy } = asApiError(error);
    toast(message, { detail: remedy, bad: true });
    onClose();
  });
  return null;
}

const LIVENESS = {
  idle: ['bg-line-strong', 'Not connected'],
  live: ['bg-good', 'Live: changes show at once'],
  quiet: ['bg-warn', 'No word from Plinth for some seconds: what is shown may be old'],
  reconnecting: ['bg-warn', 'Connection lost; trying again'],
  polling: ['bg-warn', 'No live connection: asking every few seconds'],
} as const;

/** Whether the pages are told of changes, or ask by the clock. */
function LiveBadge() {
  const liveness = useChanges();
  const reach = useReach();
  // A stream that is not torn yet brings nothing either, without a network.
  const [colour, text] = LIVENESS[reach === 'offline' ? 'idle' : liveness];
  return (
    <Tooltip text={text}>
      <span tabIndex={0} role="status" className="grid size-9 place-items-center">
        <span aria-hidden="true" className={`size-2 rounded-full ${colour}`} />
        <span className="sr-only">{text}</span>
      </span>
    </Tooltip>
  );
}

function Brand() {
  return (
    <Link to="/" className="flex h-13 items-center gap-2.5 border-b border-line px-4 font-semibold">
      <img src="/favicon.svg" alt="" className="size-6" />
      Plinth
    </Link>
  );
}

const ACTIVE = { className: 'bg-accent-soft !text-accent font-medium', 'aria-current': 'page' } as const;

function Navigation() {
  const session = useSession();
  // Shown to who may break it, while an account is at the simulator.
  const mayBreak = session !== undefined && mayOpen(session, '/simulator');
  const simulated = useQuery({ ...accountsQuery, enabled: mayBreak }).data?.providers.some((account) => account.simulated) ?? false;
  const here = useRouterState({ select: (state) => pageOf(state.location.pathname)?.to });
  const places = PAGES.filter(({ aside, to }) => (aside === undefined || to === here) && mayOpen(session, to));
  const item = 'flex min-h-9 items-center gap-2.5 rounded-md px-3 text-ink-2 hover:bg-raised hover:text-ink';
  return (
    <nav aria-label="Main" className="flex flex-1 flex-col gap-0.5 overflow-y-auto p-2">
      {places.map(({ to, label, icon, heading }) => (
        <Fragment key={to}>
          {heading && <p className="px-3 pt-3 pb-0.5 text-xs text-ink-2">{heading}</p>}
          <Link to={to} activeOptions={{ exact: to !== here || to === '/', includeSearch: false }} className={item} activeProps={ACTIVE}>
            <Icon name={icon} />
            {label}
          </Link>
        </Fragment>
      ))}
      {simulated && (
        <Link to="/simulator" className={`${item} mt-auto`} activeProps={ACTIVE}>
          <Icon name="simulator" />
          Simulator
        </Link>
      )}
    </nav>
  );
}

const personMenu = async () => (await import('./person-menu.tsx')).PersonMenu;

function PersonButton() {
  const session = useSession();
  return (
    <LaterMenu load={personMenu} className="flex h-9 items-center gap-2 rounded-md px-2 text-ink-2 hover:bg-raised hover:text-ink">
      <Icon name="user" />
      <span className="sr-only">Theme and sign-out, </span>
      <span className="max-w-40 truncate max-sm:sr-only">{session?.name ?? '…'}</span>
      <Icon name="chevron" className="size-3.5" />
    </LaterMenu>
  );
}
