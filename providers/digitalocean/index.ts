/** DigitalOcean. See README.md for what was decided and where the facts come from. */
import { Rest } from '../kit/rest.ts';
import type { Provider } from '../provider.ts';
import { dialect } from './client.ts';
import { compute } from './compute.ts';
import { descriptor } from './descriptor.ts';
import { droplet } from './droplet.ts';
import { firewall } from './firewall.ts';
import { sshKey } from './ssh-key.ts';

export const provider: Provider = {
  descriptor,
  resources: [droplet, sshKey, firewall],
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
  connect: (connection) => new Rest(dialect, connection),
  compute,
  instance: async () => (await import('./instance.ts')).instanceModule,
};
