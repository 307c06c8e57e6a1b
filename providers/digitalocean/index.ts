/** DigitalOcean. See README.md for what was decided and where the facts come from. */
import type { Provider } from '../provider.ts';
import { DigitalOceanClient } from './client.ts';
import { compute } from './compute.ts';
import { descriptor } from './descriptor.ts';
import { resources } from './provider.ts';

export const provider: Provider = {
  descriptor,
  resources,
  functions: [],
  recordedAs: {
    helpers: { 'ssh-key': 'digitalocean:index/sshKey:SshKey', firewall: 'digitalocean:index/firewall:Firewall' },
    instance: {
      token: 'digitalocean:index/droplet:Droplet',
      label: 'name',
      region: 'region',
      plan: 'size',
      ipv4: 'ipv4Address',
      ipv6: 'ipv6Address',
    },
  },
  connect: (connection) => new DigitalOceanClient(connection),
  compute,
  // Only stack programs pay for loading the vendor's SDK.
  instance: async () => (await import('./instance.ts')).instanceModule,
};
