import type { Runtime } from '../../server/runtime.ts';
import { allAccounts } from '../../server/accounts/accounts.ts';
import { LONG } from './long.ts';

export interface PageToVisit {
  readonly name: string;
  readonly path: string;
  /** Shown when the page has its data. */
  readonly ready: string | RegExp;
}

/**
 * Pages for one of several looks at them. In a usual run each page is in one of `looks` turns, in `npm run test:long` in all of them.
 * @param turn 0 to looks - 1
 */
export function pagesOfTurn<Page>(pages: readonly Page[], turn: number, looks: number): readonly Page[] {
  return LONG ? pages : pages.filter((_, index) => index % looks === turn % looks);
}

/** Every address of the dashboard, with ids of what the database holds. */
export async function everyPage({ services }: Runtime): Promise<PageToVisit[]> {
  const vps = await services.db.vps.findFirst({ orderBy: { createdAt: 'desc' } });
  /** One with a server shows more in its panels. */
  const served = (await services.db.vps.findFirst({ where: { instanceId: { not: null } }, orderBy: { createdAt: 'desc' } })) ?? vps;
  const snapshots = services.providers.find(({ descriptor }) => descriptor.id === served?.provider)?.descriptor.capabilities.snapshots;
  const operation = await services.db.operation.findFirst({ orderBy: { createdAt: 'desc' } });
  const bulk = await services.db.bulkRun.findFirst({ orderBy: { createdAt: 'desc' } });
  const accounts = await allAccounts(services);
  const compute = accounts.find(({ provider }) => services.providers.find(({ descriptor }) => descriptor.id === provider)?.compute);
  return [
    { name: 'sign-in', path: '/sign-in', ready: 'Sign in to Plinth' },
    { name: 'sign-up', path: '/sign-up', ready: 'Make an account' },
    { name: 'reset', path: '/reset', ready: 'A new password' },
    { name: 'me', path: '/me', ready: /signed in with a token/ },
    { name: 'mailbox', path: '/mailbox', ready: 'No mail yet.' },
    { name: 'overview', path: '/', ready: 'Where they are' },
    { name: 'vpses', path: '/vps', ready: vps?.label ?? 'No VPS yet' },
    { name: 'create', path: '/vps/new', ready: /per month/ },
    ...(vps ? [{ name: 'vps', path: `/vps/${vps.id}`, ready: 'About' }] : []),
    ...(served
      ? [
          {
            name: 'vps-snapshots',
            path: `/vps/${served.id}?tab=snapshots`,
            ready: snapshots?.can === false ? snapshots.reason : /^(None yet|Keeping them costs|Available)/,
          },
          { name: 'vps-graphs', path: `/vps/${served.id}?tab=graphs`, ready: 'Processor and network' },
          { name: 'vps-stack', path: `/vps/${served.id}?tab=stack`, ready: 'History of the stack' },
          { name: 'vps-network', path: `/vps/${served.id}?tab=network`, ready: 'Addresses and names' },
        ]
      : []),
    { name: 'snapshots', path: '/snapshots', ready: /No snapshot yet|^Kept at the providers/ },
    { name: 'operations', path: '/operations', ready: operation ? /^\d.* (s|ms)$/ : 'No operation yet' },
    ...(operation ? [{ name: 'operation', path: `/operations/${operation.id}`, ready: 'Attempts' }] : []),
    { name: 'bulk-runs', path: '/bulk', ready: bulk ? /of \d+ VPSes$/ : 'No bulk run yet' },
    ...(bulk ? [{ name: 'bulk-run', path: `/bulk/${bulk.id}`, ready: /^many-\d+$/ }] : []),
    { name: 'accounts', path: '/admin#providers', ready: 'Provider accounts' },
    ...(compute ? [{ name: 'account', path: `/admin/providers/${compute.id}`, ready: /Price per month/ }] : []),
    { name: 'drift', path: '/drift', ready: 'What no record accounts for' },
    { name: 'sweeps', path: '/sweeps', ready: /by the clock and on request/ },
    { name: 'jobs', path: '/jobs', ready: 'By kind' },
    { name: 'simulator', path: '/simulator', ready: 'Last calls' },
    { name: 'audit', path: '/audit', ready: /The chain is/ },
    { name: 'customers', path: '/customers', ready: /seller’s|Since|None yet/ },
    { name: 'products', path: '/products', ready: /Nothing is sold yet|Margin/ },
    { name: 'server-products', path: '/admin/dedicated-servers/products', ready: /^What customers order/ },
    { name: 'orders', path: '/orders', ready: /^No order\.|^Total$/ },
    { name: 'subscriptions', path: '/subscriptions', ready: /^No subscription\.|Paid until/ },
    { name: 'invoices', path: '/invoices', ready: /^No invoice\.|Issued/ },
    { name: 'payments', path: '/payments', ready: 'Where money is taken' },
    { name: 'unpaid', path: '/unpaid', ready: /^Switched off \(/ },
    { name: 'taxes', path: '/taxes', ready: 'For the bookkeeper' },
    { name: 'trading-desk', path: '/trading-desk', ready: /Connected$/ },
    { name: 'ip-stock', path: '/dashboard/ipStock', ready: /^None known yet|Last seen/ },
    { name: 'tickets', path: '/tickets', ready: /No question yet|^Waiting for an answer/ },
    { name: 'brand', path: '/brand', ready: 'Colour of buttons and links' },
    { name: 'coupons', path: '/coupons', ready: /^No coupon\.|Takes off/ },
    { name: 'reports', path: '/reports', ready: /^Nothing in these months\.|Invoiced net/ },
    { name: 'setup-profiles', path: '/setup-profiles', ready: 'Comes with Plinth' },
    { name: 'planned-work', path: '/planned-work', ready: /^Nothing is planned\.|customers?$/ },
    { name: 'settings', path: '/settings', ready: 'first admin' },
    { name: 'nothing', path: '/no/such/page', ready: 'There is nothing at this address' },
  ];
}

/** Every address of the portal behind the sign-in, for a member of an organization that has a server, as `default` after `seedVpses`. */
export async function portalPages({ services }: Runtime, name = 'default'): Promise<string[]> {
  const { id: organizationId } = await services.db.organization.findFirstOrThrow({ where: { name } });
  const vps = await services.db.vps.findFirstOrThrow({ where: { organizationId }, orderBy: { createdAt: 'desc' } });
  const parts = [
    '',
    '/order',
    '/billing',
    '/billing?part=methods',
    '/help',
    '/team',
    '/account',
    '/keys',
    '/api',
    '/activity',
    '/no-such-page',
  ];
  const panels = ['', '?part=network', '?part=snapshots', '?part=graphs'].map((panel) => `/servers/${vps.id}${panel}`);
  return [...parts, ...panels].map((part) => `/portal${part}`);
}
