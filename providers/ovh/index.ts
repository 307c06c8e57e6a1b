/** OVH Public Cloud. See README.md for what was decided and where the facts come from. */
import type { Provider } from '../provider.ts';
import { compute } from './compute.ts';
import { descriptor } from './descriptor.ts';
import { keys, reverse } from './helpers.ts';
import { Project } from './rest.ts';
import { servers } from './server.ts';

export const provider: Provider = {
  descriptor,
  resources: [servers.resource(), keys.resource(), reverse],
  functions: [],
  recordedAs: {
    helpers: { 'ssh-key': 'ovh:index/cloudProjectSshKey:CloudProjectSshKey' },
    instance: {
      token: 'ovh:index/cloudInstance:CloudInstance',
      label: 'name',
      region: 'region',
      plan: 'flavorId',
      ipv4: 'ipv4',
      ipv6: 'ipv6',
      mark: 'name',
    },
  },
  connect: (connection) => new Project(connection),
  compute,
  instance: async () => (await import('./instance.ts')).instanceModule,
};
