/** The frame of every page behind the sign-in: at the side of a wide window, at the foot of a phone's. */
import { useQuery } from '@tanstack/react-query';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { meQuery } from '../kit/api/people-queries.ts';
import { useChanges } from '../kit/api/use-changes.ts';
import { isLanguage, setLanguage } from '../kit/i18n/language.ts';
import { brandName, useBrand } from '../kit/lib/brand.ts';
import { readStored } from '../kit/lib/storage.ts';
import { useSession } from '../kit/lib/use-session.ts';
import { LaterMenu } from '../kit/parts/later-menu.tsx';
import { OfflineBar } from '../kit/parts/offline-bar.tsx';
import { Dialog } from '../kit/ui/dialog.tsx';
import { Empty } from '../kit/ui/empty.tsx';
import { Icon } from '../kit/ui/icon.tsx';
import { kitWords } from '../kit/words/kit.ts';
import { Link } from './link.tsx';
import { ActingBar } from './parts/acting-bar.tsx';
import { Page } from './parts/page.tsx';
import { placesFor } from './places.ts';
import { shellWords } from './words/shell.ts';

const AT_FOOT = 4;

export function PortalShell() {
  const k = kitWords.use();
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const first = useRef(true);
  useLanguageOfPerson();
  useEffect(() => {
    // A new page starts where a reader starts: at its content.
    if (!first.current) main.current?.focus({ preventScroll: true });
    first.current = false;
  }, [path]);
  return (
    <div className="flex min-h-dvh bg-canvas text-[0.9375rem]">
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-accent-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {k('skip')}
      </a>
      <aside className="sticky top-0 hidden h-dvh w-60 shrink-0 flex-col border-r border-line bg-surface md:flex">
        <BrandMark />
        <SideNavigation />
        <Foot />
      </aside>
      <div className="flex min-w-0 flex-1 flex-col pb-16 md:pb-0">
        <header className="sticky top-0 z-30 flex h-14 items-center gap-2 border-b border-line bg-surface/95 px-4 sm:px-8">
          <BrandMark small />
          <div className="ml-auto flex items-center gap-1">
            <LiveDot />
            <PersonButton />
          </div>
        </header>
        <OfflineBar />
        <ActingBar />
        <main id="main" ref={main} tabIndex={-1} className="flex-1 outline-none">
          <Content path={path} />
        </main>
      </div>
      <PhoneNavigation />
    </div>
  );
}

/** Staff who belong to no organization have an account here, and nothing else: what they sell is at the desk. */
function Content({ path }: { path: string }) {
  const t = shellWords.use();
  const session = useSession();
  if (session?.organization_id !== null || path === '/portal/account') return <Outlet />;
  return (
    <Page title={t('staffHere')}>
      <Empty
        icon="user"
        title={t('staffNothing')}
        action={
          <a href="/customers" className="py-1 underline underline-offset-2">
            {t('toDesk')}
          </a>
        }
      >
        {t('staffWhere')}
      </Empty>
    </Page>
  );
}

/** The one of the account, unless another was chosen in this browser. */
function useLanguageOfPerson(): void {
  const locale = useQuery({ ...meQuery, enabled: useSession()?.user_id != null }).data?.locale;
  useEffect(() => {
    if (isLanguage(locale) && readStored('plinth.language') === null) setLanguage(locale);
  }, [locale]);
}

function BrandMark({ small = false }: { small?: boolean }) {
  const brand = useBrand();
  return (
    <Link
      to="/portal"
      className={`flex h-14 min-w-0 items-center gap-2.5 font-semibold ${small ? 'md:hidden' : 'border-b border-line px-5 text-base'}`}
    >
      <img src={brand?.logo ?? '/favicon.svg'} alt="" className="size-7" />
      <span className="truncate">{brandName()}</span>
    </Link>
  );
}

const ACTIVE = { className: 'bg-accent-soft !text-accent font-medium', 'aria-current': 'page' };

function SideNavigation() {
  const t = shellWords.use();
  const places = placesFor(useSession());
  return (
    <nav aria-label={t('main')} className="flex flex-1 flex-col gap-1 p-3">
      {places.map(({ to, word, icon }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: to === '/portal' }}
          className="flex min-h-10 items-center gap-3 rounded-md px-3 text-ink-2 hover:bg-raised hover:text-ink"
          activeProps={ACTIVE}
        >
          <Icon name={icon} className="size-[1.125rem]" />
          {t(word)}
        </Link>
      ))}
    </nav>
  );
}

function PhoneNavigation() {
  const t = shellWords.use();
  const places = placesFor(useSession());
  const [more, setMore] = useState(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  useEffect(() => setMore(false), [path]);
  const item = 'flex min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-[0.6875rem] text-ink-2';
  return (
    <nav
      aria-label={t('main')}
      className="fixed inset-x-0 bottom-0 z-30 flex h-16 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {places.slice(0, AT_FOOT).map(({ to, word, icon }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: to === '/portal' }}
          className={item}
          activeProps={{ className: '!text-accent font-medium', 'aria-current': 'page' }}
        >
          <Icon name={icon} className="size-5" />
          <span className="max-w-full truncate">{t(word)}</span>
        </Link>
      ))}
      <button type="button" className={item} onClick={() => setMore(true)}>
        <Icon name="menu" className="size-5" />
        {t('more')}
      </button>
      <Dialog open={more} onOpenChange={setMore} title={t('more')} shape="drawer">
        <SideNavigation />
        <Foot />
      </Dialog>
    </nav>
  );
}

/** What the seller wants below everything: help, imprint, terms. */
function Foot() {
  const t = shellWords.use();
  const brand = useBrand();
  if (!brand || (brand.links.length === 0 && brand.support_email === null)) return null;
  return (
    <div className="flex flex-col gap-1 border-t border-line p-4 text-xs text-ink-2">
      {brand.support_email !== null && (
        <a href={`mailto:${brand.support_email}`} className="break-all underline-offset-2 hover:underline">
          {t('support', { email: brand.support_email })}
        </a>
      )}
      {brand.links.map(({ label, url }) => (
        <a key={url} href={url} rel="noreferrer" target="_blank" className="underline-offset-2 hover:underline">
          {label}
        </a>
      ))}
    </div>
  );
}

function LiveDot() {
  const t = shellWords.use();
  const isLive = useChanges() === 'live';
  const text = t(isLive ? 'live' : 'notLive');
  return (
    <span role="status" title={text} className="grid size-9 place-items-center">
      <span aria-hidden="true" className={`size-2 rounded-full ${isLive ? 'bg-good' : 'bg-warn'}`} />
      <span className="sr-only">{text}</span>
    </span>
  );
}

const personMenu = async () => (await import('./parts/person-menu.tsx')).PersonMenu;

function PersonButton() {
  const session = useSession();
  const me = useQuery({ ...meQuery, enabled: session?.user_id != null }).data;
  return (
    <LaterMenu load={personMenu} className="flex h-10 min-w-0 items-center gap-2 rounded-md px-2 text-ink-2 hover:bg-raised hover:text-ink">
      <Icon name="user" />
      <span className="max-w-36 truncate">{me?.name ?? session?.name ?? '…'}</span>
      <Icon name="chevron" className="size-3.5" />
    </LaterMenu>
  );
}
