/** Google Compute Engine. See README.md for what was decided and where the facts come from. */
import type { Provider } from '../provider.ts';
import { compute } from './compute.ts';
import { descriptor } from './descriptor.ts';
import { Gce } from './gce.ts';
import { addresses, firewalls } from './helpers.ts';
import { servers } from './server.ts';

export const provider: Provider = {
  descriptor,
  resources: [servers.resource(), addresses.resource(), firewalls.resource()],
  functions: [],
  recordedAs: {
    helpers: { firewall: 'gcp:compute/firewall:Firewall', address: 'gcp:compute/address:Address' },
    instance: {
      token: 'gcp:compute/instance:Instance',
      label: 'name',
      region: 'zone',
      plan: 'machineType',
      ipv4: 'networkInterfaces.0.accessConfigs.0.natIp',
      ipv6: 'none',
      mark: 'labels',
    },
  },
  connect: (connection) => new Gce(connection),
  compute,
  instance: async () => (await import('./instance.ts')).instanceModule,
};
