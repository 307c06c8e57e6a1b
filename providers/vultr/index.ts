/** Vultr as a provider. */
import type { Provider } from '../provider.ts';
import { Rest } from '../kit/rest.ts';
import { compute } from './compute.ts';
import { descriptor } from './descriptor.ts';
import { groups, keys, reverseIpv4, reverseIpv6, rule, scripts } from './helpers.ts';
import { dialect } from './rest.ts';
import { servers } from './server.ts';

export const provider: Provider = {
  descriptor,
  resources: [servers.resource(), keys.resource(), groups.resource(), rule, scripts.resource(), reverseIpv4, reverseIpv6],
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
  connect: (connection) => new Rest(dialect, connection),
  compute: (connection) => compute(new Rest(dialect, connection)),
  instance: async () => (await import('./instance.ts')).instanceModule,
};
