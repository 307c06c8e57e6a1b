import type { Runtime } from '../../server/runtime.ts';
import { allAccounts } from '../../server/services/accounts.ts';

export interface PageToVisit {
  readonly name: string;
  readonly path: string;
  /** Shown when the page has its data. */
  readonly ready: string | RegExp;
}

/** Every address of the dashboard, with ids of what the database holds. */
export async function everyPage({ services }: Runtime): Promise<PageToVisit[]> {
  const vps = await services.db.vps.findFirst({ orderBy: { createdAt: 'desc' } });
  /** One with a server shows more in its panels. */
  const served = (await services.db.vps.findFirst({ where: { instanceId: { not: null } }, orderBy: { createdAt: 'desc' } })) ?? vps;
  const operation = await services.db.operation.findFirst({ orderBy: { createdAt: 'desc' } });
  const bulk = await services.db.bulkRun.findFirst({ orderBy: { createdAt: 'desc' } });
  const accounts = await allAccounts(services);
  const compute = accounts.find(({ provider }) => services.providers.find(({ descriptor }) => descriptor.id === provider)?.compute);
  return [
    { name: 'sign-in', path: '/sign-in', ready: 'Sign in to Plinth' },
    { name: 'overview', path: '/', ready: 'Where they are' },
    { name: 'vpses', path: '/vps', ready: vps?.label ?? 'No VPS yet' },
    { name: 'create', path: '/vps/new', ready: /per month/ },
    ...(vps ? [{ name: 'vps', path: `/vps/${vps.id}`, ready: 'About' }] : []),
    ...(served
      ? [
          { name: 'vps-snapshots', path: `/vps/${served.id}?tab=snapshots`, ready: /^(None yet|Keeping them costs)/ },
          { name: 'vps-graphs', path: `/vps/${served.id}?tab=graphs`, ready: 'Processor and network' },
          { name: 'vps-network', path: `/vps/${served.id}?tab=network`, ready: 'Addresses and names' },
        ]
      : []),
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
    { name: 'settings', path: '/settings', ready: 'first admin' },
    { name: 'nothing', path: '/no/such/page', ready: 'There is nothing at this address' },
  ];
}
