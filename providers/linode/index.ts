/** Linode. See README.md for what was decided and where the facts come from. */
import type { Provider } from '../provider.ts';
import { Rest } from '../kit/rest.ts';
import { compute } from './compute.ts';
import { descriptor } from './descriptor.ts';
import { firewalls, keys, rdns } from './helpers.ts';
import { dialect } from './rest.ts';
import { servers } from './server.ts';

export const provider: Provider = {
  descriptor,
  resources: [servers.resource(), keys.resource(), firewalls.resource(), rdns],
  functions: [],
  recordedAs: {
    helpers: { 'ssh-key': 'linode:index/sshKey:SshKey', firewall: 'linode:index/firewall:Firewall' },
    instance: {
      token: 'linode:index/instance:Instance',
      label: 'label',
      region: 'region',
      plan: 'type',
      ipv4: 'ipAddress',
      ipv6: 'ipv6',
    },
  },
  connect: (connection) => new Rest(dialect, connection),
  compute,
  // Only stack programs pay for loading the vendor's SDK.
  instance: async () => (await import('./instance.ts')).instanceModule,
};
