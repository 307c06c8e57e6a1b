/** Every address of the dashboard, in one list. Pages load when they are opened; what an address means is parsed here. */
import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, createRouter, Outlet, redirect } from '@tanstack/react-router';
import { isSignedIn } from '../kit/api/client.ts';
import type { OperationSearch, SnapshotSearch, VpsSearch } from '../kit/api/queries.ts';
import { AppShell } from './components/app-shell.tsx';
import { NotFound } from '../kit/parts/not-found.tsx';
import { PageProblem } from '../kit/parts/problem-note.tsx';
import { safeNext } from '../kit/lib/next.ts';
import { lazyPart } from '../kit/lib/lazy-part.tsx';
import { isVpsTab, type VpsTab } from './lib/vps-tab.ts';

type Raw = Record<string, unknown>;
const text = (raw: Raw, name: string): Record<string, string> => {
  const value = raw[name];
  return typeof value === 'string' || typeof value === 'number' ? { [name]: String(value) } : {};
};
const texts = (raw: Raw, names: readonly string[]): Record<string, string> => Object.assign({}, ...names.map((name) => text(raw, name)));

const after = (href: unknown): { next?: string } => {
  const next = safeNext(href);
  return next === undefined ? {} : { next };
};

const rootRoute = createRootRouteWithContext<{ queries: QueryClient }>()({ component: Outlet });

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (raw: Raw): { next?: string; expired?: boolean; problem?: string } => ({
    ...texts(raw, ['next', 'problem']),
    ...(raw.expired === true ? { expired: true } : {}),
  }),
  component: lazyPart(() => import('./pages/sign-in.tsx'), 'SignInPage'),
});

const atFront = { getParentRoute: () => rootRoute } as const;
const setUpRoute = createRoute({ ...atFront, path: '/setup', component: lazyPart(() => import('./pages/set-up.tsx'), 'SetUpPage') });

const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'app',
  beforeLoad: ({ location }) => {
    if (!isSignedIn()) throw redirect({ to: '/sign-in', search: after(location.href) });
  },
  component: AppShell,
  errorComponent: PageProblem,
});
const inApp = { getParentRoute: () => appRoute } as const;

const overviewRoute = createRoute({
  ...inApp,
  path: '/',
  component: lazyPart(() => import('./pages/overview.tsx'), 'OverviewPage'),
});

const vpsListRoute = createRoute({
  ...inApp,
  path: '/vps',
  validateSearch: (raw: Raw): VpsSearch => ({
    ...texts(raw, ['q', 'status', 'power', 'busy', 'provider', 'region', 'tags', 'sort']),
    ...(raw.deleted === true ? { deleted: true } : {}),
  }),
  component: lazyPart(() => import('./pages/vps-list.tsx'), 'VpsListPage'),
});

const vpsCreateRoute = createRoute({
  ...inApp,
  path: '/vps/new',
  validateSearch: (
    raw: Raw,
  ): { account?: string; plan?: string; region?: string; image?: string; vps?: string; snapshot?: string; guide?: boolean } => ({
    ...texts(raw, ['account', 'plan', 'region', 'image', 'vps', 'snapshot']),
    ...(raw.guide === true ? { guide: true } : {}),
  }),
  component: lazyPart(() => import('./pages/vps-create.tsx'), 'VpsCreatePage'),
});

const vpsRoute = createRoute({
  ...inApp,
  path: '/vps/$id',
  validateSearch: (raw: Raw): { operation?: string; tab?: VpsTab } => ({
    ...text(raw, 'operation'),
    ...(isVpsTab(raw.tab) ? { tab: raw.tab } : {}),
  }),
  component: lazyPart(() => import('./pages/vps.tsx'), 'VpsPage'),
});

const snapshotsRoute = createRoute({
  ...inApp,
  path: '/snapshots',
  validateSearch: (raw: Raw): SnapshotSearch => (raw.kept === true ? { kept: true } : {}),
  component: lazyPart(() => import('./pages/snapshots.tsx'), 'SnapshotsPage'),
});

const operationListRoute = createRoute({
  ...inApp,
  path: '/operations',
  validateSearch: (raw: Raw): OperationSearch => texts(raw, ['status', 'kind', 'vps_id']),
  component: lazyPart(() => import('./pages/operation-list.tsx'), 'OperationListPage'),
});

const operationRoute = createRoute({
  ...inApp,
  path: '/operations/$id',
  component: lazyPart(() => import('./pages/operation.tsx'), 'OperationPage'),
});

const bulkListRoute = createRoute({
  ...inApp,
  path: '/bulk',
  component: lazyPart(() => import('./pages/bulk-list.tsx'), 'BulkListPage'),
});

const bulkRunRoute = createRoute({
  ...inApp,
  path: '/bulk/$id',
  component: lazyPart(() => import('./pages/bulk-run.tsx'), 'BulkRunPage'),
});

const adminRoute = createRoute({
  ...inApp,
  path: '/admin',
  component: lazyPart(() => import('./pages/accounts.tsx'), 'AccountsPage'),
});

const accountRoute = createRoute({
  ...inApp,
  path: '/admin/providers/$id',
  validateSearch: (raw: Raw): { show?: string } => text(raw, 'show'),
  component: lazyPart(() => import('./pages/account.tsx'), 'AccountPage'),
});

const driftRoute = createRoute({ ...inApp, path: '/drift', component: lazyPart(() => import('./pages/drift.tsx'), 'DriftPage') });

const sweepsRoute = createRoute({
  ...inApp,
  path: '/sweeps',
  component: lazyPart(() => import('./pages/sweeps.tsx'), 'SweepsPage'),
});

const jobsRoute = createRoute({ ...inApp, path: '/jobs', component: lazyPart(() => import('./pages/jobs.tsx'), 'JobsPage') });

const simulatorRoute = createRoute({
  ...inApp,
  path: '/simulator',
  component: lazyPart(() => import('./pages/simulator.tsx'), 'SimulatorPage'),
});

const settingsRoute = createRoute({
  ...inApp,
  path: '/settings',
  component: lazyPart(() => import('./pages/settings.tsx'), 'SettingsPage'),
});

const auditRoute = createRoute({
  ...inApp,
  path: '/audit',
  validateSearch: (raw: Raw): { target?: string } => text(raw, 'target'),
  component: lazyPart(() => import('./pages/audit.tsx'), 'AuditPage'),
});

const meRoute = createRoute({ ...inApp, path: '/me', component: lazyPart(() => import('./pages/me.tsx'), 'MePage') });

const deviceRoute = createRoute({ ...inApp, path: '/device', component: lazyPart(() => import('./pages/device.tsx'), 'DevicePage') });

const mailboxRoute = createRoute({ ...inApp, path: '/mailbox', component: lazyPart(() => import('./pages/mailbox.tsx'), 'MailboxPage') });

const tasksRoute = createRoute({ ...inApp, path: '/tasks', component: lazyPart(() => import('./pages/tasks.tsx'), 'TasksPage') });

const sellingRoute = createRoute({ ...inApp, id: 'selling', component: lazyPart(() => import('./shop/sellers-only.tsx'), 'SellersOnly') });
const selling = { getParentRoute: () => sellingRoute } as const;
const money = () => import('./pages/money.tsx');
const orders = () => import('./pages/orders.tsx');
const products = () => import('./pages/products.tsx');
const customersRoute = createRoute({
  ...selling,
  path: '/customers',
  component: lazyPart(() => import('./pages/customers.tsx'), 'CustomersPage'),
});
const customerRoute = createRoute({
  ...selling,
  path: '/customers/$id',
  component: lazyPart(() => import('./pages/customer.tsx'), 'CustomerPage'),
});
const productsRoute = createRoute({
  ...selling,
  path: '/products',
  component: lazyPart<'ProductsPage', { kind?: 'vps' }>(products, 'ProductsPage'),
});
const productRoute = createRoute({
  ...selling,
  path: '/products/$id',
  component: lazyPart(() => import('./pages/product.tsx'), 'ProductPage'),
});
/** As the older server shop's page is called. */
const serverProductsRoute = createRoute({
  ...selling,
  path: '/admin/dedicated-servers/products',
  component: lazyPart(products, 'ServerProductsPage'),
});
const ordersRoute = createRoute({ ...selling, path: '/orders', component: lazyPart(orders, 'OrdersPage') });
const orderRoute = createRoute({ ...selling, path: '/orders/$id', component: lazyPart(() => import('./pages/order.tsx'), 'OrderPage') });
const subscriptionsRoute = createRoute({ ...selling, path: '/subscriptions', component: lazyPart(orders, 'SubscriptionsPage') });
const invoicesRoute = createRoute({ ...selling, path: '/invoices', component: lazyPart(money, 'InvoicesPage') });
const paymentsRoute = createRoute({ ...selling, path: '/payments', component: lazyPart(money, 'PaymentsPage') });
const dunningRoute = createRoute({ ...selling, path: '/unpaid', component: lazyPart(money, 'DunningPage') });
const taxesRoute = createRoute({ ...selling, path: '/taxes', component: lazyPart(() => import('./pages/taxes.tsx'), 'TaxesPage') });
const brandRoute = createRoute({ ...selling, path: '/brand', component: lazyPart(() => import('./pages/brand.tsx'), 'BrandPage') });
const ticketsRoute = createRoute({
  ...selling,
  path: '/tickets',
  validateSearch: (raw: Raw): { ticket?: string } => text(raw, 'ticket'),
  component: lazyPart(() => import('./pages/tickets.tsx'), 'TicketsPage'),
});
const couponsRoute = createRoute({ ...selling, path: '/coupons', component: lazyPart(() => import('./pages/coupons.tsx'), 'CouponsPage') });
const plannedWorkRoute = createRoute({
  ...selling,
  path: '/planned-work',
  component: lazyPart(() => import('./pages/planned-work.tsx'), 'PlannedWorkPage'),
});
const reportsRoute = createRoute({ ...selling, path: '/reports', component: lazyPart(() => import('./pages/reports.tsx'), 'ReportsPage') });
const setupProfilesRoute = createRoute({
  ...selling,
  path: '/setup-profiles',
  component: lazyPart(() => import('./pages/setup-profiles.tsx'), 'SetupProfilesPage'),
});
/** As the older exact packages' page is called. */
const ipStockRoute = createRoute({
  ...selling,
  path: '/dashboard/ipStock',
  component: lazyPart(() => import('./pages/ip-stock.tsx'), 'IpStockPage'),
});
/** As the older trading desk's form is. */
const tradingDeskRoute = createRoute({
  ...selling,
  path: '/trading-desk',
  component: lazyPart(() => import('./pages/trading-desk.tsx'), 'TradingDeskPage'),
});
const shop = [
  reportsRoute,
  setupProfilesRoute,
  couponsRoute,
  plannedWorkRoute,
  tradingDeskRoute,
  ipStockRoute,
  ticketsRoute,
  customersRoute,
  customerRoute,
  productsRoute,
  productRoute,
  serverProductsRoute,
  ordersRoute,
  orderRoute,
  subscriptionsRoute,
  invoicesRoute,
  paymentsRoute,
  dunningRoute,
  taxesRoute,
  brandRoute,
] as const;

/** What is no page; it can be left by the navigation like any other. */
const nothingRoute = createRoute({ ...inApp, path: '$', component: NotFound });

const routeTree = rootRoute.addChildren([
  signInRoute,
  setUpRoute,
  appRoute.addChildren([
    overviewRoute,
    vpsListRoute,
    vpsCreateRoute,
    vpsRoute,
    snapshotsRoute,
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
    meRoute,
    mailboxRoute,
    tasksRoute,
    deviceRoute,
    sellingRoute.addChildren(shop),
    nothingRoute,
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
