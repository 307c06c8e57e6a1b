/** Vultr as a provider. */
import type { Provider } from '../provider.ts';
import { VultrClient } from './client.ts';
import { VultrCompute } from './compute.ts';
import { descriptor } from './descriptor.ts';
import { resources } from './provider.ts';

export const provider: Provider = {
  descriptor,
  resources,
  functions: [],
  recordedAs: {
    helpers: {
      'ssh-key': 'vultr:index/sSHKey:SSHKey',
      firewall: 'vultr:index/firewallGroup:FirewallGroup',
      'startup-script': 'vultr:index/startupScript:StartupScript',
    },
    instance: {
      token: 'vultr:index/instance:Instance',
      label: 'label',
      region: 'region',
      plan: 'plan',
      ipv4: 'mainIp',
      ipv6: 'v6MainIp',
    },
  },
  connect: (connection) => new VultrClient(connection),
  compute: (connection) => new VultrCompute(new VultrClient(connection)),
  instance: async () => (await import('./instance.ts')).instanceModule,
};
