/** Linode. See README.md for what was decided and where the facts come from. */
import type { Provider } from '../provider.ts';
import { LinodeClient } from './client.ts';
import { compute } from './compute.ts';
import { descriptor } from './descriptor.ts';
import { resources } from './provider.ts';

export const provider: Provider = {
  descriptor,
  resources,
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
  connect: (connection) => new LinodeClient(connection),
  compute,
  // Only stack programs pay for loading the vendor's SDK.
  instance: async () => (await import('./instance.ts')).instanceModule,
};
