/** Every address of the portal, in one list. Pages load when they are opened. */
import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, createRouter, Outlet, redirect } from '@tanstack/react-router';
import { isSignedIn } from '../kit/api/client.ts';
import { lazyPart } from '../kit/lib/lazy-part.tsx';
import { safeNext } from '../kit/lib/next.ts';
import { NotFound } from '../kit/parts/not-found.tsx';
import { PageProblem } from '../kit/parts/problem-note.tsx';
import { PortalShell } from './shell.tsx';

const rootRoute = createRootRouteWithContext<{ queries: QueryClient }>()({ component: Outlet });
const atFront = { getParentRoute: () => rootRoute } as const;
const links = () => import('./pages/links.tsx');

const front = [
  createRoute({ ...atFront, path: '/portal/sign-in', component: lazyPart(() => import('./pages/sign-in.tsx'), 'SignInPage') }),
  createRoute({ ...atFront, path: '/sign-up', component: lazyPart(() => import('./pages/sign-up.tsx'), 'SignUpPage') }),
  createRoute({ ...atFront, path: '/verify', component: lazyPart(links, 'VerifyPage') }),
  createRoute({ ...atFront, path: '/reset', component: lazyPart(links, 'ResetPage') }),
  createRoute({ ...atFront, path: '/invitation', component: lazyPart(links, 'InvitationPage') }),
];

const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'portal',
  beforeLoad: ({ location }) => {
    if (isSignedIn()) return;
    const next = safeNext(location.href);
    throw redirect({ href: `/portal/sign-in${next === undefined ? '' : `?${new URLSearchParams({ next }).toString()}`}` });
  },
  component: PortalShell,
  errorComponent: PageProblem,
});
const inside = { getParentRoute: () => shellRoute } as const;
const account = () => import('./pages/account.tsx');

const pages = [
  createRoute({ ...inside, path: '/portal', component: lazyPart(() => import('./pages/home.tsx'), 'HomePage') }),
  createRoute({ ...inside, path: '/portal/order', component: lazyPart(() => import('./pages/order.tsx'), 'OrderPage') }),
  createRoute({ ...inside, path: '/portal/orders/$id', component: lazyPart(() => import('./pages/order-status.tsx'), 'OrderStatusPage') }),
  createRoute({ ...inside, path: '/portal/servers/$id', component: lazyPart(() => import('./pages/server.tsx'), 'ServerPage') }),
  createRoute({ ...inside, path: '/portal/billing', component: lazyPart(() => import('./pages/billing.tsx'), 'BillingPage') }),
  createRoute({ ...inside, path: '/portal/help', component: lazyPart(() => import('./pages/help.tsx'), 'HelpPage') }),
  createRoute({ ...inside, path: '/portal/team', component: lazyPart(() => import('./pages/team.tsx'), 'TeamPage') }),
  createRoute({ ...inside, path: '/portal/account', component: lazyPart(account, 'AccountPage') }),
  createRoute({ ...inside, path: '/portal/keys', component: lazyPart(() => import('./pages/keys.tsx'), 'KeysPage') }),
  createRoute({ ...inside, path: '/portal/api', component: lazyPart(() => import('./pages/developers.tsx'), 'DevelopersPage') }),
  createRoute({ ...inside, path: '/portal/activity', component: lazyPart(() => import('./pages/activity.tsx'), 'ActivityPage') }),
  // What is no page; it can be left by the navigation like any other.
  createRoute({ ...inside, path: '$', component: () => <NotFound home="/portal" /> }),
];

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: rootRoute.addChildren([...front, shellRoute.addChildren(pages)]),
    context: { queries },
    defaultPreload: 'intent',
    scrollRestoration: true,
    defaultErrorComponent: PageProblem,
  });
}
