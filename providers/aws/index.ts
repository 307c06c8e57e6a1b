/** Amazon EC2. See README.md for what was decided and where the facts come from. */
import type { Provider } from '../provider.ts';
import { compute } from './compute.ts';
import { descriptor } from './descriptor.ts';
import { Ec2 } from './ec2.ts';
import { addresses, groups, keyPairs, reverseNames } from './helpers.ts';
import { servers } from './server.ts';

export const provider: Provider = {
  descriptor,
  resources: [servers.resource(), keyPairs.resource(), groups.resource(), addresses.resource(), reverseNames],
  functions: [],
  recordedAs: {
    helpers: { 'ssh-key': 'aws:ec2/keyPair:KeyPair', firewall: 'aws:ec2/securityGroup:SecurityGroup' },
    instance: {
      token: 'aws:ec2/instance:Instance',
      label: 'tags.Name',
      region: 'region',
      plan: 'instanceType',
      ipv4: 'publicIp',
      ipv6: 'none',
      mark: 'tags',
    },
  },
  connect: (connection) => new Ec2(connection),
  compute,
  instance: async () => (await import('./instance.ts')).instanceModule,
};
