/** What clients ask once: kernels, the account's settings, and its share of traffic. */
import { Router } from 'express';
import { Refusal, accountOf, paged, route } from './simulator-http.ts';
import { typeOf, type State } from './simulator-state.ts';

const KERNELS = [
  { id: 'linode/grub2', label: 'GRUB 2', version: '2.06' },
  { id: 'linode/direct-disk', label: 'Direct Disk', version: '' },
  { id: 'linode/latest-64bit', label: 'Latest 64 bit (6.14.3-x86_64-linode168)', version: '6.14.3' },
].map((kernel) => ({ ...kernel, architecture: 'x86_64', kvm: true, pvops: true, deprecated: false, built: '2018-01-02T03:04:05' }));

export function infoRoutes(state: State): Router {
  const router = Router();
  router.get(
    '/linode/kernels',
    route((request) => paged(request, KERNELS)),
  );
  // The id has a slash, which clients send as it is or encoded.
  router.get(
    ['/linode/kernels/:id', '/linode/kernels/:vendor/:name'],
    route((request) => {
      const { id, vendor, name } = request.params as Record<string, string | undefined>;
      const found = KERNELS.find((kernel) => kernel.id === (id ?? `${vendor}/${name}`));
      if (!found) throw new Refusal(404, 'Not found');
      return found;
    }),
  );
  router.get(
    '/account/settings',
    route(() => ({
      managed: false,
      network_helper: true,
      longview_subscription: null,
      backups_enabled: false,
      object_storage: null,
      interfaces_for_new_linodes: 'legacy_config_default_but_linode_allowed',
      maintenance_policy: 'linode/migrate',
    })),
  );
  router.get(
    '/account/transfer',
    route((request) => {
      const mine = state.linodes.filter(({ account }) => account === accountOf(request).id);
      const quota = mine.reduce((sum, { type }) => sum + typeOf(type).transfer, 0);
      return { billable: 0, quota, used: 0, region_transfers: [] };
    }),
  );
  return router;
}
