/** Every address of the dashboard, in one list. Pages load when they are opened; what an address means is parsed here. */
import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { getToken } from './api/client.ts';
import type { OperationSearch, VpsSearch } from './api/queries.ts';
import { AppShell } from './components/app-shell.tsx';
import { NotFound, PageProblem } from './components/problem-note.tsx';
import { isVpsTab, type VpsTab } from './lib/vps-tab.ts';

type Raw = Record<string, unknown>;
const text = (raw: Raw, name: string): Record<string, string> => {
  const value = raw[name];
  return typeof value === 'string' || typeof value === 'number' ? { [name]: String(value) } : {};
};
const texts = (raw: Raw, names: readonly string[]): Record<string, string> => Object.assign({}, ...names.map((name) => text(raw, name)));

const rootRoute = createRootRouteWithContext<{ queries: QueryClient }>()({ component: Outlet, notFoundComponent: NotFound });

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (raw: Raw): { next?: string; expired?: boolean } => ({
    ...text(raw, 'next'),
    ...(raw.expired === true ? { expired: true } : {}),
  }),
  component: lazyRouteComponent(() => import('./pages/sign-in.tsx'), 'SignInPage'),
});

const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'app',
  beforeLoad: ({ location }) => {
    if (getToken() === null) throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { next: location.href } });
  },
  component: AppShell,
  errorComponent: PageProblem,
});
const inApp = { getParentRoute: () => appRoute } as const;

const overviewRoute = createRoute({
  ...inApp,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/overview.tsx'), 'OverviewPage'),
});

const vpsListRoute = createRoute({
  ...inApp,
  path: '/vps',
  validateSearch: (raw: Raw): VpsSearch => ({
    ...texts(raw, ['q', 'status', 'provider', 'region', 'sort']),
    ...(raw.deleted === true ? { deleted: true } : {}),
  }),
  component: lazyRouteComponent(() => import('./pages/vps-list.tsx'), 'VpsListPage'),
});

const vpsCreateRoute = createRoute({
  ...inApp,
  path: '/vps/new',
  validateSearch: (raw: Raw): { account?: string; guide?: boolean } => ({
    ...text(raw, 'account'),
    ...(raw.guide === true ? { guide: true } : {}),
  }),
  component: lazyRouteComponent(() => import('./pages/vps-create.tsx'), 'VpsCreatePage'),
});

const vpsRoute = createRoute({
  ...inApp,
  path: '/vps/$id',
  validateSearch: (raw: Raw): { operation?: string; tab?: VpsTab } => ({
    ...text(raw, 'operation'),
    ...(isVpsTab(raw.tab) ? { tab: raw.tab } : {}),
  }),
  component: lazyRouteComponent(() => import('./pages/vps.tsx'), 'VpsPage'),
});

const operationListRoute = createRoute({
  ...inApp,
  path: '/operations',
  validateSearch: (raw: Raw): OperationSearch => texts(raw, ['status', 'kind', 'vps_id']),
  component: lazyRouteComponent(() => import('./pages/operation-list.tsx'), 'OperationListPage'),
});

const operationRoute = createRoute({
  ...inApp,
  path: '/operations/$id',
  component: lazyRouteComponent(() => import('./pages/operation.tsx'), 'OperationPage'),
});

const bulkListRoute = createRoute({
  ...inApp,
  path: '/bulk',
  component: lazyRouteComponent(() => import('./pages/bulk-list.tsx'), 'BulkListPage'),
});

const bulkRunRoute = createRoute({
  ...inApp,
  path: '/bulk/$id',
  component: lazyRouteComponent(() => import('./pages/bulk-run.tsx'), 'BulkRunPage'),
});

const adminRoute = createRoute({
  ...inApp,
  path: '/admin',
  component: lazyRouteComponent(() => import('./pages/accounts.tsx'), 'AccountsPage'),
});

const accountRoute = createRoute({
  ...inApp,
  path: '/admin/providers/$id',
  validateSearch: (raw: Raw): { show?: string } => text(raw, 'show'),
  component: lazyRouteComponent(() => import('./pages/account.tsx'), 'AccountPage'),
});

const driftRoute = createRoute({ ...inApp, path: '/drift', component: lazyRouteComponent(() => import('./pages/drift.tsx'), 'DriftPage') });

const sweepsRoute = createRoute({
  ...inApp,
  path: '/sweeps',
  component: lazyRouteComponent(() => import('./pages/sweeps.tsx'), 'SweepsPage'),
});

const jobsRoute = createRoute({ ...inApp, path: '/jobs', component: lazyRouteComponent(() => import('./pages/jobs.tsx'), 'JobsPage') });

const simulatorRoute = createRoute({
  ...inApp,
  path: '/simulator',
  component: lazyRouteComponent(() => import('./pages/simulator.tsx'), 'SimulatorPage'),
});

const settingsRoute = createRoute({
  ...inApp,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pages/settings.tsx'), 'SettingsPage'),
});

const auditRoute = createRoute({ ...inApp, path: '/audit', component: lazyRouteComponent(() => import('./pages/audit.tsx'), 'AuditPage') });

const routeTree = rootRoute.addChildren([
  signInRoute,
  appRoute.addChildren([
    overviewRoute,
    vpsListRoute,
    vpsCreateRoute,
    vpsRoute,
    operationListRoute,
    operationRoute,
    bulkListRoute,
    bulkRunRoute,
    adminRoute,
    accountRoute,
    driftRoute,
    sweepsRoute,
    jobsRoute,
    simulatorRoute,
    settingsRoute,
    auditRoute,
  ]),
]);

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    context: { queries },
    defaultPreload: 'intent',
    scrollRestoration: true,
    defaultErrorComponent: PageProblem,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
