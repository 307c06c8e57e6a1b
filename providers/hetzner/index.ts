/** Hetzner Cloud. See README.md for what was decided and where the facts come from. */
import { Rest } from '../kit/rest.ts';
import type { Provider } from '../provider.ts';
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
    helpers: { 'ssh-key': 'hcloud:index/sshKey:SshKey', firewall: 'hcloud:index/firewall:Firewall' },
    instance: {
      token: 'hcloud:index/server:Server',
      label: 'name',
      region: 'location',
      plan: 'serverType',
      ipv4: 'ipv4Address',
      ipv6: 'ipv6Address',
      mark: 'labels',
    },
  },
  connect: (connection) => new Rest(dialect, connection),
  compute,
  instance: async () => (await import('./instance.ts')).instanceModule,
};
